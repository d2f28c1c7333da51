//! The errors of calls. Owns the status numbers, which nothing else in the crate names, and how the
//! message of each error begins. The cause in a message is worded where the failure is understood,
//! such as `sqlite/failure.rs` and `sessions/redis/connect/errors.rs`. Imports nothing of the
//! crate.

mod refusal;

use std::fmt;

pub use refusal::{Api, Refusal};

pub type Result<T> = std::result::Result<T, Error>;

/// The names and numbers that `constants.statusCode` shows, in 1.3.2's order.
pub const STATUS_CODES: [(&str, u32); 15] = [
    ("success", SUCCESS),
    ("databaseRelatedError", Code::Database.number()),
    ("requiredParamsMissingError", Code::MissingParameter.number()),
    ("httpError", 6002),
    ("responseIsNull", 6003),
    ("jsonParsedError", 6004),
    ("httpResponseErrorEvent", 6005),
    ("httpRequestErrorEvent", 6006),
    ("internetConnectionError", 6006),
    ("invalidAccessToken", Code::InvalidToken.number()),
    ("sessionKeyAndOpenIdRequestError", Code::Exchange.number()),
    ("openIdOrUnionIdNotMatch", Code::IdMismatch.number()),
    ("userNotExistInDB", Code::UnknownUser.number()),
    ("userInfoDecryptionError", Code::Decryption.number()),
    ("unknownError", Code::Unknown.number()),
];

const SUCCESS: u32 = 1;

/// Why a call failed, as far as a program can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The token store or the user store failed, or is not there; or this library was closed, or
    /// has too many calls under way.
    Database,
    /// An argument is missing, or cannot become text.
    MissingParameter,
    /// The token is not live.
    InvalidToken,
    /// A request to WeChat, or to the application's own exchange of codes, could not be made, or
    /// gave no answer, or none that can be used.
    Exchange,
    /// The decrypted data belong to another user.
    IdMismatch,
    /// No such user is registered.
    UnknownUser,
    /// WeChat gave no session, or the data do not decrypt under it.
    Decryption,
    /// This library has a fault.
    Unknown,
}

impl Code {
    pub const fn number(self) -> u32 {
        match self {
            Self::Database => 6000,
            Self::MissingParameter => 6001,
            Self::InvalidToken => 6007,
            Self::Exchange => 6008,
            Self::IdMismatch => 6009,
            Self::UnknownUser => 6010,
            Self::Decryption => 6011,
            Self::Unknown => 9999,
        }
    }
}

/// A failed call. The message is for people, says what to do where that is known, and carries no
/// secret and no user data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub code: Code,
    pub message: String,
    pub refusal: Option<Refusal>,
    /// Whether the same call may succeed later, where that is known.
    pub retryable: Option<bool>,
    /// Whether the application's own configuration is in the way.
    pub is_configuration: bool,
    /// The host call in which the application's code threw what the caller is to get.
    pub thrown: Option<u32>,
}

