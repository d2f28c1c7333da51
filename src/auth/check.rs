//! The check whether tokens are live.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use super::Auth;
use crate::error::Result;
use crate::sessions::{Asked, Cached, Verdict};
use crate::token::Token;

impl Auth {
    /// Checks whether each of `tokens` is live. Passes the verdicts to `settle`, each with its
    /// token's number, as soon as they are known. A call that came after `close` finds no token
    /// live.
    pub async fn check(
        &self,
        is_closed: bool,
        tokens: &[Token],
        settle: impl Fn(Vec<(usize, Result<Verdict>)>) + Sync,
    ) {
        if is_closed {
            return settle((0..tokens.len()).map(|number| (number, Ok(Verdict::Dead))).collect());
        }
        self.sessions().check(tokens, Asked::Validity, settle).await;
    }

    /// The look that found `token` to be live, where the cache knows that it still is.
    pub fn cached(&self, token: &str) -> Option<Cached> {
        if self.is_open() { self.sessions().cached(token) } else { None }
    }

    /// Counts what may have ended a look of the cache; None where there is no cache.
    pub fn changes(&self) -> Option<Arc<AtomicU32>> {
        self.sessions().changes()
    }
}
