//! What goes out to index.js.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Either, Function, Null};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use crate::auth::{Inspected, Login};
use crate::error::{Error, Result};
use crate::host::{HostCall, Statement};
use crate::sessions::{self, Issued};
use crate::token::Token;
use crate::wechat;

/// The outcome of a call, or a question to the application's object.
#[napi(object)]
#[derive(Default)]
pub struct Message {
    /// The call that this is the outcome of.
    pub call: Option<u32>,
    pub checked: Option<Checked>,
    pub token: Option<String>,
    pub issued: Option<IssuedToken>,
    pub sessions: Option<Vec<Session>>,
    /// Whether something was so, or was done.
    pub is: Option<bool>,
    pub count: Option<u32>,
    pub phone: Option<PhoneNumber>,
    /// JSON.
    pub data: Option<String>,
    pub health: Option<Health>,
    pub error: Option<Failure>,
    pub ask: Option<Asked>,
}

/// An error as data.
#[napi(object)]
pub struct Failure {
    pub code: u32,
    pub message: String,
    pub errcode: Option<i64>,
    pub errmsg: Option<String>,
    pub rid: Option<String>,
    pub retryable: Option<bool>,
}

/// Verdicts for the tokens of a batch, from the number `first` on: `1` valid, `0` not, `e` the error, `-` not yet.
#[napi(object)]
pub struct Checked {
    pub batch: u32,
    pub first: u32,
    pub verdicts: String,
    pub error: Option<Failure>,
}

/// A token that a login gave. Times here are Unix milliseconds.
#[napi(object)]
pub struct IssuedToken {
    pub token: String,
    /// Null where it does not end.
    pub expires_at: Either<f64, Null>,
    pub is_new_user: Option<bool>,
}

/// What is known of a live token.
#[napi(object)]
pub struct Session {
    pub token: String,
    pub user_id: String,
    pub open_id: Option<String>,
    pub sku: String,
    pub issued_at: f64,
    pub expires_at: Either<f64, Null>,
    pub last_seen_at: Option<f64>,
    pub device: Option<String>,
}

#[napi(object)]
pub struct PhoneNumber {
    pub phone_number: String,
    pub pure_phone_number: String,
    pub country_code: String,
}

impl IssuedToken {
    fn new(issued: Issued, is_new_user: Option<bool>) -> Self {
        Self { token: issued.token.as_str().to_owned(), expires_at: end(issued.expires), is_new_user }
    }
}

impl From<Inspected> for Session {
    fn from(Inspected { session, open_id }: Inspected) -> Self {
        let owner = session.token.owner();
        Self {
            token: session.token.as_str().to_owned(),
            user_id: owner.user,
            open_id,
            sku: owner.sku,
            issued_at: session.issued as f64,
            expires_at: end(session.expires),
            last_seen_at: session.seen.map(|time| time as f64),
            device: session.notes.device,
        }
    }
}

impl From<wechat::PhoneNumber> for PhoneNumber {
    fn from(number: wechat::PhoneNumber) -> Self {
        let wechat::PhoneNumber { phone_number, pure_phone_number, country_code } = number;
        Self { phone_number, pure_phone_number, country_code }
    }
}

fn end(time: Option<u64>) -> Either<f64, Null> {
    time.map_or(Either::B(Null), |time| Either::A(time as f64))
}

/// How the stores are.
#[napi(object)]
pub struct Health {
    pub tokens: TokensHealth,
    pub users: UsersHealth,
}

#[napi(object)]
pub struct TokensHealth {
    pub kind: String,
    pub ready: bool,
    /// Null where there was no answer.
    pub latency_ms: Either<f64, Null>,
    pub warnings: Vec<String>,
    pub error: Option<String>,
}

#[napi(object)]
pub struct UsersHealth {
    pub kind: String,
    pub ready: bool,
    pub error: Option<String>,
}

impl Health {
    pub fn new(tokens: &str, health: sessions::Health, users: &str, usable: Result<()>) -> Self {
        let (latency_ms, error) = match health.latency {
            Ok(latency) => (Either::A(latency.as_secs_f64() * 1000.0), None),
            Err(error) => (Either::B(Null), Some(error.message)),
        };
        let tokens = TokensHealth {
            kind: tokens.to_owned(),
            ready: error.is_none(),
            latency_ms,
            warnings: health.warnings,
            error,
        };
        let error = usable.err().map(|error| error.message);
        Self { tokens, users: UsersHealth { kind: users.to_owned(), ready: error.is_none(), error } }
    }
}

/// What the application is to do: `all` and `run` come with a statement and the values of its parameters, `has` and `add`
/// with a user, `exchange` with a code.
#[napi(object)]
pub struct Asked {
    pub id: u32,
    pub method: String,
    pub sql: Option<String>,
    pub values: Option<Vec<String>>,
    pub user: Option<String>,
    pub code: Option<String>,
}

