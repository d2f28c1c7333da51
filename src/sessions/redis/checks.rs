//! Checks, many at a time: what is asked at once goes to redis in one write, and comes back as one answer.

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, Value};
use tokio::time::Instant;

use super::Redis;
use super::keys;
use super::record::{self, Record};
use super::topology::Topology;
use crate::error::Result;
use crate::token::Token;

impl Redis {
    /// For each of `tokens` whether it is valid; None where that takes more than reading, as [`Redis::contains`] does it. They
    /// count as used.
    pub async fn check(&self, tokens: &[Token], started: Instant) -> Result<Vec<Option<bool>>> {
        // There the keys are on many nodes, and one that is away must not hold up the others.
        if let Topology::Cluster(_) = self.link.topology() {
            return Ok(vec![None; tokens.len()]);
        }
        let mut pipeline = Pipeline::with_capacity(tokens.len());
        for token in tokens {
            pipeline.add_command(self.check_command(&self.layout.record(token)));
        }
        let replies = self.send(&pipeline, started).await?;
        let mut verdicts: Vec<Option<bool>> = replies.into_iter().map(|reply| self.verdict(reply)).collect();
        self.except_rotated(tokens, &mut verdicts, started).await?;
        Ok(verdicts)
    }

    /// Takes back that a token is not valid where a rotation has left a note of it. One more round trip, for tokens that have no record.
    async fn except_rotated(&self, tokens: &[Token], verdicts: &mut [Option<bool>], started: Instant) -> Result<()> {
        let dead: Vec<usize> = (0..tokens.len()).filter(|&number| verdicts[number] == Some(false)).collect();
        if dead.is_empty() {
            return Ok(());
        }
        let mut pipeline = Pipeline::with_capacity(dead.len());
        for &number in &dead {
            pipeline.add_command(Cmd::get(keys::rotated(&tokens[number])));
        }
        for (number, note) in dead.into_iter().zip(self.send(&pipeline, started).await?) {
            if note != Value::Nil {
                verdicts[number] = None;
            }
        }
        Ok(())
    }

    async fn send(&self, pipeline: &Pipeline, started: Instant) -> Result<Vec<Value>> {
        let send =
            self.link.run(async |mut connection| connection.req_packed_commands(pipeline, 0, pipeline.len()).await);
        self.link.bounded_since(started, send).await
    }

    fn check_command(&self, key: &str) -> Cmd {
        match self.scripts.idle_limit() {
            0 => record::command(key),
            _ => self.scripts.check_command(key),
        }
    }

    /// None as well where redis refused: that may be so for one token alone, or pass.
    fn verdict(&self, reply: Value) -> Option<bool> {
        let reply = reply.extract_error();
        let found = match self.scripts.idle_limit() {
            0 => record::read(reply),
            _ => record::read_checked(reply),
        };
        match found {
            Ok(Record::None) => Some(false),
            Ok(Record::Listed { issued }) if self.is_listed_still(issued) => Some(true),
            _ => None,
        }
    }
}
