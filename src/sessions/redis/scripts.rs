//! The scripts: what each is given, and what its replies mean. Each does all of a change or
//! nothing.
//!
//! A script declares every key that it touches: hosted redis, proxies and Cluster refuse others. So
//! a change reads the index first, and hands the script the records and notes of what was listed.

use std::time::Duration;

use redis::{Cmd, ErrorKind, RedisError, RedisResult};

use super::connect::Connection;
use super::index::Listed;
use super::keys::{self, Layout};
use super::milliseconds;
use super::record::{Record, parse_checked};
use super::script::{Call, Script};
use crate::sessions::{Ended, Mode, Notes, Policy};
use crate::token::{Token, is_secret};

/// How much later than the mark a token of 1.3.2 must be to live on, in milliseconds: its time is
/// the issuer's clock, the mark's is redis'.
const CLOCK_MARGIN: u64 = 5000;

/// How long a mark is remembered: a year. Longer than a token's own life, for 1.3.2 may have left
/// some that live longer, or, by a crash, for ever.
const MARK_LIFE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What became of a login's write.
pub enum WriteOutcome {
    /// The new token was issued.
    Written {
        /// In Unix milliseconds; None where it never expires.
        expires: Option<u64>,
        /// How many tokens live beyond the limit, for the script did not know them.
        excess: u64,
    },
    /// The user's logins share this token, which is live.
    Shared { token: Token, expires: Option<u64> },
    /// What was read is no longer so: read again.
    Conflict,
}

/// What became of a rotation.
pub enum Rotation {
    Rotated {
        expires: Option<u64>,
    },
    Ended,
    /// The old token has no record any more.
    Conflict,
}

/// What a token without a record is to its session.
pub enum Trace {
    /// Nothing is known of the session, or it has ended, or the token was current and has expired.
    Dead,
    /// The token is still valid for what is left of its grace.
    InGrace { current: Token, expires: Option<u64>, grace_ends: u64 },
    /// The token was used after its grace: it was copied.
    Reused { current: Token },
}

pub struct Scripts {
    layout: Layout,
    /// In milliseconds.
    ttl: u64,
    /// In milliseconds; 0 where there is no limit.
    idle: u64,
    /// How many tokens of one user live; 0 where their logins share one.
    max: u32,
    issue: Script,
    trim: Script,
    replace: Script,
    revoke_all: Script,
    end_marked: Script,
    end_session: Script,
    rotate: Script,
    resolve: Script,
    check: Script,
    update: Script,
    adopt: Script,
    finish_backfill: Script,
}

/// A script behind the names of the fields and what several scripts need.
macro_rules! script {
    ($name:literal) => {
        Script::new(names() + include_str!("lua/common.lua") + include_str!(concat!("lua/", $name, ".lua")))
    };
}

impl Scripts {
    pub fn new(layout: Layout, policy: &Policy) -> Self {
        Self {
            layout,
            ttl: milliseconds(policy.ttl),
            idle: policy.idle.map_or(0, milliseconds),
            max: match policy.mode {
                Mode::Shared => 0,
                Mode::PerLogin { max } => max.max(1),
            },
            issue: script!("issue"),
            trim: script!("trim"),
            replace: script!("replace"),
            revoke_all: script!("revoke_all"),
            end_marked: script!("end_marked"),
            end_session: script!("end_session"),
            rotate: script!("rotate"),
            resolve: script!("resolve"),
            check: script!("check"),
            update: script!("update"),
            adopt: script!("adopt"),
            finish_backfill: Script::new(include_str!("lua/finish_backfill.lua").to_owned()),
        }
    }

    /// Records and lists `fresh`, unless a live token is shared. `forced`: in any case.
    pub async fn issue(
        &self,
        connection: Connection,
        fresh: &Token,
        notes: &Notes,
        listed: &Listed,
        forced: bool,
    ) -> RedisResult<WriteOutcome> {
        let fields = fields(notes);
        let call = self.on_owner(&self.issue, listed).key(self.layout.record(fresh));
        let call = call.arg(fresh.as_str()).arg(self.ttl).arg(self.idle).arg(self.max);
        let call = call.arg(u8::from(forced)).arg(fields.len()).args(fields);
        let (outcome, token, expires, excess): (String, String, String, u64) =
            self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        let expires = expires.parse().ok();
        match (outcome.as_str(), Token::parse(&token)) {
            ("issued", _) => Ok(WriteOutcome::Written { expires, excess }),
            ("shared", Some(token)) => Ok(WriteOutcome::Shared { token, expires }),
            ("conflict", _) => Ok(WriteOutcome::Conflict),
            _ => Err(unexpected()),
        }
    }

    /// Ends the oldest of `listed` beyond the limit.
    pub async fn trim(&self, connection: Connection, listed: &Listed) -> RedisResult<()> {
        let call = self.on_owner(&self.trim, listed).arg(self.max);
        self.with_tokens(call, listed, &listed.tokens).run(connection).await
    }

