//! Tokens that redis called live a moment ago, kept in memory so that the next check of one need
//! not ask. Only live ones are kept. May import `token`, and of redis' own modules `connect` and
//! `keys`.
//!
//! A token is read over the tracking connection alone: from then on redis tells there when its
//! record is changed, deleted or expired (`CLIENT TRACKING`). What is told while a token is being
//! read strikes the reading out, so nothing older than what was told is kept. An entry also ends
//! with the token itself, at an age counted from when redis was asked, with the loss of the
//! connection, and when this process ends the token.
//!
//! JavaScript remembers what it was told of a token, and asks again once the count of changes is
//! another.

mod tracking;

pub use tracking::Tracking;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use lru::LruCache;
use redis::{PushInfo, PushKind, Value};

use super::connect::Connection;
use super::keys::Layout;
use crate::token::Token;

/// Every cache of the process: a token that one object ends must not live on in another's. Per
/// process by nature.
static CACHES: Mutex<Vec<Weak<Cache>>> = Mutex::new(Vec::new());

/// What is kept in memory of checks that found a token to be live.
#[derive(Debug, Clone)]
pub struct CacheLimits {
    pub max_tokens: usize,
    /// How long it may be since redis was asked.
    pub max_age: Duration,
}

/// A look that found a token to be live, and still holds.
pub struct Cached {
    /// Its number. They rise from 1.
    pub look: u64,
    /// For how long it holds at most.
    pub left: Duration,
}

pub struct Cache {
    layout: Layout,
    max_age: Duration,
    /// Counts what may have ended entries. It rises while `state` is locked, after they are gone:
    /// who reads it first, and then finds one, has read a count that rises when the entry ends.
    changes: Arc<AtomicU32>,
    state: Mutex<State>,
}

struct State {
    /// The connection on which redis tells of changes. While it is None, redis would tell nothing,
    /// so nothing is kept.
    tracked: Option<Tracked>,
    /// The number of the last connection that was lost. They are numbered upwards from 1.
    lost: u64,
    /// When what is known of a token ends, and the number of the look that found it.
    ends: LruCache<Box<str>, (Instant, u64)>,
    /// The tokens that are being read, each with the number of the last reading.
    readings: HashMap<Box<str>, u64>,
    last_reading: u64,
}

#[derive(Clone)]
pub struct Tracked {
    pub connection: Connection,
    pub number: u64,
    /// The epoch that the link was in when this connection was made.
    pub epoch: u64,
}

