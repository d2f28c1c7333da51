//! Checks, many at a time: what is asked at once goes to redis in one write, and comes back as one answer.

use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisResult, Value, from_redis_value};
use tokio::time::{Instant, timeout_at};

use super::keys;
use super::record::{self, Record};
use super::topology::Topology;
use super::{Redis, now};
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
        let found = match self.look_tracked(tokens, started).await {
            Some(found) => found,
            None => self.look(tokens, started).await?,
        };
        let mut verdicts: Vec<Option<bool>> = found.iter().map(|record| self.verdict(record)).collect();
        self.except_rotated(tokens, &mut verdicts, started).await?;
        Ok(verdicts)
    }

    async fn look(&self, tokens: &[Token], started: Instant) -> Result<Vec<RedisResult<Record>>> {
        let mut pipeline = Pipeline::with_capacity(tokens.len());
        for token in tokens {
            pipeline.add_command(self.check_command(&self.layout.record(token)));
        }
        Ok(self.send(&pipeline, started).await?.into_iter().map(|reply| self.found(reply)).collect())
    }

    /// The same over the connection on which redis tells of changes; what is live is cached. None where there is no such connection, or
    /// it fails.
    async fn look_tracked(&self, tokens: &[Token], started: Instant) -> Option<Vec<RedisResult<Record>>> {
        let reading = self.tracking.as_ref()?.read(tokens)?;
        let mut pipeline = Pipeline::with_capacity(2 * tokens.len());
        for token in tokens {
            let key = self.layout.record(token);
            // In this order: from PTTL on the record is tracked, so a use that the check notes strikes the reading out.
            pipeline.add_command(Cmd::pttl(&*key)).add_command(self.check_command(&key));
        }
        let mut connection = reading.tracked.connection.clone();
        let replies = connection.req_packed_commands(&pipeline, 0, pipeline.len());
        let Ok(Ok(replies)) = timeout_at(started + self.link.deadline(), replies).await else {
            reading.lose();
            return None;
        };
        let mut replies = replies.into_iter();
        let (mut found, mut lives) = (Vec::with_capacity(tokens.len()), Vec::with_capacity(tokens.len()));
        while let (Some(left), Some(reply)) = (replies.next(), replies.next()) {
            let record = self.found(reply);
            lives.extend(self.cached_life(left, &record).map(|life| (found.len(), life)));
            found.push(record);
        }
        reading.keep(lives.into_iter());
        Some(found)
    }

    /// How long a token may be taken for live without asking: as long as it lives, and, where its use is to be noted, as long as no use
    /// is due to be. None where it is not live, or not plainly.
    fn cached_life(&self, left: Value, record: &RedisResult<Record>) -> Option<Duration> {
        let Ok(Record::Listed { issued }) = record else { return None };
        let listed = issued.saturating_add(self.scripts.ttl_milliseconds()).saturating_sub(now());
        let left = match from_redis_value::<i64>(left).ok()? {
            -1 => listed, // for ever
            left => u64::try_from(left).ok()?.min(listed),
        };
        let life = Duration::from_millis(left);
        Some(self.policy.idle.map_or(life, |idle| life.min(idle / 10)))
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

    fn found(&self, reply: Value) -> RedisResult<Record> {
        let reply = reply.extract_error();
        match self.scripts.idle_limit() {
            0 => record::read(reply),
            _ => record::read_checked(reply),
        }
    }

    /// None as well where redis refused: that may be so for one token alone, or pass.
    fn verdict(&self, found: &RedisResult<Record>) -> Option<bool> {
        match *found {
            Ok(Record::None) => Some(false),
            Ok(Record::Listed { issued }) if self.is_listed_still(issued) => Some(true),
            _ => None,
        }
    }
}
