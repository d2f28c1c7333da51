//! The connection on which redis tells of changes: a second one, since it speaks RESP3 and what is
//! read over it is tracked. Checks do without it where it cannot be had.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use redis::{PushInfo, RedisResult};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::{Cache, Reading, Tracked};
use crate::sessions::redis::connect::{LOOK_INTERVAL, Link, Topology, describe, is_transient};
use crate::token::Token;

/// The delay before the next attempt to connect: where redis was away for a moment, and where it
/// refused, for it is old or does not allow its user the commands.
const RETRY_DELAY: Duration = Duration::from_secs(1);
const REFUSED_DELAY: Duration = Duration::from_secs(60);

pub struct Tracking {
    topology: Topology,
    connect_timeout: Duration,
    link: Arc<Link>,
    cache: Arc<Cache>,
    /// Whether anybody asked the cache since the server was last looked at.
    is_used: Arc<AtomicBool>,
    /// Held by who connects.
    last_attempt: Mutex<Attempt>,
}

#[derive(Default)]
struct Attempt {
    /// The number of the connection that it makes. They rise from 1.
    number: u64,
    not_before: Option<Instant>,
    failure: Option<String>,
}

impl Tracking {
    /// `topology` speaks RESP3.
    pub fn new(topology: Topology, connect_timeout: Duration, link: Arc<Link>, cache: Arc<Cache>) -> Self {
        Self { topology, connect_timeout, link, cache, is_used: Arc::default(), last_attempt: Mutex::default() }
    }

    pub fn cache(&self) -> &Cache {
        self.is_used.store(true, Ordering::Relaxed);
        &self.cache
    }

    /// Begins to read `tokens`; None while there is no connection, which is then made in the
    /// background.
    pub fn read<'a>(self: &'a Arc<Self>, tokens: &'a [Token]) -> Option<Reading<'a>> {
        let reading = self.cache().read(tokens);
        match reading {
            // The link has left the server since, one that became a replica say: so must we.
            Some(reading) if reading.tracked.epoch != self.link.epoch() || reading.tracked.connection.is_demoted() => {
                reading.on_disconnect();
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
        if self.last_attempt.try_lock().is_ok_and(|last| last.is_over()) {
            let tracking = self.clone();
            tokio::spawn(async move { tracking.connect().await });
        }
    }

    /// Why there is no connection, after a try to make one where it is time to.
    pub async fn failure(&self) -> Option<String> {
        self.connect().await;
        match self.cache.tracked() {
            Some(_) => None,
            None => self.last_attempt.lock().await.failure.clone(),
        }
    }

    async fn connect(&self) {
        let mut last = self.last_attempt.lock().await;
        if self.cache.tracked().is_some() || !last.is_over() {
            return;
        }
        last.number += 1;
        let attempt = timeout(self.connect_timeout, self.open(last.number)).await;
        let (delay, failure) = match attempt {
            Ok(Ok(())) => (RETRY_DELAY, None),
            Ok(Err(error)) if is_transient(&error) => (RETRY_DELAY, Some(describe(&error))),
            Ok(Err(error)) => (REFUSED_DELAY, Some(describe(&error))),
            Err(_) => {
                (RETRY_DELAY, Some(format!("redis did not answer within {} ms", self.connect_timeout.as_millis())))
            }
        };
        last.not_before = Some(Instant::now() + delay);
        last.failure = failure;
    }

    async fn open(&self, number: u64) -> RedisResult<()> {
        let epoch = self.link.epoch();
        // Weak: the connection holds what it tells, and the cache holds the connection.
        let cache: Weak<Cache> = Arc::downgrade(&self.cache);
        let on_push = move |push: PushInfo| {
            if let Some(cache) = cache.upgrade() {
                cache.on_push(number, &push);
            }
            Ok::<(), ()>(())
        };
        let mut connection = self.topology.connect_tracking(on_push).await?;
        redis::cmd("CLIENT").arg("TRACKING").arg("ON").query_async::<()>(&mut connection).await?;
        self.is_used.store(true, Ordering::Relaxed);
        if self.cache.open(Tracked { connection, number, epoch }) {
            tokio::spawn(watch(Arc::downgrade(&self.cache), self.is_used.clone(), number));
        }
        Ok(())
    }
}

/// While the connection of this number tells of changes and the cache is asked, looks whether its
/// server is still the master: what is answered from memory asks nobody who could tell.
async fn watch(cache: Weak<Cache>, is_used: Arc<AtomicBool>, number: u64) {
    let tracked = || cache.upgrade()?.tracked().filter(|tracked| tracked.number == number);
    while let Some(Tracked { connection, .. }) = tracked() {
        if is_used.swap(false, Ordering::Relaxed) {
            connection.look().await;
            if let (true, Some(cache)) = (connection.is_demoted(), cache.upgrade()) {
                return cache.on_disconnect(number);
            }
        }
        drop(connection); // it must end when nobody else holds it
        sleep(LOOK_INTERVAL).await;
    }
}

impl Attempt {
    fn is_over(&self) -> bool {
        self.not_before.is_none_or(|time| time <= Instant::now())
    }
}
