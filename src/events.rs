//! What happens, as it is counted and as it is told to whom it concerns: logins, the ends of
//! sessions, the requests to WeChat, and whether the token store can be asked. May import `token`.

mod counters;

pub use counters::{Counters, Histogram};

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use crate::token::Token;

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
    pub const ALL: [Self; 4] = [Self::Revoked, Self::Replaced, Self::Evicted, Self::Reused];

    /// As stores keep it, and as it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
            Self::Evicted => "evicted",
            Self::Reused => "reused",
        }
    }

    /// Reads what a store has kept.
    pub fn parse(kept: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == kept)
    }
}

/// What came of a request to WeChat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Answered,
    /// WeChat refused; its errcode, where it sent one.
    Refused(Option<i64>),
    /// No reply came that can be read.
    Failed,
}

/// What subscribers are told.
pub enum Event {
    LoggedIn { token: Token, is_new_user: Option<bool> },
    SessionEnded { token: Token, why: Ended },
    WeChat { path: String, asked: Asked, took: Duration },
    Store { is_away: bool },
}

/// What can be subscribed to, a bit each. lib/channels.js has the same ones.
pub mod topics {
    pub const LOGIN: u32 = 1;
    pub const SESSION_END: u32 = 2;
    pub const WECHAT: u32 = 4;
    pub const STORE: u32 = 8;
}

type Listener = Box<dyn Fn(Event) + Send + Sync>;

/// The events of one object of JavaScript.
#[derive(Default)]
pub struct Events {
    pub counters: Counters,
    /// Of which topics somebody is told.
    subscribed: AtomicU32,
    listener: OnceLock<Listener>,
    is_away: AtomicBool,
}

impl Events {
    /// Tells `listener` what is subscribed to. The first one counts.
    pub fn listen(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
    }

    /// Somebody is told of these topics from now on, and of no others.
    pub fn subscribe(&self, topics: u32) {
        self.subscribed.store(topics, Ordering::Relaxed);
    }

    /// A login gave `token`.
    pub fn logged_in(&self, token: &Token, is_new_user: Option<bool>) {
        self.counters.logins.add();
        self.tell(topics::LOGIN, || Event::LoggedIn { token: token.clone(), is_new_user });
    }

    /// The session of `token` lived, and has ended.
    pub fn session_ended(&self, token: &Token, why: Ended) {
        self.counters.ended[why as usize].add();
        self.tell(topics::SESSION_END, || Event::SessionEnded { token: token.clone(), why });
    }

    /// A request to WeChat is over.
    pub fn wechat(&self, path: &str, asked: Asked, took: Duration) {
        match asked {
            Asked::Answered => self.counters.answered.add(),
            Asked::Refused(_) => self.counters.refused.add(),
            Asked::Failed => self.counters.failed.add(),
        }
        self.counters.wechat.note(took);
        self.tell(topics::WECHAT, || Event::WeChat { path: path.to_owned(), asked, took });
    }

    /// The token store was asked. Whether it can be, is told when it changes.
    pub fn store_asked(&self, is_away: bool) {
        // Nearly always it is as before: then a look is enough.
        if self.is_away.load(Ordering::Relaxed) != is_away && self.is_away.swap(is_away, Ordering::Relaxed) != is_away {
            self.tell(topics::STORE, || Event::Store { is_away });
        }
    }

    fn tell(&self, topic: u32, event: impl FnOnce() -> Event) {
        if self.subscribed.load(Ordering::Relaxed) & topic != 0
            && let Some(listener) = self.listener.get()
        {
            listener(event());
        }
    }
}
