//! Host calls on their way to JavaScript, and their replies.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use napi_derive::napi;
use tokio::sync::oneshot;

use super::outbox::Outbox;
use super::types::Message;
use crate::host::{HostCall, HostReply, HostRequest, Identity, Statement};

/// A call of one method of the application's: `all` and `run` get a statement and the values of its
/// parameters, `has`, `add` and `remove` a user, `exchange` a code, `accessToken` the token that
/// WeChat refused, `resolve` whom WeChat has named.
#[napi(object)]
#[derive(Default)]
pub struct HostCallMessage {
    pub id: u32,
    /// The number of the call that it is made for.
    pub caller: Option<u32>,
    pub method: String,
    pub sql: Option<String>,
    pub values: Option<Vec<String>>,
    pub user: Option<String>,
    pub code: Option<String>,
    pub app_id: Option<String>,
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    pub invalid: Option<String>,
}

impl HostCallMessage {
    fn new(id: u32, caller: Option<u32>, call: HostCall) -> Self {
        let named = |method: &str| Self { id, caller, method: method.to_owned(), ..Self::default() };
        let statement =
            |method, Statement { sql, values }| Self { sql: Some(sql), values: Some(values), ..named(method) };
        match call {
            HostCall::All(sql) => statement("all", sql),
            HostCall::Run(sql) => statement("run", sql),
            HostCall::Has(user) => Self { user: Some(user), ..named("has") },
            HostCall::Add(user) => Self { user: Some(user), ..named("add") },
            HostCall::Remove(user) => Self { user: Some(user), ..named("remove") },
            HostCall::Exchange(code) => Self { code: Some(code), ..named("exchange") },
            HostCall::AccessToken { invalid } => Self { invalid, ..named("accessToken") },
            HostCall::Resolve(Identity { app_id, open_id, union_id }) => {
                Self { app_id, open_id: Some(open_id), union_id, ..named("resolve") }
            }
        }
    }
}

/// The host calls that wait for a reply, by their ids.
#[derive(Default)]
pub struct HostCalls {
    last: AtomicU32,
    pending: Mutex<HashMap<u32, oneshot::Sender<HostReply>>>,
}

impl HostCalls {
    /// Sends a request to JavaScript. Where that listens no more, the request is refused.
    pub fn dispatch(&self, HostRequest { call, caller, reply }: HostRequest, outbox: &Outbox) {
        if !outbox.is_heard() {
            return;
        }
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|_, reply| !reply.is_closed()); // those that have timed out
        pending.insert(id, reply);
        drop(pending);
        outbox.send(Message { host_call: Some(HostCallMessage::new(id, caller, call)), ..Message::default() });
    }

    /// Passes on what JavaScript replies.
    pub fn complete(&self, id: u32, reply: HostReply) {
        let waiting = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(waiting) = waiting {
            let _ = waiting.send(reply);
        }
    }
}
