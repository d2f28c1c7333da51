//! The message push: what comes in of one, and goes out.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use super::Core;
use super::types::Outcome;
use crate::auth::{Note, Received};
use crate::wechat;

#[napi]
impl Core {
    #[napi(catch_unwind)]
    pub fn receive(&self, call: u32, query: PushQuery, body: Uint8Array) {
        let (query, body) = (query.into(), body.to_vec());
        self.spawn(call, |auth, admission| async move {
            auth.receive(&admission, &query, &body).await.map(Outcome::Pushed)
        });
    }

    /// `name` and `mark` are those of a push which `receive` gave.
    #[napi(catch_unwind)]
    pub fn give_back(&self, call: u32, name: String, mark: String) {
        let note = Note { name, mark };
        self.spawn(
            call,
            |auth, admission| async move { auth.give_back(&admission, note).await.map(|()| Outcome::Done) },
        );
    }
}

/// The query of a message push, as far as it is read.
#[napi(object)]
pub struct PushQuery {
    pub signature: Option<String>,
    pub msg_signature: Option<String>,
    pub timestamp: Option<String>,
    pub nonce: Option<String>,
    pub echostr: Option<String>,
}

impl From<PushQuery> for wechat::PushQuery {
    fn from(PushQuery { signature, msg_signature, timestamp, nonce, echostr }: PushQuery) -> Self {
        Self { signature, msg_signature, timestamp, nonce, echostr }
    }
}

/// A message push.
#[napi(object)]
pub struct Pushed {
    /// JSON; None for the question whether the server is there.
    pub message: Option<String>,
    /// By these it is given back.
    pub name: String,
    pub mark: String,
}

impl From<Received> for Pushed {
    fn from(Received { message, note: Note { name, mark } }: Received) -> Self {
        Self { message, name, mark }
    }
}
