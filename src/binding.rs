//! The boundary to Node: the only place that knows napi. Imports everything.
//!
//! A call comes in with a number, and its outcome goes out with that number: JavaScript makes the
//! promises and the errors, so that `instanceof` holds in every realm. Messages go out many at a
//! time, on one wake-up.

mod batch;
mod cache;
mod calls;
mod config;
mod controls;
mod diagnosis;
mod direct;
mod events;
mod host_calls;
mod outbox;
mod push;
mod runtime;
mod server_request;
mod types;
mod wechat_calls;

use std::sync::Arc;
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::{Either, Function, Uint8Array};
use napi_derive::napi;
use tokio::runtime::Handle;

use crate::auth::{Auth, LoginOptions};
use crate::error::STATUS_CODES;
use crate::events::Events;
use crate::host::Dispatch;
use crate::sessions::Asked;
use crate::sqlite;
use crate::thread;
use crate::token;
use config::Config;
use direct::DirectPlan;
use events::Counted;
use host_calls::HostCalls;
use outbox::Outbox;
use types::{Message, Outcome, StatusCode};
use wechat_calls::encoded;

#[napi]
pub fn status_codes() -> Vec<StatusCode> {
    STATUS_CODES.iter().map(|&(name, code)| StatusCode { name: name.to_owned(), code }).collect()
}

#[napi]
pub fn extract_open_id(token: String) -> String {
    token::extract_open_id(&token).to_owned()
}

#[napi]
pub fn extract_sku(token: String) -> Option<String> {
    token::extract_sku(&token).map(str::to_owned)
}

/// Checkpoints the SQLite files that nobody is using. For the exit of the process.
#[napi(catch_unwind)]
pub fn checkpoint() {
    sqlite::checkpoint_all();
}

/// The addon's side of one object of JavaScript.
#[napi]
pub struct Core {
    auth: Arc<Auth>,
    outbox: Arc<Outbox>,
    host_calls: Arc<HostCalls>,
    events: Arc<Events>,
    runtime: Handle,
}

impl Drop for Core {
    fn drop(&mut self) {
        self.auth.abandon();
    }
}

#[napi]
impl Core {
    /// Calls `wake` with messages whenever there are some. Throws an error that says what is wrong
    /// with `config`.
    #[napi(constructor, catch_unwind)]
    pub fn new(config: Config, wake: Function<Vec<Message>, ()>) -> napi::Result<Self> {
        let outbox = Arc::new(Outbox::default());
        outbox.listen(&wake)?;
        let host_calls = Arc::new(HostCalls::default());
        let dispatch: Dispatch = {
            let (host_calls, outbox) = (host_calls.clone(), outbox.clone());
            Arc::new(move |request| host_calls.dispatch(request, &outbox))
        };
        let runtime = runtime::get().map_err(|error| refusal(error.to_string()))?;
        let events = Arc::new(Events::default());
        let only_diagnoses = config.only_diagnoses;
        let auth = Arc::new(config.build(&dispatch, &events).map_err(refusal)?);
        events::listen(&events, &auth, &outbox, &runtime);
        if !only_diagnoses {
            let auth = auth.clone();
            runtime.spawn(async move { auth.start().await });
        }
        Ok(Self { auth, outbox, host_calls, events, runtime })
    }

    #[napi(catch_unwind)]
    pub fn authorize(&self, call: u32, code: String, data: Either<String, Uint8Array>, iv: Either<String, Uint8Array>) {
        let (data, iv) = (encoded(data), encoded(iv));
        let code = Arc::new(self.auth.join_exchange(code, call));
        self.spawn_with_guard(call, code.clone(), |auth, admission| async move {
            auth.authorize(&admission, &code, &data, &iv).await.map(Outcome::Token)
        });
    }

    #[napi(catch_unwind)]
    pub fn refresh_token(&self, call: u32, user: String) {
        self.spawn(call, |auth, admission| async move { auth.refresh(&admission, user).await.map(Outcome::Token) });
    }

    /// Checks `count` tokens, one in each line. A token alone may hold line breaks.
    #[napi(catch_unwind)]
    pub fn check(&self, batch: u32, tokens: String, count: u32) {
        self.spawn_batch(batch, tokens, count, Asked::Validity);
    }

    /// The same, and tells what is known of the sessions.
    #[napi(catch_unwind)]
    pub fn verify(&self, batch: u32, tokens: String, count: u32) {
        self.spawn_batch(batch, tokens, count, Asked::Session);
    }

    /// How checks may reach redis on the JavaScript thread; null where they may not now.
    #[napi(catch_unwind)]
    pub fn direct(&self) -> Option<DirectPlan> {
        self.auth.direct().map(Into::into)
    }

    /// A number that changes when the connection to redis is let go.
    #[napi(catch_unwind)]
    pub fn epoch(&self) -> f64 {
        self.auth.epoch() as f64
    }