impl Cache {
    pub fn new(layout: Layout, limits: &CacheLimits) -> Arc<Self> {
        let cache = Arc::new(Self {
            layout,
            max_age: limits.max_age,
            changes: Arc::default(),
            state: Mutex::new(State {
                tracked: None,
                lost: 0,
                ends: LruCache::new(NonZeroUsize::new(limits.max_tokens).unwrap_or(NonZeroUsize::MIN)),
                readings: HashMap::new(),
                last_reading: 0,
            }),
        });
        let mut caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|cache| cache.strong_count() > 0);
        caches.push(Arc::downgrade(&cache));
        cache
    }

    pub fn changes(&self) -> Arc<AtomicU32> {
        self.changes.clone()
    }

    /// The look that found `token` to be live, where it still is known to be.
    pub fn get(&self, token: &str) -> Option<Cached> {
        let mut state = self.state();
        let now = Instant::now();
        match state.ends.get(token) {
            Some(&(end, look)) if now < end => Some(Cached { look, left: end - now }),
            Some(_) => {
                state.ends.pop(token);
                None
            }
            None => None,
        }
    }

    pub fn tracked(&self) -> Option<Tracked> {
        self.state().tracked.clone()
    }

    /// From now on `tracked` tells of changes. Whether it is not lost already.
    pub fn open(&self, tracked: Tracked) -> bool {
        let mut state = self.state();
        let is_there = tracked.number > state.lost;
        if is_there {
            state.tracked = Some(tracked);
        }
        is_there
    }

    /// The tracking connection of this number tells no more: whatever is known is no longer known.
    pub fn on_disconnect(&self, number: u64) {
        let mut state = self.state();
        state.lost = state.lost.max(number);
        if state.tracked.as_ref().is_some_and(|tracked| tracked.number <= number) {
            state.tracked = None;
            self.invalidate_all(&mut state);
        }
    }

    /// Invalidates everything, and keeps nothing from now on.
    pub fn close(&self) {
        self.on_disconnect(u64::MAX);
    }

    /// What redis tells on the connection of this number.
    pub fn on_push(&self, number: u64, push: &PushInfo) {
        match (&push.kind, push.data.as_slice()) {
            (PushKind::Disconnection, _) => self.on_disconnect(number),
            (PushKind::Invalidate, [Value::Array(keys)]) => {
                let mut state = self.state();
                for key in keys {
                    if let Value::BulkString(key) = key
                        && let Ok(key) = str::from_utf8(key)
                        && let Some(token) = self.layout.token(key)
                    {
                        self.invalidate(&mut state, &token);
                    }
                }
            }
            // All keys, by FLUSHALL say.
            (PushKind::Invalidate, _) => self.invalidate_all(&mut self.state()),
            _ => {}
        }
    }

    /// Begins to read `tokens`, over the connection that it gives; None while there is none.
    pub fn read<'a>(&'a self, tokens: &'a [Token]) -> Option<Reading<'a>> {
        let mut state = self.state();
        let tracked = state.tracked.clone()?;
        state.last_reading += 1;
        let number = state.last_reading;
        for token in tokens {
            state.readings.insert(token.as_str().into(), number);
        }
        Some(Reading { cache: self, tracked, tokens, number, begun: Instant::now() })
    }

    fn invalidate(&self, state: &mut State, token: &str) {
        state.ends.pop(token);
        state.readings.remove(token);
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn invalidate_all(&self, state: &mut State) {
        state.ends.clear();
        state.readings.clear();
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tokens that are being read.
pub struct Reading<'a> {
    cache: &'a Cache,
    pub tracked: Tracked,
    tokens: &'a [Token],
    number: u64,
    begun: Instant,
}

impl Reading<'_> {
    /// Keeps the tokens that were found to be live, each for what is left of its life, unless a
    /// change was told meanwhile.
    pub fn keep(&self, live: impl Iterator<Item = (usize, Duration)>) {
        let mut state = self.cache.state();
        let now = Instant::now();
        for (index, life) in live {
            let token = self.tokens[index].as_str();
            if state.readings.get(token) == Some(&self.number) {
                // Counted from before redis was asked: whatever held us up since, the age is no
                // less.
                let end = self.begun + life.min(self.cache.max_age);
                let gone = state.ends.push(token.into(), (end, self.number));
                if gone.is_some_and(|(other, (end, _))| *other != *token && now < end) {
                    self.cache.changes.fetch_add(1, Ordering::Release);
                }
            }
        }
    }

    /// Says that the connection failed.
    pub fn on_disconnect(&self) {
        self.cache.on_disconnect(self.tracked.number);
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.state();
        for token in self.tokens {
            if state.readings.get(token.as_str()) == Some(&self.number) {
                state.readings.remove(token.as_str());
            }
        }
    }
}

/// Tokens that a change may end. When it is over, however that went, no cache of this process takes
/// them for live.
pub struct InvalidateOnDrop<'a>(pub &'a [Token]);

impl Drop for InvalidateOnDrop<'_> {
    fn drop(&mut self) {
        let caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for cache in caches.iter().filter_map(Weak::upgrade) {
            let mut state = cache.state();
            for token in self.0 {
                cache.invalidate(&mut state, token.as_str());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Owner;

    fn token() -> Token {
        Token::mint(&Owner { user: "o".to_owned(), sku: "shop".to_owned() }).unwrap()
    }

    #[test]
    fn keeps_nothing_without_a_connection_that_tells_of_changes() {
        let cache = Cache::new(Layout::Compatible, &CacheLimits { max_tokens: 1, max_age: Duration::from_secs(1) });
        assert!(cache.read(&[token()]).is_none());
        assert!(cache.get(token().as_str()).is_none());
    }

    #[test]
    fn javascript_is_told_of_what_may_have_changed() {
        let cache = Cache::new(Layout::Compatible, &CacheLimits { max_tokens: 1, max_age: Duration::from_secs(1) });
        let changes = || cache.changes().load(Ordering::Acquire);
        let key = Value::BulkString(token().as_str().into());
        for data in [Value::Array(vec![key]), Value::Nil] {
            let before = changes();
            cache.on_push(1, &PushInfo { kind: PushKind::Invalidate, data: vec![data] });
            assert_ne!(changes(), before);
        }
    }

    #[test]
    fn the_name_of_a_record_tells_the_token_in_both_layouts() {
        let owner = Owner { user: "o}1".to_owned(), sku: "s|p:}".to_owned() };
        let token = Token::mint(&owner).unwrap();
        for layout in [Layout::Compatible, Layout::Tagged] {
            assert_eq!(layout.token(&layout.record(&token)).as_deref(), Some(token.as_str()));
        }
        for key in ["", "é", "mpauthx:skus", "mpauthx:{u:o|shop}"] {
            assert_eq!(Layout::Tagged.token(key), None);
        }
    }
}
