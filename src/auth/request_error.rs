//! What callers read about a request to WeChat that gave no answer.

use crate::error::{Api, Error};
use crate::wechat::{Failure, RequestError};

/// What the request was for. 1.3.2 decides the words and the code of `authorize`'s errors.
pub enum Purpose {
    Authorize,
    Login,
    AccessToken,
    PhoneNumber,
    Request,
}

impl Purpose {
    pub fn error(self, error: RequestError) -> Error {
        let api = match self {
            Self::Authorize | Self::Login => Api::Login,
            Self::AccessToken => Api::AccessToken,
            Self::PhoneNumber => Api::PhoneNumber,
            Self::Request => Api::Other,
        };
        match error {
            RequestError::Refused(refusal) => match self {
                Self::Authorize => Error::authorize_refused(refusal),
                Self::Login => Error::login_refused(refusal),
                Self::AccessToken | Self::PhoneNumber | Self::Request => Error::server_api_refused(refusal, api),
            },
            RequestError::Failed(Failure { cause, unsent, refusal }) => {
                let failed = match self {
                    Self::Authorize => Error::authorize_failed(cause),
                    Self::Login => Error::login_failed(cause, unsent),
                    Self::AccessToken | Self::PhoneNumber | Self::Request => Error::server_api_failed(cause, unsent),
                };
                match refusal {
                    Some(refusal) => failed.with_refusal(refusal, api),
                    None => failed,
                }
            }
        }
    }
}
