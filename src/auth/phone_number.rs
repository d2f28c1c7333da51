//! The user's phone number.

use tokio::time::Instant;

use super::access_token::App;
use super::request_error::Purpose;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::wechat::{PhoneNumber, RequestError, phone_number};

/// WeChat refuses an access token that is not, or no longer, valid with these errcodes.
const INVALID_TOKEN_ERRCODES: [i64; 3] = [40001, 40014, 42001];

impl Auth {
    /// The phone number that the mini-program's `getPhoneNumber` returned `code` for, by a call
    /// that the application made at `begun`.
    pub async fn phone_number(
        &self,
        admission: &Admission,
        begun: Instant,
        code: &str,
        open_id: Option<&str>,
    ) -> Result<PhoneNumber> {
        admission.check()?;
        let credentials = self.dependencies.credentials.both();
        let (id, secret) = credentials.map_err(|cause| Error::server_api_failed(cause, false).by_configuration())?;
        let app = App { id, secret, seal: self.seal.as_ref().ok_or_else(Error::internal)? };
        let request = async |token: String| phone_number(&self.dependencies.client, id, &token, code, open_id).await;
        let token = self.access_token(&app, None, begun).await?;
        match request(token.clone()).await {
            Err(error) if is_invalid_token(&error) => {
                request(self.access_token(&app, Some(&token), begun).await?).await
            }
            result => result,
        }
        .map_err(|error| Purpose::PhoneNumber.error(error))
    }
}

fn is_invalid_token(error: &RequestError) -> bool {
    error.errcode().is_some_and(|errcode| INVALID_TOKEN_ERRCODES.contains(&errcode))
}