    /// Of tokens, and what is stored of the openid of each, in turn, each in a line, where `-`
    /// stands for nothing: the id of the session and the openid, in turn.
    #[napi(catch_unwind)]
    pub fn describe(&self, lines: String) -> Vec<Option<String>> {
        direct::describe(&self.auth, &lines)
    }

    #[napi(catch_unwind)]
    pub fn login(&self, call: u32, code: String, device: Option<String>, replace: Option<String>) {
        let code = Arc::new(self.auth.join_exchange(code, call));
        let options = LoginOptions { device, replace };
        self.spawn_login(call, code.clone(), |auth, admission| async move {
            auth.login(&admission, &code, options).await.map(Outcome::Login)
        });
    }

    #[napi(catch_unwind)]
    pub fn issue(
        &self,
        call: u32,
        user: String,
        open_id: Option<String>,
        device: Option<String>,
        replace: Option<String>,
    ) {
        let options = LoginOptions { device, replace };
        self.spawn(call, |auth, admission| async move {
            auth.issue(&admission, user, open_id, options).await.map(Outcome::Login)
        });
    }

    /// Returns false where `token` is malformed: then no message follows. The next methods with a
    /// token do the same.
    #[napi(catch_unwind)]
    pub fn inspect(&self, call: u32, token: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.inspect(&admission, &token).await.map(|found| Outcome::Sessions(found.into_iter().collect()))
        })
    }

    #[napi(catch_unwind)]
    pub fn explain(&self, call: u32, token: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.explain(&admission, &token).await.map(|standing| Outcome::Data(standing.as_str().to_owned()))
        })
    }

    #[napi(catch_unwind)]
    pub fn revoke(&self, call: u32, token: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.revoke(&admission, &token).await.map(Outcome::Is)
        })
    }

    /// `grace` is in seconds.
    #[napi(catch_unwind)]
    pub fn rotate(&self, call: u32, token: String, grace: u32) -> bool {
        let grace = Duration::from_secs(grace.into());
        self.spawn_with_token(call, &token, move |auth, admission, token| async move {
            auth.rotate(&admission, &token, grace).await.map(Outcome::Login)
        })
    }

    #[napi(catch_unwind)]
    pub fn list(&self, call: u32, user: String, current: Option<String>) {
        self.spawn(call, |auth, admission| async move {
            auth.list(&admission, user, current.as_deref()).await.map(Outcome::Sessions)
        });
    }

    #[napi(catch_unwind)]
    pub fn revoke_by_id(&self, call: u32, user: String, id: String) {
        self.spawn(
            call,
            |auth, admission| async move { auth.revoke_by_id(&admission, user, &id).await.map(Outcome::Is) },
        );
    }

    #[napi(catch_unwind)]
    pub fn revoke_user(&self, call: u32, user: String, all_skus: bool, except: Option<String>) {
        self.spawn(call, move |auth, admission| async move {
            auth.revoke_user(&admission, user, except.as_deref(), all_skus).await.map(Outcome::Count)
        });
    }

    #[napi(catch_unwind)]
    pub fn forget(&self, call: u32, user: String) {
        self.spawn(call, |auth, admission| async move { auth.forget(&admission, user).await.map(Outcome::Count) });
    }

    #[napi(catch_unwind)]
    pub fn close(&self, call: u32) {
        self.auth.shut();
        let (auth, reply) = (self.auth.clone(), self.reply(call));
        self.runtime.spawn(async move {
            auth.close().await;
            reply.send(Ok(Outcome::Done));
        });
    }

    /// Lets `wake` go, so that nothing of an object that was closed is open. Before any other call,
    /// `listen` passes it again.
    #[napi(catch_unwind)]
    pub fn mute(&self) {
        self.outbox.mute();
    }

    #[napi(catch_unwind)]
    pub fn listen(&self, wake: Function<Vec<Message>, ()>) -> napi::Result<()> {
        self.outbox.listen(&wake)
    }

    /// Sends events of these topics from now on, and of no others.
    #[napi]
    pub fn subscribe(&self, topics: u32) {
        self.events.subscribe(topics);
    }

    #[napi(catch_unwind)]
    pub fn counted(&self) -> Counted {
        (&self.events.counters).into()
    }

    /// The application's reply to a host call.
    #[napi(catch_unwind)]
    pub fn answer(&self, id: u32, texts: Vec<String>) {
        self.host_calls.complete(id, Ok(texts));
    }

    /// A host call failed.
    #[napi(catch_unwind)]
    pub fn fail(&self, id: u32, cause: String) {
        self.host_calls.complete(id, Err(cause));
    }
}

/// The error of a factory that cannot work because of `cause`. Its status tells JavaScript whether
/// the configuration is wrong.
fn refusal(cause: String) -> napi::Error {
    let status = if cause == thread::REFUSED { Status::GenericFailure } else { Status::InvalidArg };
    napi::Error::new(status, cause)
}
