//! The scripts, and what their replies mean.

use std::time::Duration;

use redis::{Cmd, FromRedisValue, RedisResult, Script, ScriptInvocation};

use super::connection::Connection;
use super::keys::{self, Keys, Layout};
use super::record::{Record, read_checked};
use crate::sessions::{Notes, Policy};
use crate::token::Token;

/// How much later than a replacement a token of 1.3.2 must be to survive it, in milliseconds: its time is the issuer's clock, ours is redis'.
const CLOCK_MARGIN: u32 = 5000;

/// How long a replacement is remembered, in seconds: a year. Longer than a token's own life, for 1.3.2 may have left some that live
/// longer, or, by a crash, for ever.
const SINCE_LIFE: u64 = 366 * 24 * 60 * 60;

/// What became of a change.
pub enum Verdict {
    /// Done; when the new token ends at the latest.
    Changed { expires: Option<u64> },
    /// Not needed: this token is live.
    Live { token: Token, expires: Option<u64> },
    /// What was read is no longer so: read again.
    Stale,
}

/// What became of a token that was rotated.
pub struct Trace {
    pub in_grace: bool,
    /// In Unix milliseconds.
    pub grace_ends: u64,
    pub family: String,
    pub next: Token,
}

pub struct Scripts {
    layout: Layout,
    /// In seconds.
    ttl: u64,
    /// In milliseconds; 0 where there is no limit.
    idle: u128,
    /// How many tokens of one user live; 0 where their logins share one.
    max: u32,
    issue: Script,
    replace: Script,
    check: Script,
    note: Script,
    revoke: Script,
    revoke_all: Script,
    rotate: Script,
    trace: Script,
    end_family: Script,
    adopt: Script,
    finish_walk: Script,
}

/// A script with what it needs in front of it.
macro_rules! script {
    ($name:literal) => {
        Script::new(concat!(include_str!("lua/common.lua"), include_str!(concat!("lua/", $name, ".lua"))))
    };
}

impl Scripts {
    pub fn new(layout: Layout, policy: &Policy) -> Self {
        Self {
            layout,
            ttl: policy.ttl.as_secs(),
            idle: policy.idle.unwrap_or_default().as_millis(),
            max: policy.each.map_or(0, |max| max.max(1)),
            issue: script!("issue"),
            replace: script!("replace"),
            check: script!("check"),
            note: script!("note"),
            revoke: script!("revoke"),
            revoke_all: script!("revoke_all"),
            rotate: script!("rotate"),
            trace: script!("trace"),
            end_family: script!("end_family"),
            adopt: Script::new(include_str!("lua/adopt.lua")),
            finish_walk: Script::new(include_str!("lua/finish_walk.lua")),
        }
    }

    /// Records and lists `fresh`, unless one of `listed`, which is all that the index lists, is live and shared.
    pub async fn issue(
        &self,
        connection: Connection,
        keys: &Keys,
        fresh: &Token,
        notes: &Notes,
        listed: &[Token],
    ) -> RedisResult<Verdict> {
        let fields = fields(notes);
        let mut call = self.issue.key(&keys.index);
        call.key(self.layout.record(fresh)).arg(fresh.as_str()).arg(self.ttl).arg(self.idle_limit()).arg(self.max);
        call.arg(fields.len()).arg(&fields);
        self.list(&mut call, listed);
        verdict(connection, &call).await
    }

    /// Ends `listed`, which is all that the index lists, and records and lists `fresh`.
    pub async fn replace(
        &self,
        connection: Connection,
        keys: &Keys,
        fresh: &Token,
        listed: &[Token],
    ) -> RedisResult<Verdict> {
        let mut call = self.replace.key(&keys.index);
        call.key(&keys.since).key(self.layout.record(fresh));
        call.arg(fresh.as_str()).arg(self.ttl).arg(self.idle_limit()).arg(self.since_life());
        self.list(&mut call, listed);
        verdict(connection, &call).await
    }

    /// Ends `listed`, which is all that the index lists. How many lived; None where the index lists something else.
    pub async fn revoke_all(&self, connection: Connection, keys: &Keys, listed: &[Token]) -> RedisResult<Option<u64>> {
        let mut call = self.revoke_all.key(&keys.index);
        call.key(&keys.since).arg(self.since_life());
        self.list(&mut call, listed);
        let (done, live): (bool, u64) = invoke(connection, &call).await?;
        Ok(done.then_some(live))
    }

    /// Ends those of `listed`, which is all that the index lists, that are of `family`. Whether the index lists just these.
    pub async fn end_family(
        &self,
        connection: Connection,
        keys: &Keys,
        family: &str,
        listed: &[Token],
    ) -> RedisResult<bool> {
        let mut call = self.end_family.key(&keys.index);
        call.arg(family);
        self.list(&mut call, listed);
        invoke(connection, &call).await
    }

