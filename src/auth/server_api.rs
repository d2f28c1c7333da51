//! Requests to WeChat's server API, with the access token that all processes share.

use tokio::time::Instant;

use super::request_error::Purpose;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::token::Token;
use crate::wechat::{Client, PhoneNumber, RequestError, ServerRequest, check_session, phone_number, request};

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
        let app_id = self.dependencies.credentials.app_id();
        let app_id = app_id.map_err(|cause| Error::server_api_failed(cause, false).by_configuration())?;
        let client = self.server_client();
        let ask =
            |token: Option<String>| async move { phone_number(client, app_id, token.as_deref(), code, open_id).await };
        self.ask(begun, Purpose::PhoneNumber, ask).await
    }

    /// The reply to a request of the application's own.
    pub async fn request(&self, admission: &Admission, begun: Instant, asked: &ServerRequest) -> Result<Vec<u8>> {
        admission.check()?;
        let client = self.server_client();
        let secret = self.dependencies.credentials.secret.as_deref();
        let ask = |token: Option<String>| async move { request(client, token.as_deref(), secret, asked).await };
        self.ask(begun, Purpose::Request, ask).await
    }

    /// Whether the session key that is kept for the user of `token` is the one that WeChat takes.
    pub async fn check_session(&self, admission: &Admission, begun: Instant, token: &Token) -> Result<bool> {
        admission.check()?;
        if self.dependencies.cloud.is_some() {
            let cause = "WeChat's cloud hosting does not support wechat.checkSession";
            return Err(Error::server_api_failed(cause, false).by_configuration());
        }
        let Some((open_id, session_key)) = self.user_key(admission, token).await? else { return Ok(false) };
        let (client, open_id, session_key) = (self.server_client(), &open_id, &session_key);
        let ask = |token: Option<String>| async move {
            check_session(client, &token.unwrap_or_default(), open_id, session_key).await
        };
        self.ask(begun, Purpose::Request, ask).await
    }

    /// The access token, for the application's own use: not `invalid`, which WeChat refused.
    pub async fn shared_access_token(
        &self,
        admission: &Admission,
        begun: Instant,
        invalid: Option<&str>,
    ) -> Result<String> {
        admission.check()?;
        self.access_token(invalid, begun).await
    }

    fn server_client(&self) -> &Client {
        self.dependencies.cloud.as_ref().unwrap_or(&self.dependencies.client)
    }

    /// What `ask` gets with the access token. Where WeChat refuses that, it is renewed once. In the
    /// cloud there is none.
    async fn ask<T, F>(&self, begun: Instant, purpose: Purpose, ask: impl Fn(Option<String>) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, RequestError>>,
    {
        if self.dependencies.cloud.is_some() {
            return self.in_turn(ask(None)).await.map_err(|error| purpose.error(error));
        }
        let token = self.access_token(None, begun).await?;
        match self.in_turn(ask(Some(token.clone()))).await {
            Err(error) if is_invalid_token(&error) => {
                let token = self.access_token(Some(&token), begun).await?;
                self.in_turn(ask(Some(token))).await
            }
            result => result,
        }
        .map_err(|error| purpose.error(error))
    }

    /// Asks WeChat when it is this call's turn: a burst of calls is not to open as many
    /// connections.
    async fn in_turn<T>(&self, asking: impl Future<Output = T>) -> T {
        // Never closed.
        let _turn = self.request_turns.acquire().await;
        asking.await
    }
}

fn is_invalid_token(error: &RequestError) -> bool {
    error.errcode().is_some_and(|errcode| INVALID_TOKEN_ERRCODES.contains(&errcode))
}
