//! What the keys are called.

use crate::token::Owner;

/// Fields of a record.
pub const CTIME: &str = "ctime";
pub const LISTED: &str = "v";

/// The keys of one user and sku. The braces put them into one slot of a Cluster; the `u:` keeps any id from ending the tag at once.
pub struct Keys {
    /// A sorted set: tokens by their time of issue in milliseconds.
    pub index: String,
    /// When the sessions were last replaced, in Unix milliseconds: what 1.3.2 issued before is dead.
    pub since: String,
}

impl Keys {
    pub fn of(owner: &Owner) -> Self {
        let index = format!("mpauthx:{{u:{}}}", owner.prefix());
        Self { since: format!("{index}:since"), index }
    }
}

/// Remembers that the tokens that 1.3.2 issued for `sku` have been adopted.
pub fn adoption_marker(sku: &str) -> String {
    format!("mpauthx:adopted:{sku}")
}
