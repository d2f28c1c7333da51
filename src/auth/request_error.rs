//! What callers read about a request to WeChat that gave no answer.

use crate::error::Error;
use crate::wechat::RequestError;

/// What the request was for. 1.3.2 decides the words and the code of `authorize`'s errors.
pub enum Purpose {
    Authorize,
    Login,
    ServerApi,
}

impl Purpose {
    pub fn error(self, error: RequestError) -> Error {
        match (self, error) {
            (Self::Authorize, RequestError::Failed { cause, .. }) => Error::authorize_failed(cause),
            (Self::Authorize, RequestError::Refused(refusal)) => Error::authorize_refused(refusal),
            (Self::Login, RequestError::Failed { cause, unsent }) => Error::login_failed(cause, unsent),
            (Self::Login, RequestError::Refused(refusal)) => Error::login_refused(refusal),
            (Self::ServerApi, RequestError::Failed { cause, unsent }) => Error::server_api_failed(cause, unsent),
            (Self::ServerApi, RequestError::Refused(refusal)) => Error::server_api_refused(refusal),
        }
    }
}
