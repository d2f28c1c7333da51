//! What the keys are called.

use std::borrow::Cow;

use crate::token::{Owner, Token};

/// Fields of a record. When the token was issued, in Unix milliseconds.
pub const CTIME: &str = "ctime";
/// The version of the record; 1.3.2 writes none.
pub const LISTED: &str = "v";
/// When a token with an idle limit ends at the latest, and when it was last used, in Unix milliseconds.
pub const ENDS: &str = "x";
pub const SEEN: &str = "seen";
pub const DEVICE: &str = "d";
pub const SEALED: &str = "s";

/// The set of all skus that issued tokens here.
pub const SKUS: &str = "mpauthx:skus";

/// How records are called. The index and the rest are called the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// By the token itself, as 1.3.2 calls them.
    Compatible,
    /// By user, sku and session, so that all keys of a user share a slot: for Cluster, and for proxies that shard.
    Tagged,
}

impl Layout {
    /// The name of a token's record.
    pub fn record(self, token: &Token) -> Cow<'_, str> {
        match self {
            Self::Compatible => token.as_str().into(),
            Self::Tagged => format!("{}:{}", Keys::of(&token.owner()).index, token.session()).into(),
        }
    }

    /// The text of the token whose record is called so, for any key of ours that may be one; None for others.
    pub fn token(self, record: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Compatible => Some(record.into()),
            Self::Tagged => {
                let (owner, session) = record.strip_prefix("mpauthx:{u:")?.rsplit_once("}:")?;
                Some(Token::join(owner, session).into())
            }
        }
    }
}

/// The keys of one user and sku. The braces put them into one slot of a Cluster; the `u:` keeps any id from ending the tag at once.
pub struct Keys {
    /// A sorted set: tokens by their time of issue in milliseconds.
    pub index: String,
    /// When the sessions were last replaced, in Unix milliseconds: what 1.3.2 issued before is dead.
    pub since: String,
}

/// What a rotation left of a token. Not under the token's own name, where 1.3.2 would find it and give it to its user.
pub fn rotated(token: &Token) -> String {
    format!("{}:was:{}", Keys::of(&token.owner()).index, token.session())
}

impl Keys {
    pub fn of(owner: &Owner) -> Self {
        let index = format!("mpauthx:{{u:{}}}", owner.prefix());
        Self { since: format!("{index}:since"), index }
    }
}

/// Something that is kept for all processes.
pub fn shared(name: &str) -> String {
    format!("mpauthx:{name}")
}

/// Remembers that the tokens that 1.3.2 issued for `sku` have been adopted.
pub fn adoption_marker(sku: &str) -> String {
    format!("mpauthx:adopted:{sku}")
}
