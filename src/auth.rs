//! The flows: the only place that knows the order of their steps. Imports everything but `binding`.

mod access_token;
mod admission;
mod authorize;
mod check;
mod diagnosis;
mod forget;
mod login;
mod push;
mod renewal;
mod request_error;
mod server_api;
mod session_ids;
mod session_key;
mod sessions;

pub use admission::{Admission, closed, too_many_calls};
pub use login::{Login, LoginOptions};
pub use push::{Note, Received};
pub use sessions::{Inspected, Verified};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::error::Result;
use crate::events::Events;
use crate::host::Host;
use crate::seal::Seal;
use crate::sessions::{Controls, Direct, Health, Sessions};
use crate::token::Owner;
use crate::users::Users;
use crate::wechat::{Client, Credentials, Exchange, InFlight, LoginReply, Push, RequestError, SharedExchange};
use admission::{MAX_CALLS, MAX_REQUESTS, MAX_TO_WECHAT};
use renewal::Renewals;
use session_ids::SessionIds;

/// What the flows work with.
pub struct Dependencies {
    pub credentials: Credentials,
    pub sku: String,
    pub client: Arc<Client>,
    /// Within WeChat's cloud hosting, what asks the server API there.
    pub cloud: Option<Client>,
    /// The application's function that gives the access token, in place of WeChat's interface.
    pub access_token: Option<Host>,
    pub exchange: Exchange,
    /// Where WeChat may push messages.
    pub push: Option<Push>,
    pub users: Users,
    pub sessions: Sessions,
    /// Whether session keys are stored.
    pub keeps_session_keys: bool,
    /// How long a token lives that is issued now.
    pub ttl: Duration,
    pub events: Arc<Events>,
    /// What the options ask for and cannot have, for `health`.
    pub warning: Option<&'static str>,
}

pub struct Auth {
    dependencies: Dependencies,
    /// Encrypts what is stored, where there is a secret.
    seal: Option<Seal>,
    session_ids: SessionIds,
    in_flight: InFlight,
    renewals: Renewals,
    open: AtomicBool,
    permits: Arc<Semaphore>,
    /// For logins, apart from checks: strangers who log in must not use up the room of these.
    login_permits: Arc<Semaphore>,
    /// For calls to WeChat after the login, for the same reason.
    request_permits: Arc<Semaphore>,
    /// Whose turn it is to ask WeChat: of logins, and of the calls after it.
    login_turns: Semaphore,
    request_turns: Semaphore,
}

impl Auth {
    pub fn new(dependencies: Dependencies) -> Result<Self> {
        let seal = dependencies.credentials.secret.as_deref().map(Seal::new).transpose()?;
        let permits = Arc::new(Semaphore::new(MAX_CALLS as usize));
        Ok(Self {
            dependencies,
            seal,
            session_ids: SessionIds::default(),
            in_flight: InFlight::default(),
            renewals: Renewals::default(),
            open: AtomicBool::new(true),
            permits,
            login_permits: Arc::new(Semaphore::new(MAX_TO_WECHAT as usize)),
            request_permits: Arc::new(Semaphore::new(MAX_TO_WECHAT as usize)),
            login_turns: Semaphore::new(MAX_REQUESTS),
            request_turns: Semaphore::new(MAX_REQUESTS),
        })
    }

    /// Starts what runs in the background.
    pub async fn start(&self) {
        if let Sessions::Redis(redis) = self.sessions() {
            redis.start();
        }
        self.users().prepare().await;
    }

    /// How the JavaScript thread may look at tokens by itself; None where it may not.
    pub fn direct(&self) -> Option<Direct> {
        self.sessions().direct()
    }

    /// What an application's tests control of the token store, where that was made for them.
    pub fn controls(&self) -> Option<&Controls> {
        self.sessions().controls()
    }

    /// A number that changes when the connection to the token store is let go.
    pub fn epoch(&self) -> u64 {
        self.sessions().epoch()
    }

    /// Lets the call `caller` join the exchange of `code`, or start one. This happens before the
    /// call runs, so that calls of one moment meet.
    pub fn join_exchange(&self, code: String, caller: u32) -> SharedExchange {
        self.in_flight.join(code, caller)
    }

    /// The names and the health of the stores.
    pub async fn health(&self, admission: &Admission) -> (&'static str, Health, &'static str, Result<()>) {
        let (tokens, (users, usable)) = tokio::join!(self.tokens_health(admission), self.users().health());
        (self.sessions().kind(), tokens, users, usable)
    }

    async fn tokens_health(&self, admission: &Admission) -> Health {
        if admission.is_closed() {
            return Health { latency: Err(closed()), warnings: Vec::new() };
        }
        let mut health = self.sessions().health().await;
        health.warnings.extend(self.dependencies.warning.map(str::to_owned));
        health
    }

    async fn login_reply(&self, code: &SharedExchange) -> std::result::Result<LoginReply, RequestError> {
        // Never closed.
        let _turn = self.login_turns.acquire().await;
        self.dependencies.exchange.reply(&self.dependencies.credentials, code).await
    }

    /// How the token store is called.
    pub fn store_kind(&self) -> &'static str {
        self.sessions().kind()
    }

    pub fn sku(&self) -> &str {
        &self.dependencies.sku
    }

    fn users(&self) -> &Users {
        &self.dependencies.users
    }

    fn sessions(&self) -> &Sessions {
        &self.dependencies.sessions
    }

    fn owner(&self, user: String) -> Owner {
        Owner { user, sku: self.dependencies.sku.clone() }
    }
}
