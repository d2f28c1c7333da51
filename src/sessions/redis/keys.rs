//! The names of keys and of their fields, also for the scripts. May import `token`.

use std::borrow::Cow;

use crate::token::{Owner, Token};

// The fields of a record.

/// When the token was issued, in Unix milliseconds.
pub const CTIME: &str = "ctime";
/// The version of the record, "listed in the index"; 1.3.2 writes none.
pub const VERSION: &str = "v";
/// When the token expires at the latest, in Unix milliseconds on redis' clock; empty where it never
/// does. 1.3.2 writes none, and early builds of 2.0.0 wrote none.
pub const EXPIRES: &str = "x";
/// The time that counts where marks and tokens are put in order, if that is not the time of issue.
pub const ORDER: &str = "k";
/// When a token with an idle limit was last used, in Unix milliseconds.
pub const SEEN: &str = "seen";
pub const DEVICE: &str = "d";
pub const OPEN_ID: &str = "o";

// The fields of a session's note.

/// The secret of the token that is current.
pub const CURRENT: &str = "c";
/// When that token expires, as in its record.
pub const CURRENT_EXPIRES: &str = "x";
/// The secrets of tokens in their grace, each with the end of it: `<secret>:<Unix milliseconds>`,
/// separated by spaces, oldest first.
pub const GRACE: &str = "g";
/// Why the session ended; missing while it has not.
pub const ENDED: &str = "e";

/// The key under which session ids are made.
pub const ID_KEY: &str = "mpauthx:id-key";

/// The set of all skus that issued tokens here.
pub const SKUS: &str = "mpauthx:skus";

/// How records are named. Each layout has an index, a mark and notes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Records are named by the token itself, as 1.3.2 names them.
    Compatible,
    /// Records are named by user, sku and hex digits, so that all keys of a user share a slot: for
    /// Cluster, and for proxies that shard.
    Tagged,
}

impl Layout {
    /// The name of a token's record.
    pub fn record(self, token: &Token) -> Cow<'_, str> {
        match self {
            Self::Compatible => token.as_str().into(),
            Self::Tagged => format!("{}:{}", tag(&token.owner()), token.hex()).into(),
        }
    }

    /// The text of the token whose record is named so, for any key of ours that may be one; None
    /// for others.
    pub fn token(self, record: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Compatible => Some(record.into()),
            Self::Tagged => {
                let (owner, hex) = record.strip_prefix("mpauthx:{u:")?.rsplit_once("}:")?;
                Some(Token::join(owner, hex).into())
            }
        }
    }

    /// The keys of a user and sku.
    pub fn keys(self, owner: &Owner) -> Keys {
        let index = match self {
            Self::Compatible => tag(owner),
            Self::Tagged => format!("{}:t", tag(owner)),
        };
        Keys { mark: format!("{index}:since"), index }
    }

    /// The name of the note of a token's session.
    pub fn note(self, token: &Token) -> String {
        self.keys(&token.owner()).note(token)
    }
}

/// The keys of one user and sku in one layout.
pub struct Keys {
    /// A sorted set: the live tokens, by the time of their issue in milliseconds, strictly rising.
    pub index: String,
    /// When all sessions were last ended, in Unix milliseconds: what was issued until then is dead.
    pub mark: String,
}

impl Keys {
    /// The name of a session's note. Not under a token's own name, where 1.3.2 would find it and
    /// give it to its user.
    pub fn note(&self, token: &Token) -> String {
        format!("{}:n:{}", self.index, token.session())
    }

    /// A name that nothing ever stays under: scripts ask there what they may do.
    pub fn absent(&self) -> String {
        format!("{}:absent", self.index)
    }
}

/// The braces put all keys of a user and sku into one slot of a Cluster; the `u:` keeps any id from
/// ending the tag at once.
fn tag(owner: &Owner) -> String {
    format!("mpauthx:{{u:{}}}", owner.prefix())
}

/// A value that all processes share.
pub fn shared(name: &str) -> String {
    format!("mpauthx:{name}")
}

/// The marker of the adoption for `sku`: whether the tokens that 1.3.2 issued have been adopted, or
/// which backfill is under way.
pub fn adoption_marker(sku: &str) -> String {
    format!("mpauthx:adopted:{sku}")
}
