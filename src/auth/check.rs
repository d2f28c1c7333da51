//! The check whether tokens are live.

use futures_util::future::join_all;
use tokio::time::Instant;

use super::Auth;
use crate::error::Result;
use crate::token::Token;

impl Auth {
    /// Checks whether each of `tokens` is live. Passes the verdicts to `settle`, each with its
    /// token's number, as soon as they are known. A call that came after `close` finds no token
    /// live.
    pub async fn check(&self, is_closed: bool, tokens: &[Token], settle: impl Fn(Vec<(usize, Result<bool>)>)) {
        if is_closed {
            return settle((0..tokens.len()).map(|number| (number, Ok(false))).collect());
        }
        let started = Instant::now();
        let verdicts = match self.sessions().check(tokens, started).await {
            Ok(verdicts) => verdicts,
            Err(error) => return settle((0..tokens.len()).map(|number| (number, Err(error.clone()))).collect()),
        };
        let known = verdicts.iter().enumerate().filter_map(|(number, verdict)| Some((number, Ok((*verdict)?))));
        settle(known.collect());
        let others = verdicts.iter().zip(tokens).enumerate().filter(|(_, (verdict, _))| verdict.is_none());
        let check = async |(number, (_, token))| settle(vec![(number, self.sessions().contains(token, started).await)]);
        join_all(others.map(check)).await;
    }

    /// Whether the cache knows that `token` is live.
    pub fn is_cached(&self, token: &str) -> bool {
        self.is_open() && self.sessions().is_cached(token)
    }
}