    /// Puts `fresh` in the place of `token`. `family` is for a token that has none.
    pub async fn rotate(
        &self,
        connection: Connection,
        token: &Token,
        fresh: &Token,
        grace: Duration,
        family: &str,
    ) -> RedisResult<Verdict> {
        let grace = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        let mut call = self.rotate.key(Keys::of(&token.owner()).index);
        call.key(self.layout.record(token)).key(self.layout.record(fresh)).key(keys::rotated(token));
        call.arg(token.as_str()).arg(fresh.as_str()).arg(self.ttl).arg(self.idle_limit()).arg(grace).arg(family);
        verdict(connection, &call).await
    }

    /// What stands under the name of a token's record. The token counts as used.
    pub async fn check(&self, connection: Connection, key: &str) -> RedisResult<Record> {
        let mut call = self.check.key(key);
        call.arg(self.idle_limit());
        read_checked(invoke(connection, &call).await)
    }

    /// The same as a command, which redis refuses where it does not know the script yet.
    pub fn check_command(&self, key: &str) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(self.check.get_hash()).arg(1).arg(key).arg(self.idle_limit());
        command
    }

    /// Writes `notes` into the record of `token`. Whether it lived.
    pub async fn note(&self, connection: Connection, token: &Token, notes: &Notes) -> RedisResult<bool> {
        let mut call = self.note.key(self.layout.record(token));
        call.arg(fields(notes));
        invoke(connection, &call).await
    }

    /// Ends `token`. Whether it lived.
    pub async fn revoke(&self, connection: Connection, token: &Token) -> RedisResult<bool> {
        let mut call = self.revoke.key(self.layout.record(token));
        call.key(Keys::of(&token.owner()).index).arg(token.as_str());
        invoke(connection, &call).await
    }

    /// What became of `token`, if it was rotated.
    pub async fn trace(&self, connection: Connection, token: &Token) -> RedisResult<Option<Trace>> {
        let call = self.trace.key(keys::rotated(token));
        let reply: Vec<String> = invoke(connection, &call).await?;
        let [in_grace, ends, family, next] = reply.as_slice() else { return Ok(None) };
        let (grace_ends, next) = (ends.parse().unwrap_or_default(), Token::parse(next));
        // A token of another user there was put there by somebody else.
        let next = next.filter(|next| next.owner() == token.owner());
        Ok(next.map(|next| Trace { in_grace: in_grace == "1", grace_ends, family: family.clone(), next }))
    }

    /// Lists a token that no index lists, or deletes it if the sessions were replaced since. Whether it is live.
    pub async fn adopt(&self, connection: Connection, token: &Token) -> RedisResult<bool> {
        let keys = Keys::of(&token.owner());
        let mut call = self.adopt.key(self.layout.record(token));
        call.key(keys.index).key(keys.since).arg(token.as_str()).arg(CLOCK_MARGIN);
        invoke(connection, &call).await
    }

    /// Marks the adoption as done, if `marker` still holds `walk`. Whether it is done.
    pub async fn finish_walk(&self, connection: Connection, marker: &str, walk: &str, done: &str) -> RedisResult<bool> {
        let mut call = self.finish_walk.key(marker);
        call.arg(walk).arg(done);
        invoke(connection, &call).await
    }

    pub fn idle_limit(&self) -> u64 {
        u64::try_from(self.idle).unwrap_or(u64::MAX)
    }

    pub fn ttl_milliseconds(&self) -> u64 {
        self.ttl.saturating_mul(1000)
    }

    fn since_life(&self) -> u64 {
        self.ttl.max(SINCE_LIFE)
    }

    fn list(&self, call: &mut ScriptInvocation<'_>, listed: &[Token]) {
        for token in listed {
            call.key(self.layout.record(token)).arg(token.as_str());
        }
    }
}

async fn invoke<T: FromRedisValue>(mut connection: Connection, call: &ScriptInvocation<'_>) -> RedisResult<T> {
    call.invoke_async(&mut connection).await
}

async fn verdict(connection: Connection, call: &ScriptInvocation<'_>) -> RedisResult<Verdict> {
    let (changed, live, expires): (bool, Option<String>, Option<u64>) = invoke(connection, call).await?;
    Ok(match live.as_deref().and_then(Token::parse) {
        Some(token) => Verdict::Live { token, expires },
        None if changed => Verdict::Changed { expires },
        None => Verdict::Stale,
    })
}

/// Notes as fields of a record and their values.
fn fields(notes: &Notes) -> Vec<&str> {
    let pairs = [(keys::DEVICE, &notes.device), (keys::SEALED, &notes.sealed)];
    pairs.into_iter().filter_map(|(field, value)| Some([field, value.as_deref()?])).flatten().collect()
}
