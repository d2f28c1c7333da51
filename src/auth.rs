//! The flows: the only place that knows the order of steps. May import everything but the binding.

use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::sessions::{self, Sessions};
use crate::token::{Owner, Token};
use crate::users::Users;
use crate::wechat::{Encoded, Exchange, OpenData, Session, decrypt};

/// Calls in flight per object. Past it a call is refused at once: a store that is stuck must not fill the memory.
const MAX_CALLS: u32 = 1 << 16;

pub struct Auth {
    exchange: Exchange,
    users: Users,
    sessions: Sessions,
    sku: String,
    /// Whether users' rows say what WeChat says of them.
    keeps_profiles: bool,
    open: AtomicBool,
    permits: Arc<Semaphore>,
}

/// Whether a call may use the token store: decided when it is asked, so that `close` lets what was asked before it end.
pub enum Admission {
    Admitted(OwnedSemaphorePermit),
    Closed,
    TooMany,
}

impl Admission {
    fn check(&self) -> Result<()> {
        match self {
            Self::Admitted(_) => Ok(()),
            Self::Closed => Err(closed()),
            Self::TooMany => Err(Error::database(format!("more than {MAX_CALLS} calls at once, try again"))),
        }
    }
}

fn closed() -> Error {
    Error::database("mpauthx was closed")
}

impl Auth {
    pub fn new(exchange: Exchange, users: Users, sessions: Sessions, sku: String, keeps_profiles: bool) -> Self {
        let permits = Arc::new(Semaphore::new(MAX_CALLS as usize));
        Self { exchange, users, sessions, sku, keeps_profiles, open: AtomicBool::new(true), permits }
    }

    /// Begins what is done in the background.
    pub async fn start(&self) {
        if let Sessions::Redis(redis) = &self.sessions {
            redis.start();
        }
        self.users.prepare().await;
    }

    /// Admits a call. Held until the call has been answered.
    pub fn admit(&self) -> Admission {
        if !self.open.load(Ordering::Acquire) {
            return Admission::Closed;
        }
        self.permits.clone().try_acquire_owned().map_or(Admission::TooMany, Admission::Admitted)
    }

    /// Logs the user in whom WeChat names for `code`.
    pub async fn authorize(&self, admission: &Admission, code: &str, data: &Encoded, iv: &Encoded) -> Result<Token> {
        let app_id = self.exchange.app_id()?;
        let session = self.exchange.session(code).await?;
        let mut open_data = decrypt(app_id, &session.session_key, data, iv)?;
        let profile = if self.keeps_profiles { take(&mut open_data.profile) } else { Profile::default() };
        let owner = self.owner(identify(session, open_data)?);
        admission.check()?;
        if let Some(token) = self.sessions.find(&owner).await? {
            // The user table is left alone, as 1.3.2 leaves it, unless there is something new to be written there.
            if !profile.is_empty() {
                self.users.ensure(&owner.user, &profile).await?;
            }
            return Ok(token);
        }
        self.users.ensure(&owner.user, &profile).await?;
        self.sessions.issue(&owner).await
    }

    /// Ends the sessions of `user` and issues a new one.
    pub async fn refresh(&self, admission: &Admission, user: String) -> Result<Token> {
        if !self.users.exists(&user).await? {
            return Err(Error::unknown_user());
        }
        admission.check()?;
        self.sessions.replace_all(&self.owner(user)).await
    }

    /// Whether `token` is live. After `close` none is.
    pub async fn is_valid(&self, admission: &Admission, token: &Token) -> Result<bool> {
        if let Admission::Closed = admission {
            return Ok(false);
        }
        admission.check()?;
        self.sessions.contains(token).await
    }

    /// How the stores are, and what they are called.
    pub async fn health(&self) -> (&'static str, sessions::Health, &'static str, Result<()>) {
        let (tokens, (users, usable)) = tokio::join!(self.tokens_health(), self.users.health());
        (self.sessions.kind(), tokens, users, usable)
    }

    async fn tokens_health(&self) -> sessions::Health {
        match self.open.load(Ordering::Acquire) {
            true => self.sessions.health().await,
            false => sessions::Health { latency: Err(closed()), warnings: Vec::new() },
        }
    }

    /// Admits no more calls, from now on.
    pub fn shut(&self) {
        self.open.store(false, Ordering::Release);
    }

    /// Ends the connections once every call that was admitted has been answered. After `shut`.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(MAX_CALLS).await;
        self.sessions.close().await;
        self.users.release().await;
        drop(all);
    }

    fn owner(&self, user: String) -> Owner {
        Owner { user, sku: self.sku.clone() }
    }
}

/// The user's id: the unionId where the data carry one, else the openId, which must be the one that WeChat named.
fn identify(session: Session, data: OpenData) -> Result<String> {
    match (session.open_id, data.open_id) {
        (Some(named), Some(decrypted)) if named == decrypted => Ok(data.union_id.unwrap_or(decrypted)),
        _ => Err(Error::id_mismatch()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_must_be_there_and_alike() {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let user = |named: Option<&str>, decrypted: Option<&str>, union: Option<&str>| {
            let session = Session { open_id: text(named), session_key: String::new() };
            identify(session, OpenData { open_id: text(decrypted), union_id: text(union), profile: Profile::default() })
        };
        assert_eq!(user(Some("o"), Some("o"), None).as_deref(), Ok("o"));
        assert_eq!(user(Some("o"), Some("o"), Some("u")).as_deref(), Ok("u"));
        for (named, decrypted) in [(Some("o"), Some("p")), (Some("o"), None), (None, Some("o")), (None, None)] {
            assert_eq!(user(named, decrypted, Some("u")), Err(Error::id_mismatch()));
        }
    }
}
