//! The index of a user's tokens, and the mark that says until when they were ended.

use futures_util::future::try_join;
use redis::Cmd;

use super::Redis;
use super::keys::{self, Keys};
use crate::error::{Error, Result};
use crate::token::{Owner, Token};

/// What is known of a user's tokens before their records are looked at.
pub struct Listed {
    pub keys: Keys,
    /// Oldest first.
    pub tokens: Vec<Token>,
    /// In Unix milliseconds: what was issued until then is dead.
    pub mark: Option<u64>,
}

impl Listed {
    /// Whether what was issued then has not been ended with all others since.
    pub fn is_after_mark(&self, order: u64) -> bool {
        self.mark.is_none_or(|mark| order > mark)
    }
}

impl Redis {
    pub(super) async fn listed(&self, owner: &Owner) -> Result<Listed> {
        let keys = self.layout.keys(owner);
        let (index, mark) = (Cmd::zrange(&keys.index, 0, -1), Cmd::get(&keys.mark));
        let (members, mark): (Vec<String>, Option<u64>) =
            try_join(self.link.query(&index), self.link.query(&mark)).await?;
        Ok(Listed { keys, tokens: tokens(&members)?, mark })
    }

    /// Remembers that there are tokens of `sku`, for who ends a user's tokens of all skus.
    pub(super) async fn remember_sku(&self, sku: &str) -> Result<()> {
        self.link.query(&Cmd::sadd(keys::SKUS, sku)).await
    }
}

/// Members of an index as tokens.
pub fn tokens(members: &[String]) -> Result<Vec<Token>> {
    members.iter().map(|member| Token::parse(member).ok_or_else(foreign_member)).collect()
}

/// An index lists a foreign member: somebody else writes into our keys. The message does not name
/// the index, for its name holds the user's id.
fn foreign_member() -> Error {
    Error::database("an index key (mpauthx:{u:…}) in redis lists something that is no token, delete that member")
}
