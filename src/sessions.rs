//! The live tokens. May import `error`, `hex`, `token`, `tls`, `events` and `sqlite`.
//!
//! A change of a user's sessions is atomic in every store: two logins at once get the same token,
//! and a login that races a refresh neither leaves nor revives a revoked one. But for this: where
//! others keep changing a user's sessions in redis, the end of sessions takes effect in two steps
//! (`redis/revocation.rs`), and a login may leave a live token too many (`redis/login.rs`).

mod embedded;
mod redis;
mod standing;

pub use crate::events::Ended;
pub use embedded::{Controls, Embedded};
pub use redis::{Address, CacheLimits, Cached, Direct, Endpoint, Layout, Redis, Settings, Tls};
pub use standing::Standing;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use crate::error::Result;
use crate::token::{Owner, Token};

/// How long tokens live, and how many of one user's.
#[derive(Debug, Clone)]
pub struct Policy {
    pub ttl: Duration,
    pub mode: Mode,
    /// A token that is not used for this long ends.
    pub idle: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every login of a user gets the same live token.
    Shared,
    /// Every login gets a token of its own; the oldest of more than `max` end.
    PerLogin { max: u32 },
}

/// What is kept with a token for the application's use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    pub device: Option<String>,
    /// The openid, sealed; empty where it is the user's id.
    pub open_id: Option<String>,
}

impl Notes {
    /// Whether these, of a login that gives a live token, hold what is not kept with that yet. A
    /// sealed openid may be another one than the last.
    pub fn adds_to(&self, kept: &Self) -> bool {
        let is_new = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
        is_new(&self.device, &kept.device) || is_new(&self.open_id, &kept.open_id)
    }
}

/// A token and when it ends at the latest, in Unix milliseconds; None where it does not.
#[derive(Debug)]
pub struct Issued {
    pub token: Token,
    pub expires: Option<u64>,
}

/// What is known of a live token. Times are Unix milliseconds.
#[derive(Debug, Clone)]
pub struct Session {
    pub token: Token,
    pub issued: u64,
    pub expires: Option<u64>,
    /// When it was last used; None where there is no idle limit.
    pub seen: Option<u64>,
    pub notes: Notes,
}

/// What a check finds out.
#[derive(Debug, Clone)]
pub enum Verdict {
    Dead,
    Live,
    /// Live, and what is known of it, where that was asked.
    Session(Box<Session>),
}

impl Verdict {
    pub fn live(session: Option<Session>) -> Self {
        session.map_or(Self::Live, |session| Self::Session(Box::new(session)))
    }
}

/// What a check asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Validity,
    Session,
}

/// How a store is.
pub struct Health {
    /// How long one round trip took; the error where there was none.
    pub latency: Result<Duration>,
    /// What will go wrong one day.
    pub warnings: Vec<String>,
}

pub enum Sessions {
    Redis(Redis),
    Embedded(Embedded),
}

/// Calls the method of the store that it is. For redis, the call gets its deadline here.
macro_rules! delegate {
    ($sessions:expr, $store:ident => $call:expr) => {
        match $sessions {
            Sessions::Redis($store) => $store.bounded($call).await,
            Sessions::Embedded($store) => $call.await,
        }
    };
}

impl Sessions {
    /// A token of `owner` with `notes`: the live one that their logins share, which counts as used;
    /// else a new one, after `register`. A new one takes the place of the session of `replaced`, if
    /// that lives.
    pub async fn login(
        &self,
        owner: &Owner,
        notes: &Notes,
        replaced: Option<&Token>,
        register: impl Future<Output = Result<()>>,
    ) -> Result<Issued> {
        match self {
            Self::Redis(store) => store.login(owner, notes, replaced, register).await,
            Self::Embedded(store) => store.login(owner, notes, replaced, register).await,
        }
    }

