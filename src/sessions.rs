//! The live tokens. May import `error`, `token` and `sqlite`.
//!
//! Every change of a user's sessions is atomic in every store: two logins at once get the same token, and a login that races a refresh
//! neither leaves nor revives a revoked one.

mod memory;
mod redis;

pub use memory::Memory;
pub use redis::Redis;

use crate::error::Result;
use crate::token::{Owner, Token};

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

    /// Ends the connection, if there is one.
    pub fn close(&self) {
        if let Self::Redis(store) = self {
            store.close();
        }
    }
}
