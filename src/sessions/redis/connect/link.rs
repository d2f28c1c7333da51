//! The connection to redis: made when it is needed, made anew when it broke. A step on it is
//! retried as `retry.rs` says, and all steps of a call have one deadline.
//!
//! redis-rs' own ConnectionManager is not used: it knows no Sentinels, and nothing of connections
//! that are dead without a word.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use redis::{Cmd, FromRedisValue, ProtocolVersion, RedisFuture, RedisResult};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::connection::Connection;
use super::errors::{describe, first, is_broken, is_transient};
use super::retry::{RETRY_DELAY, Retry};
use super::settings::Settings;
use super::topology::Topology;
use crate::error::{Error, Result};
use crate::events::Events;

/// An attempt to connect, and what came of it.
type Attempt = OnceCell<RedisResult<Connection>>;

pub struct Link {
    topology: Topology,
    connect_timeout: Duration,
    /// How long a connection may be silent that was asked, before another is tried.
    patience: Duration,
    /// The longest that a call may take.
    deadline: Duration,
    /// Made by the first call that needs it, for all that wait for it; replaced by an empty one
    /// when it failed, or the connection breaks.
    current: Mutex<Arc<Attempt>>,
    /// Held by who tries to put another connection in the place of a silent one.
    renewal: tokio::sync::Mutex<()>,
    /// How many connections were let go.
    epoch: AtomicU64,
    closed: AtomicBool,
    clock: Clock,
    events: Arc<Events>,
}

impl Link {
    pub fn new(settings: &Settings, events: Arc<Events>) -> std::result::Result<Self, String> {
        Ok(Self {
            topology: Topology::new(settings, ProtocolVersion::RESP2)?,
            connect_timeout: settings.connect_timeout,
            patience: settings.patience(),
            deadline: settings.deadline,
            current: Mutex::default(),
            renewal: tokio::sync::Mutex::default(),
            epoch: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            clock: Clock::default(),
            events,
        })
    }

    /// The longest that a call may take.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// For one attempt to connect.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// Whether there is a connection, to a server that has told that it is a master.
    pub fn leads_to_master(&self) -> bool {
        matches!(self.current().get(), Some(Ok(connection)) if connection.is_to_master())
    }