impl Error {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), refusal: None, retryable: None, is_configuration: false, thrown: None }
    }

    /// The token store or the user store failed with `cause`.
    pub fn database(cause: impl fmt::Display) -> Self {
        Self::new(Code::Database, format!("Error: {cause}"))
    }

    /// The application's code threw in a host call: the caller gets what it threw.
    pub fn thrown(host_call: u32) -> Self {
        Self { thrown: Some(host_call), ..Self::internal() }
    }

    /// The same error, which the application's own configuration causes.
    pub fn by_configuration(self) -> Self {
        Self { is_configuration: true, ..self }
    }

    /// More logins wait for WeChat than may.
    pub fn too_many_logins() -> Self {
        Self::login_failed("too many logins wait for WeChat, try again shortly", true)
    }

    /// The same of the calls after the login.
    pub fn too_many_requests() -> Self {
        Self::server_api_failed("too many calls wait for WeChat, try again shortly", true)
    }

    /// `except` names another user's session.
    pub fn foreign_session() -> Self {
        Self::new(Code::MissingParameter, "The option except must be a token of the same user")
    }

    /// `authorize` could not exchange the code because of `cause`.
    pub fn authorize_failed(cause: impl fmt::Display) -> Self {
        Self::new(Code::Exchange, format!("Request to get session key and open id error: {cause}"))
    }

    /// WeChat answered `authorize`, but with no session.
    pub fn authorize_refused(refusal: Refusal) -> Self {
        let message = format!("Decrypt userInfo error: WeChat gave no session{}", refusal.advice(Api::Login));
        Self { retryable: refusal.retryable(), refusal: Some(refusal), ..Self::new(Code::Decryption, message) }
    }

    /// A login by code failed. It is `retryable` where WeChat cannot have seen the code.
    pub fn login_failed(cause: impl fmt::Display, retryable: bool) -> Self {
        Self { retryable: Some(retryable), ..Self::authorize_failed(cause) }
    }

    /// WeChat answered a login by code, but named no user.
    pub fn login_refused(refusal: Refusal) -> Self {
        Self::login_failed("WeChat names no user for this code", false).with_refusal(refusal, Api::Login)
    }

    /// A call of WeChat's server API failed. It is `retryable` where WeChat cannot have seen it.
    pub fn server_api_failed(cause: impl fmt::Display, retryable: bool) -> Self {
        Self { retryable: Some(retryable), ..Self::new(Code::Exchange, format!("Request to WeChat error: {cause}")) }
    }

    /// WeChat's server API refused a call.
    pub fn server_api_refused(refusal: Refusal, api: Api) -> Self {
        Self::server_api_failed("WeChat refused", false).with_refusal(refusal, api)
    }

    /// The error with what WeChat said besides.
    pub fn with_refusal(self, refusal: Refusal, api: Api) -> Self {
        Self {
            message: format!("{}{}", self.message, refusal.advice(api)),
            retryable: Some(refusal.retryable() == Some(true)),
            refusal: Some(refusal),
            ..self
        }
    }

    /// The data do not decrypt. There is one message for all causes: the difference would help only
    /// an attacker.
    pub fn decryption() -> Self {
        Self::new(Code::Decryption, "Decrypt userInfo error")
    }

    /// No key could decrypt the data; `faults` say what is wrong with what was sent.
    pub fn malformed_data(faults: impl fmt::Display) -> Self {
        Self::new(Code::Decryption, format!("Decrypt userInfo error: {faults}"))
    }

    /// The application has not set what the call needs; `cause` says so.
    pub fn decryption_not_set_up(cause: impl fmt::Display) -> Self {
        Self::new(Code::Decryption, format!("Decrypt userInfo error: {cause}"))
    }

    /// Data do not decrypt under the session key that is stored, or none is stored, because of
    /// `cause`.
    pub fn stale_session_key(cause: impl fmt::Display) -> Self {
        let advice = "The session key may be stale: let the mini-program call wx.login first and log in with its code, \
                      then get the data";
        Self::new(Code::Decryption, format!("Decrypt userInfo error: {cause}. {advice}"))
    }

    /// What came in as a message push is none of WeChat's, or none that may be taken, because of
    /// `cause`.
    pub fn push_refused(cause: impl fmt::Display) -> Self {
        Self::new(Code::MissingParameter, format!("The message push is refused: {cause}"))
    }

    /// A message push has the right signature, but does not decrypt. There is one message for all
    /// causes.
    pub fn undecryptable_push() -> Self {
        let advice = "encodingAESKey and appId must be those of the mini-program in WeChat's console";
        Self::new(Code::Decryption, format!("The message push does not decrypt: {advice}"))
    }

    pub fn invalid_token() -> Self {
        Self::new(Code::InvalidToken, "The token is not valid: log in again")
    }

    /// The user's id cannot be part of a token.
    pub fn unusable_user() -> Self {
        Self::new(Code::MissingParameter, "The userId parameter must not be empty and must not hold a vertical bar")
    }

    pub fn id_mismatch() -> Self {
        Self::new(Code::IdMismatch, "OpenID or UnionID not match")
    }

    pub fn unknown_user() -> Self {
        Self::new(Code::UnknownUser, "Cannot find such user in DB")
    }

    /// This library has a fault. The message has no details: they might carry data.
    pub fn internal() -> Self {
        Self::new(Code::Unknown, "Internal error in mpauthx: the call ended without an answer. Please report it.")
    }
}