    /// Ends every live token of `owner` and issues a new one.
    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        delegate!(self, store => store.replace_all(owner))
    }

    /// Tells `settle` for each of `tokens`, under its number, whether it is live: those first that
    /// can be told at once. They count as used.
    pub async fn check(&self, tokens: &[Token], asked: Asked, settle: impl Fn(Vec<(usize, Result<Verdict>)>) + Sync) {
        match self {
            Self::Redis(store) => store.check(tokens, asked, settle).await,
            Self::Embedded(store) => store.check(tokens, asked, settle).await,
        }
    }

    /// The look that found `token` to be live, where that still holds without asking. No use of it
    /// goes unnoted for long.
    pub fn cached(&self, token: &str) -> Option<Cached> {
        match self {
            Self::Redis(store) => store.cached(token),
            Self::Embedded(_) => None,
        }
    }

    /// Counts what may have ended a look; None where nothing is cached.
    pub fn changes(&self) -> Option<Arc<AtomicU32>> {
        match self {
            Self::Redis(store) => store.changes(),
            Self::Embedded(_) => None,
        }
    }

    /// How the JavaScript thread may look at records by itself; None where it may not.
    pub fn direct(&self) -> Option<Direct> {
        match self {
            Self::Redis(store) => store.direct(),
            Self::Embedded(_) => None,
        }
    }

    /// A number that changes when the connection to the store is let go.
    pub fn epoch(&self) -> u64 {
        match self {
            Self::Redis(store) => store.epoch(),
            Self::Embedded(_) => 0,
        }
    }

    /// What is known of `token`, if it is live. It does not count as used.
    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        delegate!(self, store => store.inspect(token))
    }

    /// What is known of `token`. It does not count as used, and ends nothing.
    pub async fn explain(&self, token: &Token) -> Result<Standing> {
        delegate!(self, store => store.explain(token))
    }

    /// The live tokens of `owner`, oldest first.
    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        delegate!(self, store => store.list(owner))
    }

    /// The live tokens of the user of `owner` in every sku.
    pub async fn list_all(&self, owner: &Owner) -> Result<Vec<Session>> {
        delegate!(self, store => store.list_all(owner))
    }

    /// Ends `token`. Whether it was live.
    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        delegate!(self, store => store.revoke(token))
    }

    /// Ends the session of which `token` was current a moment ago. Whether it was live.
    pub async fn revoke_session(&self, token: &Token) -> Result<bool> {
        delegate!(self, store => store.revoke_session(token))
    }

    /// Ends every live session of `owner` but that of `except`, with `all_skus` those of the user's
    /// other skus too. How many there were.
    pub async fn revoke_all(&self, owner: &Owner, except: Option<&Token>, all_skus: bool) -> Result<u64> {
        delegate!(self, store => store.revoke_all(owner, except, all_skus))
    }

    /// The key under which session ids are made: 64 hex digits that the store keeps for ever.
    pub async fn id_key(&self) -> Result<String> {
        delegate!(self, store => store.id_key())
    }

    /// Puts a new token in the place of a live one, which stays valid for `grace`; meanwhile the
    /// same new token comes again. None where it is not live.
    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        delegate!(self, store => store.rotate(token, grace))
    }

    /// The value that all processes share under `name`.
    pub async fn get(&self, name: &str) -> Result<Option<String>> {
        delegate!(self, store => store.get(name))
    }

    /// Shares `value` with all processes, for as long as `life`.
    pub async fn set(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        delegate!(self, store => store.set(name, value, life))
    }

    /// Shares `value` for as long as `life`, or longer: as long as the value in whose place it
    /// comes would have lived.
    pub async fn replace(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        delegate!(self, store => store.replace(name, value, life))
    }

    /// Lets the shared value live for `life` at least. Where there is none, shares `value`, if that
    /// is known.
    pub async fn keep(&self, name: &str, value: Option<&str>, life: Duration) -> Result<()> {
        delegate!(self, store => store.keep(name, value, life))
    }

    /// Shares `value` where there is none. Whether it was this call that did.
    pub async fn set_if_absent(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        delegate!(self, store => store.set_if_absent(name, value, life))
    }

    /// Deletes the value under `name`.
    pub async fn delete(&self, name: &str) -> Result<()> {
        delegate!(self, store => store.delete(name))
    }

    /// Deletes the value under `name`, if it is `value`.
    pub async fn delete_own(&self, name: &str, value: &str) -> Result<()> {
        delegate!(self, store => store.delete_own(name, value))
    }

    /// What an application's tests control, where the store was made for them.
    pub fn controls(&self) -> Option<&Controls> {
        match self {
            Self::Redis(_) => None,
            Self::Embedded(store) => store.controls(),
        }
    }

    /// How the store is called in `health`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Redis(store) => store.kind(),
            Self::Embedded(store) => store.kind(),
        }
    }

    pub async fn health(&self) -> Health {
        match self {
            Self::Redis(store) => store.health().await,
            Self::Embedded(store) => store.health().await,
        }
    }

    /// Ends the connection.
    pub async fn close(&self) {
        match self {
            Self::Redis(store) => store.close().await,
            Self::Embedded(store) => store.close().await,
        }
    }
}
