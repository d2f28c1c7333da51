//! WeChat's interfaces for servers, and the access token that they want. All processes share one through the token store, and one of
//! them renews it. Source: WeChat's page on `getStableAccessToken`: two may be valid for five minutes while one replaces the other.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::seal::Seal;
use crate::wechat::{AccessToken, PhoneNumber, Trouble, access_token, credentials, phone_number};

/// How long before its end a token is replaced, in seconds.
const EARLY: u64 = 300;

/// How long one process has for a renewal before another tries.
const RENEWAL: Duration = Duration::from_secs(15);

/// How long a call waits for others that renew: for one that died at it, and for the one that then takes its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a process that has no token looks whether the one that renews it is done.
const PAUSE: Duration = Duration::from_millis(50);

/// What WeChat says of an access token that is not, or no longer, valid.
const INVALID: [i64; 3] = [40001, 40014, 42001];

/// The app id and the secret that a call needs, and what seals the token.
struct App<'a> {
    id: &'a str,
    secret: &'a str,
    seal: &'a Seal,
}

/// A shared token.
struct Kept {
    text: String,
    /// In Unix seconds.
    ends: u64,
}

impl Auth {
    /// The phone number that the mini-program's `getPhoneNumber` gave `code` for.
    pub async fn phone_number(&self, admission: &Admission, code: &str, open_id: Option<&str>) -> Result<PhoneNumber> {
        admission.check()?;
        let (id, secret) = credentials(self.parts.app_id.as_deref(), self.parts.secret.as_deref())
            .map_err(|cause| Error::interface_failed(cause, false))?;
        let app = App { id, secret, seal: self.seal.as_ref().ok_or_else(Error::internal)? };
        let ask = async |token: String| phone_number(&self.parts.client, id, &token, code, open_id).await;
        let token = self.access_token(&app, None).await?;
        match ask(token.clone()).await {
            Err(Trouble::Refused(refusal)) if refusal.errcode.is_some_and(|errcode| INVALID.contains(&errcode)) => {
                ask(self.access_token(&app, Some(&token)).await?).await
            }
            answer => answer,
        }
        .map_err(failed)
    }

    /// The token that all processes share, another than `invalid`.
    async fn access_token(&self, app: &App<'_>, invalid: Option<&str>) -> Result<String> {
        let lock = format!("{}:renewal", place(app.id));
        let start = Instant::now();
        loop {
            let kept = self.kept_token(app).await?.filter(|kept| Some(kept.text.as_str()) != invalid);
            if let Some(Kept { text, .. }) = kept.as_ref().filter(|kept| kept.ends > now() + EARLY) {
                return Ok(text.clone());
            }
            if start.elapsed() > PATIENCE || self.sessions().set_if_absent(&lock, "taken", RENEWAL).await? {
                let renewed = self.renew(app, invalid).await;
                let _ = self.sessions().delete(&lock).await; // it ends by itself
                return renewed;
            }
            // Another process renews it. Until that is done, one that is about to end will do.
            if let Some(Kept { text, .. }) = kept {
                return Ok(text);
            }
            sleep(PAUSE).await;
        }
    }

    /// Gets a token from WeChat and shares it. Only one who knows that the token of all is invalid asks for a new one by force.
    async fn renew(&self, app: &App<'_>, invalid: Option<&str>) -> Result<String> {
        // Another process may have been faster, just before the lock was ours.
        if let Some(kept) = self.kept_token(app).await?
            && kept.ends > now() + EARLY
            && Some(kept.text.as_str()) != invalid
        {
            return Ok(kept.text);
        }
        let get = async |forced| access_token(&self.parts.client, app.id, app.secret, forced).await;
        let AccessToken { mut text, mut life } = get(false).await.map_err(failed)?;
        if Some(text.as_str()) == invalid {
            AccessToken { text, life } = get(true).await.map_err(failed)?;
        }
        let sealed = app.seal.close(&place(app.id), &format!("{} {text}", now() + life))?;
        self.sessions().set(&place(app.id), &sealed, Duration::from_secs(life.max(1))).await?;
        Ok(text)
    }

    async fn kept_token(&self, app: &App<'_>) -> Result<Option<Kept>> {
        let place = place(app.id);
        let sealed = self.sessions().get(&place).await?;
        Ok(sealed.and_then(|sealed| {
            let text = app.seal.open(&place, &sealed)?;
            let (ends, text) = text.split_once(' ')?;
            Some(Kept { text: text.to_owned(), ends: ends.parse().ok()? })
        }))
    }
}

fn failed(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Failed { cause, unsent } => Error::interface_failed(cause, unsent),
        Trouble::Refused(refusal) => Error::interface_refused(refusal),
    }
}

fn place(app_id: &str) -> String {
    format!("access-token:{app_id}")
}

/// The time in Unix seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
