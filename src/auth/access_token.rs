//! The access token that WeChat's server API needs. All processes share one through the token
//! store, and one of them renews it. Source: WeChat's page on `getStableAccessToken`: while one
//! token replaces the other, both are valid for five minutes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use super::Auth;
use super::renewal::Lock;
use super::request_error::Purpose;
use crate::error::{Error, Result};
use crate::host::{Host, HostCall};
use crate::seal::Seal;
use crate::wechat::{AccessToken, access_token};

/// A token is renewed this long before it expires, in seconds.
const RENEW_BEFORE: u64 = 300;

/// A renewal waits this long for that of another process: for one that dies, and for the one that
/// takes the lock after it.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(20);

/// Between two looks whether another process has renewed the token.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// An app, and what encrypts its token.
struct App<'a> {
    id: &'a str,
    secret: &'a str,
    seal: &'a Seal,
}

/// The shared token, as the token store has it.
struct CachedAccessToken {
    text: String,
    /// In Unix seconds.
    expires_at: u64,
}

impl CachedAccessToken {
    fn is_fresh(&self) -> bool {
        self.expires_at > now() + RENEW_BEFORE
    }
}

impl Auth {
    /// The access token for a call that began at `begun`: not `invalid`, which WeChat refused.
    pub(super) async fn access_token(&self, invalid: Option<&str>, begun: Instant) -> Result<String> {
        if let Some(host) = &self.dependencies.access_token {
            return given_access_token(host, invalid).await;
        }
        let credentials = self.dependencies.credentials.both();
        let (id, secret) = credentials.map_err(|cause| Error::server_api_failed(cause, false).by_configuration())?;
        let app = App { id, secret, seal: self.seal.as_ref().ok_or_else(Error::internal)? };
        self.stable_access_token(&app, invalid, begun).await
    }

    /// The token that all processes share.
    async fn stable_access_token(&self, app: &App<'_>, invalid: Option<&str>, begun: Instant) -> Result<String> {
        // On the heap: every call would hold it on its stack several times.
        let renew = || Box::pin(self.renew(app, invalid));
        let renewal = match self.cached_access_token(app, invalid).await? {
            None => self.renewals.join(invalid, begun),
            Some(cached) if cached.is_fresh() => return Ok(cached.text),
            // One that is about to expire is good enough, whatever comes of its renewal.
            Some(cached) => {
                return match self.renewals.begin_early(invalid) {
                    Some(renewal) => renewal.outcome(renew()).await.or(Ok(cached.text)),
                    None => Ok(cached.text),
                };
            }
        };
        renewal.outcome(renew()).await
    }

    /// Renews the token, or waits for the process that does.
    async fn renew(&self, app: &App<'_>, invalid: Option<&str>) -> Result<String> {
        let lock = Lock::new(self.sessions(), app.seal, format!("{}:renewal", aad(app.id)));
        let start = Instant::now();
        let mut holders = Vec::new();
        while !lock.take().await? {
            if let Some(cached) = self.cached_access_token(app, invalid).await? {
                return Ok(cached.text);
            }
            holders.extend(lock.holder().await?.filter(|holder| !holders.contains(holder)));
            // It asks WeChat all the while: to ask as well would help nobody.
            if start.elapsed() > RENEWAL_TIMEOUT {
                return Err(elsewhere(&format!("got no access token within {} s", RENEWAL_TIMEOUT.as_secs())));
            }
            sleep(POLL_INTERVAL).await;
            if failed_of(&holders, &lock).await? {
                return Err(elsewhere("got no access token"));
            }
        }
        if failed_of(&holders, &lock).await? {
            lock.release().await;
            return Err(elsewhere("got no access token"));
        }
        lock.hold(self.renew_access_token(app, invalid)).await
    }

    /// Gets a token from WeChat and shares it. Only a call that knows that the shared token is
    /// invalid forces WeChat to make a new one.
    async fn renew_access_token(&self, app: &App<'_>, invalid: Option<&str>) -> Result<String> {
        // Another process may have renewed it just before this one took the lock.
        let cached = self.cached_access_token(app, invalid).await?;
        if let Some(CachedAccessToken { text, .. }) = cached.filter(CachedAccessToken::is_fresh) {
            return Ok(text);
        }
        let mut token = self.request_access_token(app, false, invalid).await?;
        if Some(token.text.as_str()) == invalid {
            token = self.request_access_token(app, true, invalid).await?;
        }
        if Some(token.text.as_str()) == invalid {
            return Err(Error::server_api_failed("WeChat gives again the access token that it has refused", true));
        }
        let AccessToken { text, expires_in } = token;
        let (name, expires_at) = (aad(app.id), now() + expires_in);
        let sealed = app.seal.seal(&name, &format!("{expires_at} {text}"))?;
        self.sessions().set(&name, &sealed, Duration::from_secs(expires_in.max(1))).await?;
        Ok(text)
    }

    async fn request_access_token(
        &self,
        app: &App<'_>,
        force_refresh: bool,
        invalid: Option<&str>,
    ) -> Result<AccessToken> {
        access_token(&self.dependencies.client, app.id, app.secret, force_refresh, invalid)
            .await
            .map_err(|error| Purpose::AccessToken.error(error))
    }

    /// The shared token, where there is one and it is not `invalid`.
    async fn cached_access_token(&self, app: &App<'_>, invalid: Option<&str>) -> Result<Option<CachedAccessToken>> {
        let name = aad(app.id);
        let sealed = self.sessions().get(&name).await?;
        let parse = |sealed: String| {
            let text = app.seal.open(&name, &sealed)?;
            let (expires_at, text) = text.split_once(' ')?;
            Some(CachedAccessToken { text: text.to_owned(), expires_at: expires_at.parse().ok()? })
        };
        Ok(sealed.and_then(parse).filter(|cached| Some(cached.text.as_str()) != invalid))
    }
}

/// The access token that the application's function gives.
async fn given_access_token(host: &Host, invalid: Option<&str>) -> Result<String> {
    let reply = host.call(HostCall::AccessToken { invalid: invalid.map(str::to_owned) }).await;
    let without_token = |cause: String| invalid.map_or_else(|| cause.clone(), |token| cause.replace(token, "***"));
    let token = reply.map_err(|cause| Error::server_api_failed(without_token(cause), false))?.concat();
    if Some(token.as_str()) == invalid {
        let cause = "options.wechat.accessToken gave again the access token that WeChat has refused";
        return Err(Error::server_api_failed(cause, true));
    }
    Ok(token)
}

/// Whether the renewal failed that one of `holders` made.
async fn failed_of(holders: &[String], lock: &Lock<'_>) -> Result<bool> {
    Ok(!holders.is_empty() && lock.failed().await?.is_some_and(|failed| holders.contains(&failed)))
}

/// WeChat has not seen the code of the call.
fn elsewhere(cause: &str) -> Error {
    Error::server_api_failed(format!("another process {cause}, try again"), true)
}

/// The shared token's name in the token store, and the additional data under which it is sealed.
fn aad(app_id: &str) -> String {
    format!("access-token:{app_id}")
}

/// The time in Unix seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
