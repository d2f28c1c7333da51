//! Checks, many at a time: what is asked at once goes to redis in one write, and comes back as one
//! answer.

use std::time::Duration;

use futures_util::future::{join, join_all};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisResult, Value, from_redis_value};
use tokio::time::{Instant, timeout_at};

use super::Redis;
use super::connect::Topology;
use super::keys;
use super::record::{self, Record, Recorded};
use crate::error::Result;
use crate::sessions::{Asked, Verdict};
use crate::token::Token;

/// Takes verdicts, each with the number of its token.
trait Settle: Fn(Vec<(usize, Result<Verdict>)>) + Sync {}
impl<F: Fn(Vec<(usize, Result<Verdict>)>) + Sync> Settle for F {}

/// Tokens by their numbers in the batch.
type Numbered<'a> = Vec<(usize, &'a Token)>;

impl Redis {
    /// Tells `settle` for each of `tokens`, under its number, whether it is valid: those first that
    /// one round trip tells. They count as used.
    pub async fn check(&self, tokens: &[Token], asked: Asked, settle: impl Fn(Vec<(usize, Result<Verdict>)>) + Sync) {
        let started = Instant::now();
        // In a Cluster the keys are on many nodes, and one that is away must not hold up the
        // others.
        let found = match self.link.topology() {
            Topology::Cluster(_) => None,
            _ => match self.look_tracked(tokens, asked, started).await {
                Some(found) => Some(found),
                None => match self.look(tokens, asked, started).await {
                    Ok(found) => Some(found),
                    Err(error) => {
                        return settle((0..tokens.len()).map(|number| (number, Err(error.clone()))).collect());
                    }
                },
            },
        };
        let Some(found) = found else {
            return self.check_each(tokens.iter().enumerate().collect(), asked, started, &settle).await;
        };
        let (mut live, mut missing, mut rare) = (Vec::new(), Numbered::new(), Numbered::new());
        for (token, found) in tokens.iter().enumerate().zip(found) {
            match found {
                Ok(Recorded { kind: Record::Listed(expiry), session, .. }) if self.is_ahead(expiry) => {
                    live.push((token.0, Ok(Verdict::live(session))));
                }
                Ok(Recorded { kind: Record::Missing, .. }) => missing.push(token),
                // Also where redis refused: that may be so for one token alone, or pass.
                _ => rare.push(token),
            }
        }
        settle(live);
        join(self.check_missing(missing, asked, started, &settle), self.check_each(rare, asked, started, &settle))
            .await;
    }

    /// Tells of tokens without a record: hardly any was rotated, which one more round trip finds
    /// out.
    async fn check_missing(&self, tokens: Numbered<'_>, asked: Asked, started: Instant, settle: &impl Settle) {
        if tokens.is_empty() {
            return;
        }
        let mut pipeline = Pipeline::with_capacity(tokens.len());
        for (_, token) in &tokens {
            pipeline.add_command(Cmd::hget(self.layout.note(token), keys::CURRENT));
        }
        match self.send(&pipeline, started).await {
            Err(error) => settle(tokens.iter().map(|&(number, _)| (number, Err(error.clone()))).collect()),
            Ok(notes) => {
                let (dead, noted): (Vec<_>, Vec<_>) =
                    tokens.into_iter().zip(notes).partition(|(_, note)| *note == Value::Nil);
                settle(dead.into_iter().map(|((number, _), _)| (number, Ok(Verdict::Dead))).collect());
                self.check_each(noted.into_iter().map(|(token, _)| token).collect(), asked, started, settle).await;
            }
        }
    }

    /// Tells of each token as soon as that is known.
    async fn check_each(&self, tokens: Numbered<'_>, asked: Asked, started: Instant, settle: &impl Settle) {
        join_all(tokens.into_iter().map(|(number, token)| async move {
            settle(vec![(number, self.link.bounded_since(started, self.verdict(token, asked)).await)]);
        }))
        .await;
    }

    async fn look(&self, tokens: &[Token], asked: Asked, started: Instant) -> Result<Vec<RedisResult<Recorded>>> {
        let mut pipeline = Pipeline::with_capacity(tokens.len());
        for token in tokens {
            pipeline.add_command(self.check_command(&self.layout.record(token), asked));
        }
        let replies = self.send(&pipeline, started).await?;
        Ok(replies.into_iter().zip(tokens).map(|(reply, token)| self.parse(reply, token)).collect())
    }

    /// The same over the connection on which redis tells of changes; what is live is cached. None
    /// where there is no such connection, or it fails.
    async fn look_tracked(
        &self,
        tokens: &[Token],
        asked: Asked,
        started: Instant,
    ) -> Option<Vec<RedisResult<Recorded>>> {
        let reading = self.tracking.as_ref()?.read(tokens)?;
        let mut pipeline = Pipeline::with_capacity(2 * tokens.len());
        for token in tokens {
            let key = self.layout.record(token);
            // In this order: from PTTL on the record is tracked, so a use that the check notes
            // strikes the reading out.
            pipeline.add_command(Cmd::pttl(&*key)).add_command(self.check_command(&key, asked));
        }
        let mut connection = reading.tracked.connection.clone();
        let asked = Instant::now();
        let replies = connection.req_packed_commands(&pipeline, 0, pipeline.len());
        let Ok(Ok(replies)) = timeout_at(started + self.link.deadline(), replies).await else {
            reading.on_disconnect();
            return None;
        };
        self.events.counters.redis.note(asked.elapsed());
        let mut replies = replies.into_iter();
        let (mut found, mut lives) = (Vec::with_capacity(tokens.len()), Vec::with_capacity(tokens.len()));
        while let (Some(left), Some(reply)) = (replies.next(), replies.next()) {
            let record = self.parse(reply, &tokens[found.len()]);
            lives.extend(self.cached_life(left, &record).map(|life| (found.len(), life)));
            found.push(record);
        }
        reading.keep(lives.into_iter());
        Some(found)
    }

    /// How long a token may be taken for live without asking: as long as it lives, and, where its
    /// use is to be noted, as long as no use is due to be. None where it is not live, or not
    /// plainly.
    fn cached_life(&self, left: Value, found: &RedisResult<Recorded>) -> Option<Duration> {
        if !matches!(found, Ok(Recorded { kind: Record::Listed(expiry), .. }) if self.is_ahead(*expiry)) {
            return None;
        }
        let life = match from_redis_value::<i64>(left).ok()? {
            -1 => Duration::MAX, // for ever: the cache's own limit counts
            left => Duration::from_millis(u64::try_from(left).ok()?),
        };
        Some(self.policy.idle.map_or(life, |idle| life.min(idle / 10)))
    }

    async fn send(&self, pipeline: &Pipeline, started: Instant) -> Result<Vec<Value>> {
        let send =
            self.link.run(async |mut connection| connection.req_packed_commands(pipeline, 0, pipeline.len()).await);
        self.link.bounded_since(started, send).await
    }

    fn check_command(&self, key: &str, asked: Asked) -> Cmd {
        match self.scripts.has_idle_limit() {
            false => record::command(key, asked),
            true => self.scripts.check_command(key, asked),
        }
    }

    fn parse(&self, reply: Value, token: &Token) -> RedisResult<Recorded> {
        let reply = reply.extract_error();
        match self.scripts.has_idle_limit() {
            false => record::parse(reply, token),
            true => record::parse_checked(reply, token),
        }
    }
}