    /// A number that changes when the connection is let go.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// The time on redis' clock, in Unix milliseconds, as of the last time that redis told it.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Runs a whole call, for the deadline at most. A connection that let it pass without an answer
    /// is not used again.
    pub async fn bounded<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.bounded_since(Instant::now(), call).await
    }

    /// Runs what is left of a call that started then, until its deadline.
    pub async fn bounded_since<T>(&self, started: Instant, call: impl Future<Output = Result<T>>) -> Result<T> {
        let used = self.current();
        timeout_at(started + self.deadline, call).await.unwrap_or_else(|_| {
            self.replace(&used);
            self.events.store_asked(true);
            let cause = self.topology.failure(started).map(|error| format!(": {}", describe(&error)));
            let limit = self.deadline.as_millis();
            Err(Error::database(format!("redis did not answer within {limit} ms{}", cause.unwrap_or_default())))
        })
    }

    /// Runs one step of a call on the connection, and retries it where redis was away for a moment
    /// only. So `step` must do no harm when it is done twice.
    pub async fn run<T, F>(&self, step: impl Fn(Connection) -> F) -> Result<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let mut retry = Retry::start();
        loop {
            self.check_open()?;
            let cell = self.current();
            let connection = cell.get_or_init(|| self.connect()).await;
            // `close` may have come while this connected.
            self.check_open().inspect_err(|_| self.replace(&cell))?;
            let result = match connection {
                Ok(connection) if connection.is_demoted() => {
                    self.replace(&cell);
                    continue;
                }
                Ok(connection) => {
                    connection.look_when_due();
                    let asked = Instant::now();
                    match self.reply(&cell, connection, step(connection.clone())).await {
                        Some(result) => {
                            self.events.counters.redis.note(asked.elapsed());
                            result
                        }
                        None => continue,
                    }
                }
                Err(error) => {
                    self.replace(&cell);
                    Err(error.clone())
                }
            };
            let error = match result {
                Ok(done) => {
                    self.events.store_asked(false);
                    return Ok(done);
                }
                Err(error) => first(error),
            };
            if is_broken(&error) {
                self.replace(&cell);
            }
            match retry.delay(&error) {
                Some(delay) => sleep(delay).await,
                None => {
                    self.events.store_asked(is_broken(&error) || is_transient(&error));
                    return Err(Error::database(describe(&self.topology.explain(error, retry.started()))));
                }
            }
        }
    }

    /// Runs one command.
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        self.run(|mut connection| async move { command.query_async(&mut connection).await }).await
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.replace(&self.current());
    }

    /// What comes of a step; None where its connection turns out to be dead, and another one is
    /// there.
    async fn reply<T>(
        &self,
        cell: &Arc<Attempt>,
        connection: &Connection,
        step: impl Future<Output = RedisResult<T>>,
    ) -> Option<RedisResult<T>> {
        let mut step = pin!(step);
        let patience = connection.patience(self.patience);
        let mut wait = patience;
        loop {
            if let Ok(result) = timeout(wait, &mut step).await {
                return Some(result);
            }
            if let Some(rest) = patience.checked_sub(connection.silence()) {
                wait = rest;
                continue;
            }
            wait = patience;
            // Dead, or redis is slow: which of them, a new connection tells.
            match select(step.as_mut(), pin!(self.renew(cell))).await {
                Either::Left((result, _)) => return Some(result),
                Either::Right((true, _)) => return None,
                Either::Right((false, _)) => {}
            }
        }
    }

    /// Puts another connection in the place of a silent one where redis answers there. Whether the
    /// silent one is let go.
    async fn renew(&self, silent: &Arc<Attempt>) -> bool {
        let _turn = self.renewal.lock().await;
        if !Arc::ptr_eq(&self.current(), silent) {
            return true;
        }
        match timeout(self.connect_timeout, self.connect()).await {
            Ok(Ok(connection)) => {
                self.put(silent, Arc::new(OnceCell::new_with(Some(Ok(connection)))));
                true
            }
            _ => {
                sleep(RETRY_DELAY).await;
                false
            }
        }
    }

    /// Boxed, as it is large and rare: every waiting call would hold the room for it.
    fn connect(&self) -> RedisFuture<'_, Connection> {
        async {
            let mut connection = self.topology.connect().await?;
            self.events.counters.connections.add();
            // A redis that does not tell its time now does no harm: ours will do.
            if let Ok(time) = redis::cmd("TIME").query_async(&mut connection).await {
                self.clock.set(time);
            }
            Ok(connection)
        }
        .boxed()
    }

    fn check_open(&self) -> Result<()> {
        match self.closed.load(Ordering::Acquire) {
            true => Err(Error::database("mpauthx was closed")),
            false => Ok(()),
        }
    }

    fn current(&self) -> Arc<Attempt> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets `broken` go, if nobody has yet.
    fn replace(&self, broken: &Arc<Attempt>) {
        self.put(broken, Arc::default());
    }

    /// Puts `next` in the place of `broken`, if nobody has put another there yet.
    fn put(&self, broken: &Arc<Attempt>, next: Arc<Attempt>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, broken) {
            *current = next;
            self.epoch.fetch_add(1, Ordering::Release);
        }
    }
}

/// redis' clock, as far as it is known. Between two looks at it, time passes here as there: what
/// the application's own clock says does not count.
struct Clock {
    base: std::time::Instant,
    /// What is to be added to the milliseconds since `base`.
    offset: AtomicU64,
}

impl Clock {
    fn now(&self) -> u64 {
        self.offset.load(Ordering::Relaxed) + self.elapsed()
    }

    /// redis says that its time is now so many seconds and microseconds.
    fn set(&self, (seconds, microseconds): (u64, u64)) {
        let now = seconds * 1000 + microseconds / 1000;
        self.offset.store(now.saturating_sub(self.elapsed()), Ordering::Relaxed);
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Default for Clock {
    fn default() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let offset = AtomicU64::new(u64::try_from(now).unwrap_or_default());
        Self { base: std::time::Instant::now(), offset }
    }
}
