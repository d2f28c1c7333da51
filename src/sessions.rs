//! The live tokens. May import `error`, `token` and `sqlite`.
//!
//! Every change of a user's sessions is atomic in every store: two logins at once get the same token, and a login that races a refresh
//! neither leaves nor revives a revoked one.

mod memory;
mod redis;

pub use memory::Memory;
pub use redis::{Layout, Place, Redis, Settings, Tls};

use std::time::Duration;

use crate::error::Result;
use crate::token::{Owner, Token};

/// How a store is.
pub struct Health {
    /// Of one round trip; the error where there was none.
    pub latency: Result<Duration>,
    /// What will go wrong one day.
    pub warnings: Vec<String>,
}

pub enum Sessions {
    Redis(Redis),
    Memory(Memory),
}

impl Sessions {
    /// The live token of `owner`, the newest if there are several.
    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        match self {
            Self::Redis(store) => store.find(owner).await,
            Self::Memory(store) => store.find(owner).await,
        }
    }

    /// A live token of `owner`: a new one, or one that another login issued meanwhile.
    pub async fn issue(&self, owner: &Owner) -> Result<Token> {
        match self {
            Self::Redis(store) => store.issue(owner).await,
            Self::Memory(store) => store.issue(owner).await,
        }
    }

    /// Ends every live token of `owner` and issues a new one.
    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        match self {
            Self::Redis(store) => store.replace_all(owner).await,
            Self::Memory(store) => store.replace_all(owner).await,
        }
    }

    /// Whether `token` is live.
    pub async fn contains(&self, token: &Token) -> Result<bool> {
        match self {
            Self::Redis(store) => store.contains(token).await,
            Self::Memory(store) => store.contains(token).await,
        }
    }

    /// How the store is called in `health`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Redis(store) => store.kind(),
            Self::Memory(_) => "memory",
        }
    }

    pub async fn health(&self) -> Health {
        match self {
            Self::Redis(store) => store.health().await,
            Self::Memory(store) => store.health().await,
        }
    }

    /// Ends the connection, if there is one.
    pub fn close(&self) {
        if let Self::Redis(store) = self {
            store.close();
        }
    }
}
