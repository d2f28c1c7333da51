//! What is known of a token: that it is live, or why it is not. May import
//! `events`.

use crate::events::Ended;

/// What is known of a token, live or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Also in the grace after a rotation.
    Live,
    Expired,
    /// Its session ended.
    Ended(Ended),
    /// A rotation put another one in its place, and the grace is over.
    Rotated,
    /// The store keeps nothing of it.
    Unknown,
}

impl Standing {
    /// Of a token whose session has ended, as the store keeps why.
    pub(super) fn ended(why: &str) -> Self {
        Ended::parse(why).map_or(Self::Unknown, Self::Ended)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Ended(why) => why.as_str(),
            Self::Rotated => "rotated",
            Self::Unknown => "unknown",
        }
    }
}