    /// Ends every token that was issued so far, and records and lists `fresh`. What must still be
    /// ended, for it was not in `listed`; None where there is such, and it is not `forced`: then
    /// nothing is done.
    pub async fn replace(
        &self,
        connection: Connection,
        fresh: &Token,
        listed: &Listed,
        forced: bool,
    ) -> RedisResult<Option<Vec<String>>> {
        let call = self.on_owner(&self.replace, listed).key(self.layout.record(fresh));
        let call = call.arg(fresh.as_str()).arg(self.ttl).arg(self.idle).arg(self.mark_life()).arg(u8::from(forced));
        let (done, rest): (bool, Vec<String>) = self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        Ok(done.then_some(rest))
    }

    /// Ends every token that was issued so far. How many of `listed` lived, and what must still be
    /// ended; None as above.
    pub async fn revoke_all(
        &self,
        connection: Connection,
        listed: &Listed,
        forced: bool,
    ) -> RedisResult<Option<(u64, Vec<String>)>> {
        let call = self.on_owner(&self.revoke_all, listed).key(listed.keys.absent());
        let call = call.arg(Ended::Revoked.as_str()).arg(self.mark_life()).arg(u8::from(forced));
        let (done, live, rest): (bool, u64, Vec<String>) =
            self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        Ok(done.then_some((live, rest)))
    }

    /// Ends those of `tokens` that were issued before the mark. How many lived.
    pub async fn end_marked(
        &self,
        connection: Connection,
        listed: &Listed,
        tokens: &[Token],
        why: Ended,
    ) -> RedisResult<u64> {
        let call = self.on_owner(&self.end_marked, listed).arg(why.as_str());
        self.with_tokens(call, listed, tokens).run(connection).await
    }

    /// Ends the session of `token`. Whether that token lived, and the one that has taken its place
    /// since, which must still be ended: with one, nothing is done unless `forced`.
    pub async fn end_session(
        &self,
        connection: Connection,
        token: &Token,
        why: Ended,
        forced: bool,
    ) -> RedisResult<(bool, Option<Token>)> {
        let keys = self.layout.keys(&token.owner());
        let (note, absent) = (keys.note(token), keys.absent());
        let call = self.end_session.call().key(keys.index).key(keys.mark).key(self.layout.record(token)).key(note);
        let call = call.key(absent).arg(why.as_str()).arg(token.as_str()).arg(token.secret()).arg(u8::from(forced));
        let (lived, current): (bool, String) = call.run(connection).await?;
        Ok((lived, is_secret(&current).then(|| token.with_secret(&current))))
    }

    /// Puts `fresh` in the place of `token`, which stays valid for `grace`.
    pub async fn rotate(
        &self,
        connection: Connection,
        token: &Token,
        fresh: &Token,
        grace: Duration,
    ) -> RedisResult<Rotation> {
        let keys = self.layout.keys(&token.owner());
        let note = keys.note(token);
        let call = self.rotate.call().key(keys.index).key(keys.mark).key(note);
        let call = call.key(self.layout.record(token)).key(self.layout.record(fresh));
        let call = call.arg(token.as_str()).arg(fresh.as_str()).arg(token.secret()).arg(fresh.secret());
        let call = call.arg(self.ttl).arg(self.idle).arg(milliseconds(grace));
        let (outcome, expires): (String, String) = call.run(connection).await?;
        match outcome.as_str() {
            "rotated" => Ok(Rotation::Rotated { expires: expires.parse().ok() }),
            "ended" => Ok(Rotation::Ended),
            "conflict" => Ok(Rotation::Conflict),
            _ => Err(unexpected()),
        }
    }

    /// What `token`, which has no record, is to its session.
    pub async fn resolve(&self, connection: Connection, token: &Token) -> RedisResult<Trace> {
        let call = self.resolve.call().key(self.layout.note(token)).arg(token.secret());
        let reply: Vec<String> = call.run(connection).await?;
        // What is no secret there was put there by somebody else.
        let current = reply.get(1).filter(|secret| is_secret(secret)).map(|secret| token.with_secret(secret));
        Ok(match (reply.first().map(String::as_str), current) {
            (Some("grace"), Some(current)) => {
                let number = |i: usize| reply.get(i).and_then(|digits| digits.parse().ok());
                Trace::InGrace { current, expires: number(2), grace_ends: number(3).unwrap_or_default() }
            }
            (Some("reused"), Some(current)) => Trace::Reused { current },
            _ => Trace::Dead,
        })
    }

    /// What stands under the name of a token's record. The token counts as used.
    pub async fn check(&self, connection: Connection, key: &str) -> RedisResult<Record> {
        parse_checked(self.check.call().key(key).arg(self.idle).run(connection).await)
    }

    /// The same as a command, which redis refuses where it does not know the script yet.
    pub fn check_command(&self, key: &str) -> Cmd {
        self.check.call().key(key).arg(self.idle).by_hash()
    }

