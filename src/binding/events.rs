//! Events on their way to JavaScript, and the counters.

use std::sync::Arc;

use napi_derive::napi;
use tokio::runtime::Handle;

use super::outbox::Outbox;
use super::types::Message;
use crate::auth::Auth;
use crate::events::{Asked, Counters, Event, Events, Histogram};
use crate::token::Token;

/// What is told on one channel.
#[napi(object)]
#[derive(Default)]
pub struct EventMessage {
    pub login: Option<SessionEvent>,
    pub end: Option<SessionEvent>,
    pub wechat: Option<WeChatRequest>,
    pub store: Option<StoreChange>,
}

#[napi(object)]
pub struct SessionEvent {
    pub sku: String,
    pub user_id: String,
    /// None where the store cannot be asked for the key of ids.
    pub session_id: Option<String>,
    /// Of an end.
    pub reason: Option<String>,
    /// Of a login, where it is known.
    pub is_new_user: Option<bool>,
}

#[napi(object)]
pub struct WeChatRequest {
    pub sku: String,
    pub path: String,
    pub outcome: String,
    pub errcode: Option<i64>,
    /// In milliseconds.
    pub duration: f64,
}

#[napi(object)]
pub struct StoreChange {
    pub sku: String,
    pub kind: String,
    pub state: String,
}

/// Sends the events of `auth` to JavaScript.
pub fn listen(events: &Events, auth: &Arc<Auth>, outbox: &Arc<Outbox>, runtime: &Handle) {
    let (auth, outbox, runtime) = (Arc::downgrade(auth), outbox.clone(), runtime.clone());
    events.listen(move |event| {
        let Some(auth) = auth.upgrade() else { return };
        let sku = auth.sku().to_owned();
        match event {
            Event::LoggedIn { token, is_new_user } => tell(&auth, &outbox, &runtime, token, move |session| {
                EventMessage { login: Some(SessionEvent { is_new_user, ..session }), ..EventMessage::default() }
            }),
            Event::SessionEnded { token, why } => tell(&auth, &outbox, &runtime, token, move |session| {
                let reason = Some(why.as_str().to_owned());
                EventMessage { end: Some(SessionEvent { reason, ..session }), ..EventMessage::default() }
            }),
            Event::WeChat { path, asked, took } => {
                let (outcome, errcode) = match asked {
                    Asked::Answered => ("answered", None),
                    Asked::Refused(errcode) => ("refused", errcode),
                    Asked::Failed => ("failed", None),
                };
                let duration = took.as_secs_f64() * 1000.0;
                let wechat = WeChatRequest { sku, path, outcome: outcome.to_owned(), errcode, duration };
                send(&outbox, EventMessage { wechat: Some(wechat), ..EventMessage::default() });
            }
            Event::Store { is_away } => {
                let state = if is_away { "away" } else { "back" };
                let store = StoreChange { sku, kind: auth.store_kind().to_owned(), state: state.to_owned() };
                send(&outbox, EventMessage { store: Some(store), ..EventMessage::default() });
            }
        }
    });
}

/// Sends what `message` makes of the session of `token`, as soon as its id is known.
fn tell(
    auth: &Arc<Auth>,
    outbox: &Arc<Outbox>,
    runtime: &Handle,
    token: Token,
    message: impl FnOnce(SessionEvent) -> EventMessage + Send + 'static,
) {
    if let Some(id) = auth.known_session_id(&token) {
        return send(outbox, message(session_event(&token, Some(id))));
    }
    let (auth, outbox) = (auth.clone(), outbox.clone());
    runtime.spawn(async move {
        let id = auth.session_id(&token).await.ok();
        send(&outbox, message(session_event(&token, id)));
    });
}

fn session_event(token: &Token, session_id: Option<String>) -> SessionEvent {
    let owner = token.owner();
    SessionEvent { sku: owner.sku, user_id: owner.user, session_id, reason: None, is_new_user: None }
}

fn send(outbox: &Outbox, event: EventMessage) {
    outbox.send(Message { event: Some(event), ..Message::default() });
}

/// What the addon has counted. Sums are in seconds.
#[napi(object)]
pub struct Counted {
    pub logins: f64,
    /// Sessions that ended: revoked, replaced, evicted, reused.
    pub ended: Vec<f64>,
    /// Requests to WeChat: answered, refused, failed.
    pub wechat: Vec<f64>,
    pub wechat_buckets: Vec<f64>,
    pub wechat_sum: f64,
    /// Connections to redis that were made.
    pub connections: f64,
    pub redis_buckets: Vec<f64>,
    pub redis_sum: f64,
}

impl From<&Counters> for Counted {
    fn from(counters: &Counters) -> Self {
        let Counters { logins, ended, answered, refused, failed, wechat, connections, redis } = counters;
        let buckets = |histogram: &Histogram| histogram.buckets().map(|count| count as f64).collect();
        let sum = |histogram: &Histogram| histogram.sum() as f64 / 1e6;
        Self {
            logins: logins.get() as f64,
            ended: ended.iter().map(|counter| counter.get() as f64).collect(),
            wechat: [answered, refused, failed].map(|counter| counter.get() as f64).to_vec(),
            wechat_buckets: buckets(wechat),
            wechat_sum: sum(wechat),
            connections: connections.get() as f64,
            redis_buckets: buckets(redis),
            redis_sum: sum(redis),
        }
    }
}
