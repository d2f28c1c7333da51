//! The boundary to Node: the only place that knows napi.
//!
//! A call comes in with a number and its outcome goes out under it: index.js makes the promises and the errors, so that `instanceof`
//! holds in every realm. What is ready goes out many at a time, on one wake-up.

mod checks;
mod config;
mod outbox;
mod runtime;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::bindgen_prelude::{Either, Function, Uint8Array};
use napi_derive::napi;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::auth::{Admission, Auth, too_many_calls};
use crate::error::{Result, STATUS_CODES};
use crate::host::{Dispatch, HostReply, HostRequest};
use crate::sqlite;
use crate::token::{self, Token};
use crate::wechat::Encoded;
use checks::Checks;
use config::Config;
use outbox::{Asked, Health, Message, Outbox, Outcome, Reply};

/// The name and number of a status.
#[napi(object)]
pub struct StatusCode {
    pub name: String,
    pub code: u32,
}

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

/// Makes SQLite files whole, as far as that goes at once. For the end of the process.
#[napi(catch_unwind)]
pub fn checkpoint() {
    sqlite::checkpoint_all();
}

/// Questions to the application that have not been answered.
#[derive(Default)]
struct Questions {
    last: AtomicU32,
    open: Mutex<HashMap<u32, oneshot::Sender<HostReply>>>,
}

impl Questions {
    fn put(&self, question: HostRequest, outbox: &Outbox) {
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, reply| !reply.is_closed()); // those that nobody waits for any more
        open.insert(id, question.reply);
        drop(open);
        outbox.send(Message { ask: Some(Asked::new(id, question.call)), ..Message::default() });
    }

    fn answer(&self, id: u32, answer: HostReply) {
        let reply = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(reply) = reply {
            let _ = reply.send(answer);
        }
    }
}

/// What index.js makes an object of.
#[napi]
pub struct Core {
    auth: Arc<Auth>,
    outbox: Arc<Outbox>,
    questions: Arc<Questions>,
    runtime: Handle,
}

impl Drop for Core {
    fn drop(&mut self) {
        self.auth.abandon();
    }
}

#[napi]
impl Core {
    /// `wake` is called with messages, whenever there are some. Throws with a message that says what is wrong with `config`.
    #[napi(constructor, catch_unwind)]
    pub fn new(config: Config, wake: Function<Vec<Message>, ()>) -> napi::Result<Self> {
        let outbox = Arc::new(Outbox::new(&wake)?);
        let questions = Arc::new(Questions::default());
        let ask: Dispatch = {
            let (questions, outbox) = (questions.clone(), outbox.clone());
            Arc::new(move |question| questions.put(question, &outbox))
        };
        let runtime = runtime::get().map_err(|error| napi::Error::from_reason(error.to_string()))?;
        let auth = Arc::new(config.build(&ask).map_err(napi::Error::from_reason)?);
        runtime.spawn({
            let auth = auth.clone();
            async move { auth.start().await }
        });
        Ok(Self { auth, outbox, questions, runtime })
    }

    #[napi(catch_unwind)]
    pub fn authorize(&self, call: u32, code: String, data: Either<String, Uint8Array>, iv: Either<String, Uint8Array>) {
        let (data, iv) = (encoded(data), encoded(iv));
        let code = Arc::new(self.auth.join_exchange(code));
        self.spawn_holding(call, code.clone(), |auth, admission| async move {
            auth.authorize(&admission, &code, &data, &iv).await.map(Outcome::Token)
        });
    }

    #[napi(catch_unwind)]
    pub fn refresh_token(&self, call: u32, user: String) {
        self.spawn(call, |auth, admission| async move { auth.refresh(&admission, user).await.map(Outcome::Token) });
    }

    /// Checks `count` tokens, one in each line; one alone may hold line breaks.
    #[napi(catch_unwind)]
    pub fn check(&self, batch: u32, tokens: String, count: u32) {
        let (admission, admitted) = self.auth.admit_many(count);
        let is_closed = admission.is_closed();
        let auth = self.auth.clone();
        let checks = Checks::new(batch, count as usize, admission, self.outbox.clone());
        self.runtime.spawn(async move {
            let lines: Vec<&str> = if count == 1 { vec![&tokens] } else { tokens.split('\n').collect() };
            let (lines, refused) = lines.split_at(admitted as usize);
            checks.settle((0..refused.len()).map(|i| (lines.len() + i, Err(too_many_calls()))).collect());
            let mut numbers = Vec::with_capacity(lines.len());
            let mut candidates = Vec::with_capacity(lines.len());
            let mut garbage = Vec::new();
            for (number, line) in lines.iter().enumerate() {
                match Token::parse(line) {
                    Some(token) => {
                        numbers.push(number);
                        candidates.push(token);
                    }
                    None => garbage.push((number, Ok(false))),
                }
            }
            checks.settle(garbage);
            auth.check(is_closed, &candidates, |verdicts| {
                checks.settle(verdicts.into_iter().map(|(i, verdict)| (numbers[i], verdict)).collect());
            })
            .await;
        });
    }

