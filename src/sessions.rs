//! The live tokens. May import `error`, `token` and `sqlite`.
//!
//! Every change of a user's sessions is atomic in every store: two logins at once get the same token, and a login that races a refresh
//! neither leaves nor revives a revoked one.

mod embedded;
mod redis;

pub use embedded::Embedded;
pub use redis::{Layout, Place, Redis, Settings, Tls};

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Result;
use crate::token::{Owner, Token};

/// How long tokens live, and how many of one user's.
#[derive(Debug, Clone)]
pub struct Policy {
    pub ttl: Duration,
    /// None: one, which every login of the user gets. Else every login gets its own, and the oldest of more than this end.
    pub each: Option<u32>,
    /// A token that is not used for this long ends.
    pub idle: Option<Duration>,
}

/// What is kept in memory of checks that found a token to be live.
#[derive(Debug, Clone)]
pub struct CacheLimits {
    pub max_tokens: usize,
    /// How long it may be since redis was asked.
    pub max_age: Duration,
}

/// What is kept with a token for the application's use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    pub device: Option<String>,
    /// The openid and the session key, sealed.
    pub sealed: Option<String>,
}

impl Notes {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether [`Sessions::find`] has looked for a token just now: that may take a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    NotYet,
    InVain,
}

/// A token and when it ends at the latest, in Unix milliseconds; None where it does not.
#[derive(Debug)]
pub struct Issued {
    pub token: Token,
    pub expires: Option<u64>,
}

/// What is known of a live token. Times are Unix milliseconds.
#[derive(Debug)]
pub struct Session {
    pub token: Token,
    pub issued: u64,
    pub expires: Option<u64>,
    /// With an idle limit.
    pub seen: Option<u64>,
    pub notes: Notes,
}

/// How a store is.
pub struct Health {
    /// Of one round trip; the error where there was none.
    pub latency: Result<Duration>,
    /// What will go wrong one day.
    pub warnings: Vec<String>,
}

pub enum Sessions {
    Redis(Redis),
    Embedded(Embedded),
}

/// Calls the method of the store that it is.
macro_rules! delegate {
    ($sessions:expr, $store:ident => $call:expr) => {
        match $sessions {
            Sessions::Redis($store) => $call,
            Sessions::Embedded($store) => $call,
        }
    };
}

impl Sessions {
    /// The live token that the logins of `owner` share, the newest if there are several, for a call that started then. It counts as used.
    pub async fn find(&self, owner: &Owner, started: Instant) -> Result<Option<Token>> {
        match self {
            Self::Redis(store) => store.find(owner, started).await,
            Self::Embedded(store) => store.find(owner).await,
        }
    }

    /// A new token of `owner` with `notes`; or the live one that their logins share, which then gets the notes. For a call that
    /// started then.
    pub async fn issue(&self, owner: &Owner, notes: &Notes, sought: Sought, started: Instant) -> Result<Issued> {
        match self {
            Self::Redis(store) => store.issue(owner, notes, sought, started).await,
            Self::Embedded(store) => store.issue(owner, notes).await,
        }
    }

    /// Ends every live token of `owner` and issues a new one.
    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        delegate!(self, store => store.replace_all(owner).await)
    }

    /// For each of `tokens` whether it is live, as far as that can be told at once; [`contains`](Self::contains) tells the others. They
    /// count as used.
    pub async fn check(&self, tokens: &[Token], started: Instant) -> Result<Vec<Option<bool>>> {
        match self {
            Self::Redis(store) => store.check(tokens, started).await,
            Self::Embedded(store) => store.check(tokens).await,
        }
    }

    /// Whether `token` is live, for a call that started then. It counts as used.
    pub async fn contains(&self, token: &Token, started: Instant) -> Result<bool> {
        match self {
            Self::Redis(store) => store.contains(token, started).await,
            Self::Embedded(store) => store.contains(token).await,
        }
    }

    /// Whether `token` is known to be live without asking. No use of it goes unnoted for long.
    pub fn is_cached(&self, token: &str) -> bool {
        match self {
            Self::Redis(store) => store.is_cached(token),
            Self::Embedded(_) => false,
        }
    }

    /// Keeps `notes` with a live token. Whether it was live.
    pub async fn note(&self, token: &Token, notes: &Notes, started: Instant) -> Result<bool> {
        match self {
            Self::Redis(store) => store.note(token, notes, started).await,
            Self::Embedded(store) => store.note(token, notes).await,
        }
    }

    /// What is known of `token`, if it is live. It does not count as used.
    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        delegate!(self, store => store.inspect(token).await)
    }

    /// The live tokens of `owner`, oldest first.
    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        delegate!(self, store => store.list(owner).await)
    }

    /// Ends `token`. Whether it was live.
    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        delegate!(self, store => store.revoke(token).await)
    }

    /// Ends every live token of `owner`, with `all_skus` those of the user's other skus too. How many there were.
    pub async fn revoke_all(&self, owner: &Owner, all_skus: bool) -> Result<u64> {
        delegate!(self, store => store.revoke_all(owner, all_skus).await)
    }

    /// Puts a new token in the place of a live one, which stays valid for `grace`; meanwhile the same new token comes again. None where
    /// it is not live.
    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        delegate!(self, store => store.rotate(token, grace).await)
    }

    /// What was kept for all processes under `name`.
    pub async fn recall(&self, name: &str) -> Result<Option<String>> {
        delegate!(self, store => store.recall(name).await)
    }

    /// Keeps `value` for all processes, for as long as `life`.
    pub async fn remember(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        delegate!(self, store => store.remember(name, value, life).await)
    }

    /// Keeps `value` where nothing is kept. Whether it was this call that did.
    pub async fn claim(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        delegate!(self, store => store.claim(name, value, life).await)
    }

    /// Keeps no longer what is kept under `name`.
    pub async fn forget(&self, name: &str) -> Result<()> {
        delegate!(self, store => store.forget(name).await)
    }

    /// How the store is called in `health`.
    pub fn kind(&self) -> &'static str {
        delegate!(self, store => store.kind())
    }

    pub async fn health(&self) -> Health {
        delegate!(self, store => store.health().await)
    }

    /// Ends the connection.
    pub async fn close(&self) {
        delegate!(self, store => store.close().await);
    }
}