    /// Writes `notes` into the record of `token`. Whether it lived.
    pub async fn update(&self, connection: Connection, token: &Token, notes: &Notes) -> RedisResult<bool> {
        self.update.call().key(self.layout.record(token)).args(fields(notes)).run(connection).await
    }

    /// Lists a token that no index lists, or deletes it if the sessions were ended since. Whether
    /// it is live. `marker`: that of a backfill which is due if 1.3.2 issued the token.
    pub async fn adopt(&self, connection: Connection, token: &Token, marker: Option<&str>) -> RedisResult<bool> {
        let keys = self.layout.keys(&token.owner());
        let call = self.adopt.call().key(self.layout.record(token)).key(keys.index).key(keys.mark);
        let call = marker.into_iter().fold(call, Call::key);
        call.arg(token.as_str()).arg(CLOCK_MARGIN).run(connection).await
    }

    /// Marks the adoption as done, if `marker` still holds `backfill`. Whether it is done.
    pub async fn finish_backfill(
        &self,
        connection: Connection,
        marker: &str,
        backfill: &str,
        done: &str,
    ) -> RedisResult<bool> {
        self.finish_backfill.call().key(marker).arg(backfill).arg(done).run(connection).await
    }

    pub fn has_idle_limit(&self) -> bool {
        self.idle > 0
    }

    fn mark_life(&self) -> u64 {
        self.ttl.max(milliseconds(MARK_LIFE))
    }

    fn on_owner<'a>(&self, script: &'a Script, listed: &Listed) -> Call<'a> {
        script.call().key(&listed.keys.index).key(&listed.keys.mark)
    }

    /// Adds the records and notes of `tokens` as keys, and the tokens as arguments.
    fn with_tokens<'a>(&self, call: Call<'a>, listed: &Listed, tokens: &[Token]) -> Call<'a> {
        tokens.iter().fold(call, |call, token| {
            call.key(self.layout.record(token)).key(listed.keys.note(token)).arg(token.as_str())
        })
    }
}

/// The names of the fields, as the scripts call them.
fn names() -> String {
    [
        ("CTIME", keys::CTIME),
        ("VERSION", keys::VERSION),
        ("EXPIRES", keys::EXPIRES),
        ("ORDER", keys::ORDER),
        ("SEEN", keys::SEEN),
        ("DEVICE", keys::DEVICE),
        ("SEALED", keys::SEALED),
        ("CURRENT", keys::CURRENT),
        ("CURRENT_EXPIRES", keys::CURRENT_EXPIRES),
        ("GRACE", keys::GRACE),
        ("ENDED", keys::ENDED),
    ]
    .map(|(name, field)| format!("local {name} = '{field}'\n"))
    .concat()
}

/// Notes as fields of a record and their values.
fn fields(notes: &Notes) -> Vec<&str> {
    let pairs = [(keys::DEVICE, &notes.device), (keys::SEALED, &notes.sealed)];
    pairs.into_iter().filter_map(|(field, value)| Some([field, value.as_deref()?])).flatten().collect()
}

/// Something stands between us and redis that does not run scripts as redis does.
fn unexpected() -> RedisError {
    (ErrorKind::UnexpectedReturnType, "a script gave an unexpected reply").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts() -> Scripts {
        let policy = Policy { ttl: Duration::from_secs(1), mode: Mode::Shared, idle: None };
        Scripts::new(Layout::Tagged, &policy)
    }

    /// Proxies that shard read scripts: each key must stand as `KEYS[…]` in the call, without
    /// arithmetic. Some of them lack the global `unpack`.
    #[test]
    fn every_key_of_every_script_stands_in_the_call() {
        let scripts = scripts();
        let all = [
            &scripts.issue,
            &scripts.trim,
            &scripts.replace,
            &scripts.revoke_all,
            &scripts.end_marked,
            &scripts.end_session,
            &scripts.rotate,
            &scripts.resolve,
            &scripts.check,
            &scripts.update,
            &scripts.adopt,
            &scripts.finish_backfill,
        ];
        for script in all {
            let source = script.source();
            assert!(!source.contains("unpack("), "{source}");
            let mut calls = 0;
            for (at, _) in source.match_indices("redis.call(").chain(source.match_indices("redis.pcall(")) {
                let call = &source[at..source[at..].find('\n').map_or(source.len(), |end| at + end)];
                let arguments = call.split_once('(').map(|(_, rest)| rest).unwrap_or_default();
                if arguments.starts_with("'TIME'") {
                    continue;
                }
                let key = arguments.split_once(", ").map(|(_, rest)| rest).unwrap_or_default();
                let index = key.strip_prefix("KEYS[").and_then(|rest| rest.split_once(']')).map(|(index, _)| index);
                assert!(index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_alphanumeric())), "{call}");
                calls += 1;
            }
            assert!(calls > 0);
        }
    }
}