    /// Whether `token` is known to be live without asking, and nothing more is to be done.
    #[napi(catch_unwind)]
    pub fn is_cached(&self, token: String) -> bool {
        self.auth.is_cached(&token)
    }

    #[napi(catch_unwind)]
    pub fn login(&self, call: u32, code: String, device: Option<String>) {
        let code = Arc::new(self.auth.join_exchange(code));
        self.spawn_holding(call, code.clone(), |auth, admission| async move {
            auth.login(&admission, &code, device).await.map(Outcome::Login)
        });
    }

    #[napi(catch_unwind)]
    pub fn issue(&self, call: u32, user: String, device: Option<String>) {
        self.spawn(
            call,
            |auth, admission| async move { auth.issue(&admission, user, device).await.map(Outcome::Login) },
        );
    }

    /// False where `token` cannot be one: then no message follows. So it is with the next ones.
    #[napi(catch_unwind)]
    pub fn inspect(&self, call: u32, token: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.inspect(&admission, &token).await.map(|found| Outcome::Sessions(found.into_iter().collect()))
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
            auth.rotate(&admission, &token, grace).await.map(Outcome::Rotated)
        })
    }

    #[napi(catch_unwind)]
    pub fn decrypt_data(
        &self,
        call: u32,
        token: String,
        data: Either<String, Uint8Array>,
        iv: Either<String, Uint8Array>,
    ) -> bool {
        let (data, iv) = (encoded(data), encoded(iv));
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.decrypt_data(&admission, &token, &data, &iv).await.map(Outcome::Data)
        })
    }

    #[napi(catch_unwind)]
    pub fn check_signature(&self, call: u32, token: String, raw_data: String, signature: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.check_signature(&admission, &token, &raw_data, &signature).await.map(Outcome::Is)
        })
    }

    #[napi(catch_unwind)]
    pub fn list(&self, call: u32, user: String) {
        self.spawn(call, |auth, admission| async move { auth.list(&admission, user).await.map(Outcome::Sessions) });
    }

    #[napi(catch_unwind)]
    pub fn revoke_user(&self, call: u32, user: String, all_skus: bool) {
        self.spawn(call, move |auth, admission| async move {
            auth.revoke_user(&admission, user, all_skus).await.map(Outcome::Count)
        });
    }

    #[napi(catch_unwind)]
    pub fn phone_number(&self, call: u32, code: String, open_id: Option<String>) {
        self.spawn(call, |auth, admission| async move {
            auth.phone_number(&admission, &code, open_id.as_deref()).await.map(Outcome::Phone)
        });
    }

    #[napi(catch_unwind)]
    pub fn health(&self, call: u32) {
        self.spawn(call, |auth, admission| async move {
            let (tokens, health, users, usable) = auth.health(&admission).await;
            Ok(Outcome::Health(Health::new(tokens, health, users, usable)))
        });
    }

    #[napi(catch_unwind)]
    pub fn close(&self, call: u32) {
        self.auth.shut();
        let (auth, reply) = (self.auth.clone(), self.reply(call));
        self.runtime.spawn(async move {
            auth.close().await;
            reply.send(Ok(Outcome::Closed));
        });
    }

    /// The application has answered.
    #[napi(catch_unwind)]
    pub fn answer(&self, question: u32, texts: Vec<String>) {
        self.questions.answer(question, Ok(texts));
    }

    /// The application has failed to answer.
    #[napi(catch_unwind)]
    pub fn fail(&self, question: u32, cause: String) {
        self.questions.answer(question, Err(cause));
    }

    fn reply(&self, call: u32) -> Reply {
        Reply::new(call, self.outbox.clone())
    }

    /// Runs a call. It is admitted now, in the order of the application's calls, and counts until index.js has its outcome.
    fn spawn<F>(&self, call: u32, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_replying(self.reply(call), work);
    }

    /// Runs a call, and lets go of `held` when index.js has its outcome.
    fn spawn_holding<F, H>(&self, call: u32, held: H, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
        H: Send + 'static,
    {
        self.spawn_replying(self.reply(call).holding(held), work);
    }

    fn spawn_replying<F>(&self, reply: Reply, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        let admission = Arc::new(self.auth.admit());
        let work = work(self.auth.clone(), admission.clone());
        let reply = reply.holding(admission);
        self.runtime.spawn(async move { reply.send(work.await) });
    }

    /// Runs a call about a token, if `text` can be one.
    fn spawn_with_token<F>(
        &self,
        call: u32,
        text: &str,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>, Token) -> F,
    ) -> bool
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        let token = Token::parse(text);
        let is_token = token.is_some();
        if let Some(token) = token {
            self.spawn(call, |auth, admission| work(auth, admission, token));
        }
        is_token
    }
}

fn encoded(value: Either<String, Uint8Array>) -> Encoded {
    match value {
        Either::A(text) => Encoded::Base64(text),
        Either::B(bytes) => Encoded::Bytes(bytes.to_vec()),
    }
}
