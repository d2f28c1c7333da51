//! What is known of a token: that it is live, or why it is not. Imports nothing.

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Revoked,
    /// `refreshToken` put another session in its place, or a login did.
    Replaced,
    /// Newer logins exceeded the limit.
    Evicted,
    /// A token was used after its grace: it was copied.
    Reused,
}

impl Ended {
    /// As stores keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
            Self::Evicted => "evicted",
            Self::Reused => "reused",
        }
    }

    /// Reads what a store has kept.
    fn parse(kept: &str) -> Option<Self> {
        [Self::Revoked, Self::Replaced, Self::Evicted, Self::Reused].into_iter().find(|why| why.as_str() == kept)
    }
}

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
