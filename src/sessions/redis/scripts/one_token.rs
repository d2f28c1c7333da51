//! The scripts about one token: what it is to its session, whether its record makes it live, what
//! is kept with it, and whether the index lists it. All but the first write: the use of the token,
//! its notes, its place in the index. The last one ends a backfill.

use redis::{Cmd, RedisResult};

use super::{Scripts, fields};
use crate::sessions::redis::connect::Connection;
use crate::sessions::redis::record::{Recorded, fields_of, parse_checked};
use crate::sessions::redis::script::Call;
use crate::sessions::{Asked, Notes};
use crate::token::{Token, is_secret};

/// How much later than the mark a token of 1.3.2 must be to live on, in milliseconds: its time is
/// the issuer's clock, the mark's is redis'.
const CLOCK_MARGIN: u64 = 5000;

/// What a token without a record is to its session.
pub enum Trace {
    /// Nothing is known of the session.
    Unknown,
    /// The session has ended; why, as it is kept.
    Ended(String),
    /// The token is current: it has expired, or was deleted.
    Current { expires: Option<u64> },
    /// The token is still valid for what is left of its grace.
    InGrace { current: Token, expires: Option<u64>, grace_ends: u64 },
    /// The token's grace is over: whoever uses it has copied it.
    Past { current: Token },
}

impl Scripts {
    /// What `token`, which has no record, is to its session.
    pub async fn resolve(&self, connection: Connection, token: &Token) -> RedisResult<Trace> {
        let call = self.resolve.call().key(self.layout.note(token)).arg(token.secret());
        let reply: Vec<String> = call.run(connection).await?;
        let text = |i: usize| reply.get(i).map(String::as_str).unwrap_or_default();
        let number = |i: usize| text(i).parse().ok();
        // What is no secret there was put there by somebody else.
        let current = || Some(text(1)).filter(|secret| is_secret(secret)).map(|secret| token.with_secret(secret));
        Ok(match (text(0), current()) {
            ("ended", _) => Trace::Ended(text(1).to_owned()),
            ("current", _) => Trace::Current { expires: number(1) },
            ("grace", Some(current)) => {
                Trace::InGrace { current, expires: number(2), grace_ends: number(3).unwrap_or_default() }
            }
            ("past", Some(current)) => Trace::Past { current },
            _ => Trace::Unknown,
        })
    }

    /// What stands under the name of a token's record. The token counts as used.
    pub async fn check(&self, connection: Connection, key: &str, token: &Token, asked: Asked) -> RedisResult<Recorded> {
        parse_checked(self.checking(key, asked).run(connection).await, token)
    }

    /// The command for such a check. redis refuses it where it does not know the script yet.
    pub fn check_command(&self, key: &str, asked: Asked) -> Cmd {
        self.checking(key, asked).by_hash()
    }

    fn checking(&self, key: &str, asked: Asked) -> Call<'_> {
        self.check.call().key(key).arg(self.idle).args(fields_of(asked, true))
    }

    /// Writes `notes` into the record of `token`. Whether it lived.
    pub async fn update(&self, connection: Connection, token: &Token, notes: &Notes) -> RedisResult<bool> {
        self.update.call().key(self.layout.record(token)).args(fields(notes)).run(connection).await
    }

    /// Lists a token that no index lists, or deletes it if the sessions were ended since. Whether
    /// it is live. If 1.3.2 issued it, `marker` is deleted: a backfill is due.
    pub async fn adopt(&self, connection: Connection, token: &Token, marker: Option<&str>) -> RedisResult<bool> {
        let keys = self.layout.keys(&token.owner());
        let call = self.adopt.call().key(self.layout.record(token)).key(keys.index).key(keys.mark);
        let call = marker.into_iter().fold(call, Call::key);
        call.arg(token.as_str()).arg(CLOCK_MARGIN).run(connection).await
    }

    /// Puts `done` into `marker`, if that still holds the name `backfill`. Whether the adoption is
    /// done.
    pub async fn finish_backfill(
        &self,
        connection: Connection,
        marker: &str,
        backfill: &str,
        done: &str,
    ) -> RedisResult<bool> {
        self.finish_backfill.call().key(marker).arg(backfill).arg(done).run(connection).await
    }
}
