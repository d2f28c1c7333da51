//! The live tokens. May import `error`, `token` and `sqlite`.
//!
//! Every change of a user's sessions is atomic in every store: two logins at once get the same token, and a login that races a refresh
//! neither leaves nor revives a revoked one.

mod embedded;
mod redis;

pub use embedded::Embedded;
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
    Embedded(Embedded),
}

impl Sessions {
    /// The live token of `owner`, the newest if there are several.
    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        match self {
            Self::Redis(store) => store.find(owner).await,
            Self::Embedded(store) => store.find(owner).await,
        }
    }

    /// A live token of `owner`: a new one, or one that another login issued meanwhile.
    pub async fn issue(&self, owner: &Owner) -> Result<Token> {
        match self {
            Self::Redis(store) => store.issue(owner).await,
            Self::Embedded(store) => store.issue(owner).await,
        }
    }

    /// Ends every live token of `owner` and issues a new one.
    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        match self {
            Self::Redis(store) => store.replace_all(owner).await,
            Self::Embedded(store) => store.replace_all(owner).await,
        }
    }

    /// Whether `token` is live.
    pub async fn contains(&self, token: &Token) -> Result<bool> {
        match self {
            Self::Redis(store) => store.contains(token).await,
            Self::Embedded(store) => store.contains(token).await,
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
            Self::Redis(store) => store.close(),
            Self::Embedded(store) => store.close().await,
        }
    }
}
