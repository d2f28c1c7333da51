//! The scripts, and what their replies mean.

use redis::{RedisResult, Script, ScriptInvocation};

use super::connection::Connection;
use super::keys::{Keys, Layout};
use crate::token::Token;

/// How much later than a replacement a token of 1.3.2 must be to survive it, in milliseconds: its time is the issuer's clock, ours is redis'.
const CLOCK_MARGIN: u32 = 5000;

/// How long a replacement is remembered, in seconds: a year. Longer than a token's own life, for 1.3.2 may have left some that live
/// longer, or, by a crash, for ever.
const SINCE_LIFE: u64 = 366 * 24 * 60 * 60;

/// What became of a change.
pub enum Verdict {
    Changed,
    /// Not needed: this token is live.
    Live(Token),
    /// The index no longer lists what was read: read again.
    Stale,
}

pub struct Scripts {
    layout: Layout,
    issue: Script,
    replace: Script,
    adopt: Script,
    finish_walk: Script,
}

impl Scripts {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            issue: Script::new(include_str!("issue.lua")),
            replace: Script::new(include_str!("replace.lua")),
            adopt: Script::new(include_str!("adopt.lua")),
            finish_walk: Script::new(include_str!("finish_walk.lua")),
        }
    }

    /// Records and lists `fresh`, unless one of `listed`, which is all that the index lists, is live.
    pub async fn issue(
        &self,
        connection: Connection,
        keys: &Keys,
        fresh: &Token,
        ttl: u64,
        listed: &[Token],
    ) -> RedisResult<Verdict> {
        let mut call = self.issue.key(&keys.index);
        call.key(self.layout.record(fresh)).arg(fresh.as_str()).arg(ttl);
        self.change(connection, &mut call, listed).await
    }

    /// Ends `listed`, which is all that the index lists, and records and lists `fresh`.
    pub async fn replace(
        &self,
        connection: Connection,
        keys: &Keys,
        fresh: &Token,
        ttl: u64,
        listed: &[Token],
    ) -> RedisResult<Verdict> {
        let mut call = self.replace.key(&keys.index);
        call.key(&keys.since).key(self.layout.record(fresh));
        call.arg(fresh.as_str()).arg(ttl).arg(ttl.max(SINCE_LIFE));
        self.change(connection, &mut call, listed).await
    }

    async fn change(
        &self,
        mut connection: Connection,
        call: &mut ScriptInvocation<'_>,
        listed: &[Token],
    ) -> RedisResult<Verdict> {
        for token in listed {
            call.key(self.layout.record(token)).arg(token.as_str());
        }
        let (changed, live): (i32, Option<String>) = call.invoke_async(&mut connection).await?;
        Ok(match live.as_deref().and_then(Token::parse) {
            Some(token) => Verdict::Live(token),
            None if changed == 1 => Verdict::Changed,
            None => Verdict::Stale,
        })
    }

    /// Lists a token that no index lists, or deletes it if the sessions were replaced since. Whether it is live.
    pub async fn adopt(&self, mut connection: Connection, token: &Token) -> RedisResult<bool> {
        let keys = Keys::of(&token.owner());
        self.adopt
            .key(self.layout.record(token))
            .key(keys.index)
            .key(keys.since)
            .arg(token.as_str())
            .arg(CLOCK_MARGIN)
            .invoke_async(&mut connection)
            .await
    }

    /// Marks the adoption as done, if `marker` still holds `walk`. Whether it is done.
    pub async fn finish_walk(
        &self,
        mut connection: Connection,
        marker: &str,
        walk: &str,
        done: &str,
    ) -> RedisResult<bool> {
        self.finish_walk.key(marker).arg(walk).arg(done).invoke_async(&mut connection).await
    }
}
