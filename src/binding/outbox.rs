//! What goes out to index.js.

use std::collections::HashMap;
use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Either, Function, Null};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use crate::error::{Error, Result};
use crate::profile::{Profile, Value};
use crate::sessions;
use crate::token::Token;
use crate::users::{Statement, Task};

/// The outcome of a call, or a question to the application's object.
#[napi(object)]
#[derive(Default)]
pub struct Message {
    /// The call that this is the outcome of.
    pub call: Option<u32>,
    pub token: Option<String>,
    pub valid: Option<bool>,
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

/// What the application's object is to do: `all` and `run` come with a statement and the values of its parameters, `has` with a user,
/// `add` with a user and a profile.
#[napi(object)]
pub struct Asked {
    pub id: u32,
    pub method: String,
    pub sql: Option<String>,
    pub values: Option<Vec<String>>,
    pub user: Option<String>,
    pub profile: Option<HashMap<String, Either<String, i64>>>,
}

impl Asked {
    pub fn new(id: u32, task: Task) -> Self {
        let plain =
            |method: &str| Self { id, method: method.to_owned(), sql: None, values: None, user: None, profile: None };
        let statement =
            |method, Statement { sql, values }| Self { sql: Some(sql), values: Some(values), ..plain(method) };
        match task {
            Task::All(asked) => statement("all", asked),
            Task::Run(asked) => statement("run", asked),
            Task::Has(user) => Self { user: Some(user), ..plain("has") },
            Task::Add(user, Profile(fields)) => {
                let fields = fields.into_iter().map(|(field, value)| (field.to_owned(), value.into())).collect();
                Self { user: Some(user), profile: Some(fields), ..plain("add") }
            }
        }
    }
}

impl From<Value> for Either<String, i64> {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::A(text),
            Value::Number(number) => Self::B(number),
        }
    }
}

/// What a call comes to.
pub enum Outcome {
    Token(Token),
    Valid(bool),
    Health(Health),
    Closed,
}

type Queue = Arc<Mutex<Vec<Message>>>;

/// Weak: an idle object does not keep the process alive. index.js holds the event loop while calls are pending.
type Wake = ThreadsafeFunction<(), (), Vec<Message>, Status, false, true>;

pub struct Outbox {
    queue: Queue,
    wake: Wake,
}

impl Outbox {
    pub fn new(wake: &Function<Vec<Message>, ()>) -> napi::Result<Self> {
        let queue = Queue::default();
        let drained = queue.clone();
        let wake = wake
            .build_threadsafe_function()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(move |_| Ok(take(&mut *drained.lock().unwrap_or_else(PoisonError::into_inner))))?;
        Ok(Self { queue, wake })
    }

    /// Queues a message. The first one wakes index.js, which takes all that are there by then.
    pub fn send(&self, message: Message) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push(message);
        if queue.len() == 1 {
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
    sent: bool,
}

impl Reply {
    pub fn new(call: u32, outbox: Arc<Outbox>) -> Self {
        Self { call, outbox, sent: false }
    }

    pub fn send(mut self, result: Result<Outcome>) {
        self.put(result);
    }

    fn put(&mut self, result: Result<Outcome>) {
        let mut message = Message { call: Some(self.call), ..Message::default() };
        match result {
            Ok(Outcome::Token(token)) => message.token = Some(token.as_str().to_owned()),
            Ok(Outcome::Valid(valid)) => message.valid = Some(valid),
            Ok(Outcome::Health(health)) => message.health = Some(health),
            Ok(Outcome::Closed) => {}
            Err(error) => message.error = Some(error.into()),
        }
        self.sent = true;
        self.outbox.send(message);
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
            retryable: refusal.retryable(),
            errcode: refusal.errcode,
            errmsg: refusal.errmsg,
            rid: refusal.rid,
        }
    }
}