impl Asked {
    pub fn new(id: u32, task: HostCall) -> Self {
        let plain =
            |method: &str| Self { id, method: method.to_owned(), sql: None, values: None, user: None, code: None };
        let statement =
            |method, Statement { sql, values }| Self { sql: Some(sql), values: Some(values), ..plain(method) };
        match task {
            HostCall::All(asked) => statement("all", asked),
            HostCall::Run(asked) => statement("run", asked),
            HostCall::Has(user) => Self { user: Some(user), ..plain("has") },
            HostCall::Add(user) => Self { user: Some(user), ..plain("add") },
            HostCall::Exchange(code) => Self { code: Some(code), ..plain("exchange") },
        }
    }
}

/// What a call comes to.
pub enum Outcome {
    Token(Token),
    Login(Login),
    Rotated(Issued),
    Sessions(Vec<Inspected>),
    Is(bool),
    Count(u64),
    Phone(wechat::PhoneNumber),
    Data(String),
    Health(Health),
    Closed,
}

#[derive(Default)]
struct Queue {
    messages: Vec<Message>,
    held: Vec<Held>,
}

/// What is let go of when index.js takes a message.
pub type Held = Box<dyn Send>;

/// Weak: an idle object does not keep the process alive. index.js holds the event loop while calls are pending.
type Wake = ThreadsafeFunction<(), (), Vec<Message>, Status, false, true>;

pub struct Outbox {
    queue: Arc<Mutex<Queue>>,
    wake: Wake,
}

impl Outbox {
    pub fn new(wake: &Function<Vec<Message>, ()>) -> napi::Result<Self> {
        let queue = Arc::<Mutex<Queue>>::default();
        let drained = queue.clone();
        let wake =
            wake.build_threadsafe_function().callee_handled::<false>().weak::<true>().build_callback(move |_| {
                Ok(take(&mut *drained.lock().unwrap_or_else(PoisonError::into_inner)).messages)
            })?;
        Ok(Self { queue, wake })
    }

    /// Queues a message. The first one wakes index.js, which takes all that are there by then.
    pub fn send(&self, message: Message) {
        self.send_holding(message, Vec::new());
    }

    /// The same, and lets go of `held` when index.js takes the message.
    pub fn send_holding(&self, message: Message, held: Vec<Held>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.messages.push(message);
        queue.held.extend(held);
        if queue.messages.len() == 1 {
            drop(queue);
            // Refused where the environment ends: then nobody waits any more.
            let _ = self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// The right to answer a call. Dropped unused, by a panic say, it answers with an error: no call is left pending.
pub struct Reply {
    call: u32,
    outbox: Arc<Outbox>,
    held: Vec<Held>,
    sent: bool,
}

impl Reply {
    pub fn new(call: u32, outbox: Arc<Outbox>) -> Self {
        Self { call, outbox, held: Vec::new(), sent: false }
    }

    /// Lets go of `held` when index.js has the answer.
    pub fn holding(mut self, held: impl Send + 'static) -> Self {
        self.held.push(Box::new(held));
        self
    }

    pub fn send(mut self, result: Result<Outcome>) {
        self.put(result);
    }

    fn put(&mut self, result: Result<Outcome>) {
        let mut message = Message { call: Some(self.call), ..Message::default() };
        match result {
            Ok(Outcome::Token(token)) => message.token = Some(token.as_str().to_owned()),
            Ok(Outcome::Login(login)) => {
                message.issued = Some(IssuedToken::new(login.issued, Some(login.is_new_user)));
            }
            Ok(Outcome::Rotated(issued)) => message.issued = Some(IssuedToken::new(issued, None)),
            Ok(Outcome::Sessions(sessions)) => {
                message.sessions = Some(sessions.into_iter().map(Session::from).collect())
            }
            Ok(Outcome::Is(is)) => message.is = Some(is),
            Ok(Outcome::Count(count)) => message.count = Some(u32::try_from(count).unwrap_or(u32::MAX)),
            Ok(Outcome::Phone(number)) => message.phone = Some(number.into()),
            Ok(Outcome::Data(json)) => message.data = Some(json),
            Ok(Outcome::Health(health)) => message.health = Some(health),
            Ok(Outcome::Closed) => {}
            Err(error) => message.error = Some(error.into()),
        }
        self.sent = true;
        self.outbox.send_holding(message, take(&mut self.held));
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.sent {
            self.put(Err(Error::internal()));
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let refusal = error.refusal.unwrap_or_default();
        Self {
            code: error.code.number(),
            message: error.message,
            retryable: error.retryable,
            errcode: refusal.errcode,
            errmsg: refusal.errmsg,
            rid: refusal.rid,
        }
    }
}
