//! What goes out to JavaScript. Times are Unix milliseconds.

use napi::bindgen_prelude::{Buffer, Either, Null};
use napi_derive::napi;

use super::events::EventMessage;
use super::host_calls::HostCallMessage;
use super::push::Pushed;
use crate::auth::{Inspected, Login, Received};
use crate::error::{Error, Result};
use crate::sessions;
use crate::token::Token;
use crate::wechat;

/// What a call returns.
pub enum Outcome {
    Token(Token),
    Login(Login),
    Sessions(Vec<Inspected>),
    Is(bool),
    Count(u64),
    Phone(wechat::PhoneNumber),
    Data(String),
    Bytes(Vec<u8>),
    Pushed(Received),
    Health(Health),
    /// There is nothing to tell.
    Done,
}

/// The outcome of a call, verdicts of a batch, a host call, or an event.
#[napi(object)]
#[derive(Default)]
pub struct Message {
    /// The number of the call that this is the outcome of.
    pub call: Option<u32>,
    pub checked: Option<Checked>,
    pub token: Option<String>,
    pub issued: Option<IssuedToken>,
    pub sessions: Option<Vec<Session>>,
    /// Whether something was so, or was done.
    pub is: Option<bool>,
    pub count: Option<u32>,
    pub phone: Option<PhoneNumber>,
    /// JSON, or text that was asked for.
    pub data: Option<String>,
    pub bytes: Option<Buffer>,
    pub pushed: Option<Pushed>,
    pub health: Option<Health>,
    pub error: Option<Failure>,
    pub host_call: Option<HostCallMessage>,
    pub event: Option<EventMessage>,
}

impl Message {
    pub fn outcome(call: u32, result: Result<Outcome>) -> Self {
        let message = Self { call: Some(call), ..Self::default() };
        match result {
            Ok(Outcome::Token(token)) => Self { token: Some(token.as_str().to_owned()), ..message },
            Ok(Outcome::Login(login)) => Self { issued: Some(login.into()), ..message },
            Ok(Outcome::Sessions(sessions)) => {
                Self { sessions: Some(sessions.into_iter().map(Session::from).collect()), ..message }
            }
            Ok(Outcome::Is(is)) => Self { is: Some(is), ..message },
            Ok(Outcome::Count(count)) => Self { count: Some(u32::try_from(count).unwrap_or(u32::MAX)), ..message },
            Ok(Outcome::Phone(number)) => Self { phone: Some(number.into()), ..message },
            Ok(Outcome::Data(json)) => Self { data: Some(json), ..message },
            Ok(Outcome::Bytes(bytes)) => Self { bytes: Some(bytes.into()), ..message },
            Ok(Outcome::Pushed(pushed)) => Self { pushed: Some(pushed.into()), ..message },
            Ok(Outcome::Health(health)) => Self { health: Some(health), ..message },
            Ok(Outcome::Done) => message,
            Err(error) => Self { error: Some(error.into()), ..message },
        }
    }
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
    /// `configuration` where the application's own is in the way.
    pub kind: Option<String>,
    /// The host call that threw what the caller is to get.
    pub thrown: Option<u32>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let refusal = error.refusal.unwrap_or_default();
        Self {
            code: error.code.number(),
            message: error.message,
            retryable: error.retryable,
            kind: error.is_configuration.then(|| "configuration".to_owned()),
            thrown: error.thrown,
            errcode: refusal.errcode,
            errmsg: refusal.errmsg,
            rid: refusal.rid,
        }
    }
}

/// Verdicts on the tokens of a batch, from the number `first` on: `1` valid, `0` not, `e` the
/// error, `-` not yet.
#[napi(object)]
pub struct Checked {
    pub batch: u32,
    pub first: u32,
    pub verdicts: String,
    /// Of a verification: JSON, for each token null or
    /// `[id, issuedAt, expiresAt, lastSeenAt, device, openId]`.
    pub sessions: Option<String>,
    pub error: Option<Failure>,
}

/// A token that a login or a rotation issued.
#[napi(object)]
pub struct IssuedToken {
    pub token: String,
    pub id: String,
    pub user_id: String,
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    /// Null where it does not expire.
    pub expires_at: Either<f64, Null>,
    pub is_new_user: Option<bool>,
}

/// What the token store knows of a live token.
#[napi(object)]
pub struct Session {
    pub id: String,
    pub user_id: String,
    pub open_id: Option<String>,
    pub sku: String,
    pub issued_at: f64,
    pub expires_at: Either<f64, Null>,
    pub last_seen_at: Option<f64>,
    pub device: Option<String>,
    /// Whether it is the one that the application has named.
    pub current: Option<bool>,
}

#[napi(object)]
pub struct PhoneNumber {
    pub phone_number: String,
    pub pure_phone_number: String,
    pub country_code: String,
}

impl From<Login> for IssuedToken {
    fn from(Login { issued, id, open_id, union_id, is_new_user }: Login) -> Self {
        Self {
            token: issued.token.as_str().to_owned(),
            id,
            user_id: issued.token.owner().user,
            open_id,
            union_id,
            expires_at: time_or_null(issued.expires),
            is_new_user,
        }
    }
}

impl From<Inspected> for Session {
    fn from(Inspected { session, id, open_id, is_current }: Inspected) -> Self {
        let owner = session.token.owner();
        Self {
            id,
            user_id: owner.user,
            open_id,
            sku: owner.sku,
            issued_at: session.issued as f64,
            expires_at: time_or_null(session.expires),
            last_seen_at: session.seen.map(|time| time as f64),
            device: session.notes.device,
            current: is_current.then_some(true),
        }
    }
}

impl From<wechat::PhoneNumber> for PhoneNumber {
    fn from(number: wechat::PhoneNumber) -> Self {
        let wechat::PhoneNumber { phone_number, pure_phone_number, country_code } = number;
        Self { phone_number, pure_phone_number, country_code }
    }
}

fn time_or_null(time: Option<u64>) -> Either<f64, Null> {
    time.map_or(Either::B(Null), |time| Either::A(time as f64))
}

/// The health of the stores.
#[napi(object)]
pub struct Health {
    pub tokens: TokensHealth,
    pub users: UsersHealth,
}

#[napi(object)]
pub struct TokensHealth {
    pub kind: String,
    pub ready: bool,
    /// Null where the store did not answer.
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

/// The name and number of a status.
#[napi(object)]
pub struct StatusCode {
    pub name: String,
    pub code: u32,
}
