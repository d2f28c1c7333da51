//! Whether a server is still the master: what becomes a replica says the truth no longer, and may
//! go on for ever saying it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::ConnectionLike;
use redis::{FromRedisValue, RedisResult, Value, cmd};

use super::info::Role;

/// How often a connection that is used is looked at.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// How long a server is left alone that does not tell, or cuts the connection instead.
const REFUSED_PAUSE: Duration = Duration::from_secs(600);
const CUT_PAUSE: Duration = Duration::from_secs(60);

/// How long a connection is kept that leads to a replica from its start. Somebody may want it so;
/// but the address may also have pointed to a master that had just been demoted.
const REPLICA_LIFE: Duration = Duration::from_secs(60);

/// The next look, for all connections to the same place.
#[derive(Default)]
pub struct Schedule {
    not_before: Mutex<Option<Instant>>,
    /// Whether the server has ever told.
    is_told: AtomicBool,
}

/// What is known about the server of one connection.
pub struct Watch {
    schedule: Arc<Schedule>,
    /// Whether no replica will do.
    masters_only: bool,
    made: Instant,
    was_master: AtomicBool,
    is_demoted: AtomicBool,
}

impl Watch {
    pub fn new(schedule: Arc<Schedule>, masters_only: bool) -> Self {
        schedule.postpone(Duration::ZERO, true);
        let made = Instant::now();
        Self { schedule, masters_only, made, was_master: AtomicBool::default(), is_demoted: AtomicBool::default() }
    }

    /// Whether another connection would be better.
    pub fn is_demoted(&self) -> bool {
        self.is_demoted.load(Ordering::Acquire)
    }

    /// Whether the server was seen to be a master, and not to be another since.
    pub fn is_master(&self) -> bool {
        self.was_master.load(Ordering::Acquire) && !self.is_demoted()
    }

    /// Whether it is time for a look, which the caller then takes.
    pub fn is_due(&self) -> bool {
        let mut not_before = self.schedule.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_due = not_before.is_none_or(|time| time <= now);
        if is_due {
            *not_before = Some(now + LOOK_INTERVAL);
        }
        is_due
    }

    pub fn learn(&self, role: Role) {
        match role {
            Role::Master => self.was_master.store(true, Ordering::Release),
            Role::Replica => {
                let was_master = self.was_master.load(Ordering::Acquire);
                if self.masters_only || was_master || self.made.elapsed() >= REPLICA_LIFE {
                    self.is_demoted.store(true, Ordering::Release);
                }
            }
        }
    }

    /// Asks the server.
    pub async fn look(&self, connection: &mut impl ConnectionLike) {
        match ask(connection).await {
            Ok(role) => {
                self.schedule.is_told.store(true, Ordering::Relaxed);
                role.map_or_else(|| self.schedule.postpone(REFUSED_PAUSE, false), |role| self.learn(role));
            }
            // Otherwise it is no wonder that a connection breaks.
            Err(_) if !self.schedule.is_told.load(Ordering::Relaxed) => self.schedule.postpone(CUT_PAUSE, false),
            Err(_) => {}
        }
    }
}

impl Schedule {
    /// Puts the next look off; or, where `to_hurry`, forward, unless the server is to be left
    /// alone.
    fn postpone(&self, pause: Duration, to_hurry: bool) {
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if to_hurry && not_before.is_some_and(|time| time > now + LOOK_INTERVAL) {
            return;
        }
        *not_before = Some(now + pause);
    }
}

/// The role of a server; None where it does not tell. `INFO` is asked first: the rights of old ACL
/// users hold it.
pub async fn ask(connection: &mut impl ConnectionLike) -> RedisResult<Option<Role>> {
    let info: RedisResult<String> = cmd("INFO").arg("replication").query_async(connection).await;
    match info {
        Ok(info) => {
            if let Some(role) = Role::of(&info) {
                return Ok(Some(role));
            }
        }
        Err(error) if error.is_io_error() || error.is_unrecoverable_error() => return Err(error),
        Err(_) => {}
    }
    match cmd("ROLE").query_async::<Value>(connection).await {
        Ok(Value::Array(fields)) => {
            let name: String = fields.into_iter().next().map_or(Ok(String::new()), FromRedisValue::from_redis_value)?;
            Ok(Role::named(&name))
        }
        Err(error) if error.is_io_error() || error.is_unrecoverable_error() => Err(error),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(masters_only: bool) -> Watch {
        Watch::new(Arc::default(), masters_only)
    }

    #[test]
    fn a_master_that_became_a_replica_is_left_and_a_replica_that_somebody_wants_is_not() {
        let watch = watch(false);
        watch.learn(Role::Replica);
        assert!(!watch.is_demoted());
        watch.learn(Role::Master);
        assert!(!watch.is_demoted());
        watch.learn(Role::Replica);
        assert!(watch.is_demoted());
    }

    #[test]
    fn a_replica_is_left_where_sentinels_name_the_master() {
        let watch = watch(true);
        watch.learn(Role::Replica);
        assert!(watch.is_demoted());
    }

    #[test]
    fn a_new_connection_is_looked_at_at_once_and_then_now_and_then() {
        let watch = watch(false);
        assert!(watch.is_due());
        assert!(!watch.is_due());
        let next = Watch::new(watch.schedule.clone(), false);
        assert!(next.is_due());
    }

    #[test]
    fn a_server_that_does_not_tell_is_left_alone_by_later_connections_too() {
        let watch = watch(false);
        watch.schedule.postpone(REFUSED_PAUSE, false);
        assert!(!Watch::new(watch.schedule.clone(), false).is_due());
    }
}
