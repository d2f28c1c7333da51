//! The connection on which redis tells of changes: a second one, since it speaks RESP3 and what is read over it is tracked. Checks do
//! without it where it cannot be had.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use redis::{PushInfo, RedisResult};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::cache::{Cache, Reading, Tracked};
use super::link::{Link, describe, is_passing};
use super::topology::Topology;
use crate::token::Token;

/// How long after a try to connect another one is worth it: where redis was away for a moment, and where it refused, for it is old or does
/// not allow its user the commands.
const PAUSE: Duration = Duration::from_secs(1);
const LONG_PAUSE: Duration = Duration::from_secs(60);

pub struct Tracking {
    topology: Topology,
    connect_timeout: Duration,
    link: Arc<Link>,
    cache: Arc<Cache>,
    /// Held by who connects.
    last_try: Mutex<Try>,
}

#[derive(Default)]
struct Try {
    /// The connection's.
    number: u64,
    not_before: Option<Instant>,
    failure: Option<String>,
}

impl Tracking {
    /// `topology` speaks RESP3.
    pub fn new(topology: Topology, connect_timeout: Duration, link: Arc<Link>, cache: Arc<Cache>) -> Self {
        Self { topology, connect_timeout, link, cache, last_try: Mutex::default() }
    }

    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Begins to read `tokens`; None while there is no connection, which is then made in the background.
    pub fn read<'a>(self: &'a Arc<Self>, tokens: &'a [Token]) -> Option<Reading<'a>> {
        let reading = self.cache.read(tokens);
        match reading {
            // The link has left the server since, one that became a replica say: so must we.
            Some(reading) if reading.tracked.epoch != self.link.epoch() => {
                reading.lose();
                self.begin();
                None
            }
            None => {
                self.begin();
                None
            }
            reading => reading,
        }
    }

    /// Connects in the background where it is time to.
    pub fn begin(self: &Arc<Self>) {
        if self.last_try.try_lock().is_ok_and(|last| last.is_over()) {
            let tracking = self.clone();
            tokio::spawn(async move { tracking.connect().await });
        }
    }

    /// Why there is no connection, after a try to make one where it is time to.
    pub async fn failure(&self) -> Option<String> {
        self.connect().await;
        match self.cache.tracked() {
            Some(_) => None,
            None => self.last_try.lock().await.failure.clone(),
        }
    }

    async fn connect(&self) {
        let mut last = self.last_try.lock().await;
        if self.cache.tracked().is_some() || !last.is_over() {
            return;
        }
        last.number += 1;
        let tried = timeout(self.connect_timeout, self.open(last.number)).await;
        let (pause, failure) = match tried {
            Ok(Ok(())) => (PAUSE, None),
            Ok(Err(error)) if is_passing(&error) => (PAUSE, Some(describe(&error))),
            Ok(Err(error)) => (LONG_PAUSE, Some(describe(&error))),
            Err(_) => (PAUSE, Some(format!("redis did not answer within {} ms", self.connect_timeout.as_millis()))),
        };
        last.not_before = Some(Instant::now() + pause);
        last.failure = failure;
    }

    async fn open(&self, number: u64) -> RedisResult<()> {
        let epoch = self.link.epoch();
        // Weak: the connection holds what it tells, and the cache holds the connection.
        let cache: Weak<Cache> = Arc::downgrade(&self.cache);
        let hear = move |push: PushInfo| {
            if let Some(cache) = cache.upgrade() {
                cache.hear(number, &push);
            }
            Ok::<(), ()>(())
        };
        let mut connection = self.topology.connect_tracking(self.connect_timeout, hear).await?;
        redis::cmd("CLIENT").arg("TRACKING").arg("ON").query_async::<()>(&mut connection).await?;
        self.cache.open(Tracked { connection, number, epoch });
        Ok(())
    }
}

impl Try {
    fn is_over(&self) -> bool {
        self.not_before.is_none_or(|time| time <= Instant::now())
    }
}
