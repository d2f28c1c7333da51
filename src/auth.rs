//! The flows: the only place that knows the order of steps. May import everything but the binding.

mod access_token;
mod authorize;
mod login;
mod manage;
mod open_data;

pub use manage::Inspected;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::seal::Seal;
use crate::sessions::{self, Issued, Sessions};
use crate::token::Owner;
use crate::users::Users;
use crate::wechat::{Client, Exchange, Exchanging, InFlight};

/// Calls in flight per object. Past it a call is refused at once: a store that is stuck must not fill the memory.
const MAX_CALLS: u32 = 1 << 16;

/// What the flows work with.
pub struct Parts {
    pub app_id: Option<String>,
    pub secret: Option<String>,
    pub sku: String,
    pub client: Arc<Client>,
    pub exchange: Exchange,
    pub users: Users,
    pub sessions: Sessions,
    /// Whether session keys are kept with the tokens.
    pub keeps_session_keys: bool,
    /// What the options ask for and cannot have, for `health`.
    pub warning: Option<&'static str>,
}

pub struct Auth {
    parts: Parts,
    /// For what is kept encrypted, where there is a secret.
    seal: Option<Seal>,
    in_flight: InFlight,
    open: AtomicBool,
    permits: Arc<Semaphore>,
}

/// What a login by code alone comes to.
pub struct Login {
    pub issued: Issued,
    /// Whether it registered the user.
    pub is_new_user: bool,
}

/// Whether a call may use the token store: decided when it is asked, so that `close` lets what was asked before it end.
pub enum Admission {
    Admitted(OwnedSemaphorePermit),
    Closed,
    TooMany,
}

impl Admission {
    /// Before anything is begun: what is too much must not wait for anybody.
    fn has_room(&self) -> Result<()> {
        match self {
            Self::TooMany => Err(too_many()),
            Self::Admitted(_) | Self::Closed => Ok(()),
        }
    }

    /// Before the token store is used.
    fn check(&self) -> Result<()> {
        match self {
            Self::Admitted(_) => Ok(()),
            Self::Closed => Err(closed()),
            Self::TooMany => Err(too_many()),
        }
    }
}

pub fn too_many() -> Error {
    Error::database(format!("more than {MAX_CALLS} calls at once, try again"))
}

fn closed() -> Error {
    Error::database("mpauthx was closed")
}

impl Auth {
    pub fn new(parts: Parts) -> Result<Self> {
        let seal = parts.secret.as_deref().map(Seal::new).transpose()?;
        let permits = Arc::new(Semaphore::new(MAX_CALLS as usize));
        Ok(Self { parts, seal, in_flight: InFlight::default(), open: AtomicBool::new(true), permits })
    }

    /// Begins what is done in the background.
    pub async fn start(&self) {
        if let Sessions::Redis(redis) = self.sessions() {
            redis.start();
        }
        self.users().prepare().await;
    }

    /// Admits a call. Held until index.js has the answer: else a call that follows it could find its place still taken.
    pub fn admit(&self) -> Admission {
        if !self.open.load(Ordering::Acquire) {
            return Admission::Closed;
        }
        self.permits.clone().try_acquire_owned().map_or(Admission::TooMany, Admission::Admitted)
    }

    /// Admits as many of `count` calls as there is room for.
    pub fn admit_many(&self, count: u32) -> (Admission, u32) {
        if !self.open.load(Ordering::Acquire) {
            return (Admission::Closed, count);
        }
        let room = u32::try_from(self.permits.available_permits()).unwrap_or(u32::MAX).min(count);
        match self.permits.clone().try_acquire_many_owned(room) {
            Ok(permits) if room > 0 => (Admission::Admitted(permits), room),
            _ => (Admission::TooMany, 0),
        }
    }

    /// Whether `token` is known to be live without asking.
    pub fn is_cached(&self, token: &str) -> bool {
        self.open.load(Ordering::Acquire) && self.sessions().is_cached(token)
    }

    /// Begins to exchange `code`, or joins those who do. Before the call: calls of one moment are to meet.
    pub fn exchange(&self, code: String) -> Exchanging {
        self.in_flight.enter(code)
    }

    /// How the stores are, and what they are called.
    pub async fn health(&self, admission: &Admission) -> (&'static str, sessions::Health, &'static str, Result<()>) {
        let (tokens, (users, usable)) = tokio::join!(self.tokens_health(admission), self.users().health());
        (self.sessions().kind(), tokens, users, usable)
    }

    async fn tokens_health(&self, admission: &Admission) -> sessions::Health {
        match admission {
            Admission::Admitted(_) | Admission::TooMany => {
                let mut health = self.sessions().health().await;
                health.warnings.extend(self.parts.warning.map(str::to_owned));
                health
            }
            Admission::Closed => sessions::Health { latency: Err(closed()), warnings: Vec::new() },
        }
    }

    /// Admits no more calls, from now on.
    pub fn shut(&self) {
        self.open.store(false, Ordering::Release);
    }

    /// Nobody takes answers any more: `close` waits for none.
    pub fn abandon(&self) {
        self.permits.close();
    }

    /// Ends the connections once index.js has the answers to all calls that were admitted. After `shut`.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(MAX_CALLS).await;
        self.sessions().close().await;
        self.users().close().await;
        drop(all);
    }

    fn users(&self) -> &Users {
        &self.parts.users
    }

    fn sessions(&self) -> &Sessions {
        &self.parts.sessions
    }

    fn owner(&self, user: String) -> Owner {
        Owner { user, sku: self.parts.sku.clone() }
    }
}
