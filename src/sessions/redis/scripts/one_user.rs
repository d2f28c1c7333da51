//! The scripts that change a user's sessions: they issue, rotate, replace and end tokens. Each does
//! all that it says or nothing.
//!
//! A script declares every key that it touches: hosted redis, proxies and Cluster refuse others. So
//! a change reads the index first, and hands the script the records and notes of what was listed. A
//! script does not know what was listed after that. Where that matters it does nothing, and its
//! caller reads again; one that is `forced` does what it can. A forced end of sessions marks the
//! rest as ended, so that nobody can rotate out of it, and names it: a second script ends it.

use std::time::Duration;

use redis::{ErrorKind, RedisError, RedisResult};

use super::{Scripts, fields};
use crate::sessions::redis::connect::Connection;
use crate::sessions::redis::index::Listed;
use crate::sessions::redis::milliseconds;
use crate::sessions::redis::script::{Call, Script};
use crate::sessions::{Ended, Notes};
use crate::token::{Token, is_secret};

/// How long a mark is remembered: a year. Longer than a token's own life, for 1.3.2 may have left
/// some that live longer, or, by a crash, for ever.
const MARK_LIFE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A session that a script ended: its token, and why.
pub type EndedSession = (Token, Ended);

/// What became of a login's write.
pub enum WriteOutcome {
    /// The new token was issued.
    Written {
        /// In Unix milliseconds; None where it never expires.
        expires: Option<u64>,
        /// How many tokens live beyond the limit, for the script did not know them.
        excess: u64,
        /// The sessions that made room.
        ended: Vec<EndedSession>,
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

impl Scripts {
    /// Records and lists `fresh`, unless a live token is shared. Where tokens are listed that were
    /// not read, that is a conflict, unless the issue is `forced`.
    pub async fn issue(
        &self,
        connection: Connection,
        fresh: &Token,
        notes: &Notes,
        listed: &Listed,
        replaced: Option<&Token>,
        forced: bool,
    ) -> RedisResult<WriteOutcome> {
        let fields = fields(notes);
        let call = self.on_owner(&self.issue, listed).key(self.layout.record(fresh));
        let call = call.arg(fresh.as_str()).arg(self.ttl).arg(self.idle).arg(self.max);
        let call = call.arg(u8::from(forced)).arg(replaced.map_or("", Token::as_str)).arg(fields.len()).args(fields);
        let (outcome, token, expires, excess, ended): (String, String, String, u64, Vec<String>) =
            self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        let expires = expires.parse().ok();
        match (outcome.as_str(), Token::parse(&token)) {
            ("issued", _) => Ok(WriteOutcome::Written { expires, excess, ended: ended_sessions(&ended) }),
            ("shared", Some(token)) => Ok(WriteOutcome::Shared { token, expires }),
            ("conflict", _) => Ok(WriteOutcome::Conflict),
            _ => Err(unexpected()),
        }
    }

    /// Ends the oldest of `listed` beyond the limit. Returns what it ended.
    pub async fn trim(&self, connection: Connection, listed: &Listed) -> RedisResult<Vec<EndedSession>> {
        let call = self.on_owner(&self.trim, listed).arg(self.max);
        let ended: Vec<String> = self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        Ok(ended_sessions(&ended))
    }

    /// Ends every token that was issued so far, and records and lists `fresh`. Returns what it
    /// ended, and what must still be ended, for it was not in `listed`. None where there is such
    /// and the end is not `forced`: then nothing is done.
    pub async fn replace(
        &self,
        connection: Connection,
        fresh: &Token,
        listed: &Listed,
        forced: bool,
    ) -> RedisResult<Option<(Vec<EndedSession>, Vec<String>)>> {
        let call = self.on_owner(&self.replace, listed).key(self.layout.record(fresh));
        let call = call.arg(fresh.as_str()).arg(self.ttl).arg(self.idle).arg(self.mark_life()).arg(u8::from(forced));
        let (done, ended, rest): (bool, Vec<String>, Vec<String>) =
            self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        Ok(done.then(|| (ended_sessions(&ended), rest)))
    }

    /// Ends every token that was issued so far but `kept`. Returns how many lived, what it ended,
    /// and what must still be ended, for it was not in `listed`. None where there is such and the
    /// end is not `forced`: then nothing is done.
    pub async fn revoke_all(
        &self,
        connection: Connection,
        listed: &Listed,
        kept: Option<&Token>,
        forced: bool,
    ) -> RedisResult<Option<(u64, Vec<EndedSession>, Vec<String>)>> {
        let call = self.on_owner(&self.revoke_all, listed).key(listed.keys.absent());
        let call = call.arg(Ended::Revoked.as_str()).arg(self.mark_life()).arg(u8::from(forced));
        let call = call.arg(kept.map_or("", Token::as_str));
        let (done, lived, ended, rest): (bool, u64, Vec<String>, Vec<String>) =
            self.with_tokens(call, listed, &listed.tokens).run(connection).await?;
        Ok(done.then(|| (lived, ended_sessions(&ended), rest)))
    }

    /// Ends those of `tokens` that were issued before the mark. Returns how many of them lived when
    /// that was set, and what this has ended.
    pub async fn end_marked(
        &self,
        connection: Connection,
        listed: &Listed,
        tokens: &[Token],
        why: Ended,
    ) -> RedisResult<(u64, Vec<EndedSession>)> {
        let call = self.on_owner(&self.end_marked, listed).arg(why.as_str());
        let (lived, ended): (u64, Vec<String>) = self.with_tokens(call, listed, tokens).run(connection).await?;
        Ok((lived, ended_sessions(&ended)))
    }

    /// Ends the session of `token`. Returns whether that token lived, and the one that has taken
    /// its place since, which must still be ended. Where there is one and the end is not `forced`,
    /// nothing is done.
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

/// What a script says that it ended: for each session the reason, then its token.
fn ended_sessions(reply: &[String]) -> Vec<EndedSession> {
    reply.chunks_exact(2).filter_map(|pair| Some((Token::parse(&pair[1])?, Ended::parse(&pair[0])?))).collect()
}

/// Something stands between us and redis that does not run scripts as redis does.
fn unexpected() -> RedisError {
    (ErrorKind::UnexpectedReturnType, "a script gave an unexpected reply").into()
}
