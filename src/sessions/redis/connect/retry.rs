//! The retries of steps in redis: for how long, and after which delay. Which errors are retried,
//! `errors.rs` knows: `is_transient`, `is_moving`.
//! In a Cluster redis-rs retries as well, as `cluster.rs` tells it. (Requests to WeChat have a
//! policy of their own, `wechat/retry.rs`.)

use std::time::Duration;

use redis::RedisError;
use tokio::time::Instant;

use super::errors::{is_moving, is_transient};

/// How long a step of a call is retried through an outage, such as a restart, before it fails. A
/// call of several steps may retry each; the deadline bounds them all. It alone bounds the wait for
/// a slot of a Cluster that is on its way.
const RETRY_TIMEOUT: Duration = Duration::from_secs(1);

/// The delay before the first retry. It doubles with each further one, up to [`MAX_RETRY_DELAY`],
/// for it may open a connection.
pub const RETRY_DELAY: Duration = Duration::from_millis(25);
const MAX_RETRY_DELAY: Duration = Duration::from_millis(200);

/// The retries of one step.
pub struct Retry {
    started: Instant,
    delay: Duration,
}

impl Retry {
    /// The step starts now.
    pub fn start() -> Self {
        Self { started: Instant::now(), delay: RETRY_DELAY }
    }

    /// When the step started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The delay before the step is done again, which failed with `error`; None where it fails for
    /// good. The last retry comes when the timeout ends.
    pub fn delay(&mut self, error: &RedisError) -> Option<Duration> {
        self.delay_at(self.started.elapsed(), error)
    }

    fn delay_at(&mut self, elapsed: Duration, error: &RedisError) -> Option<Duration> {
        let left = RETRY_TIMEOUT.saturating_sub(elapsed);
        let delay = match is_moving(error) {
            true => self.delay,
            false if is_transient(error) && !left.is_zero() => self.delay.min(left),
            false => return None,
        };
        self.delay = MAX_RETRY_DELAY.min(2 * self.delay);
        Some(delay)
    }
}

#[cfg(test)]
mod tests {
    use redis::{ErrorKind, parse_redis_value};

    use super::*;

    fn refusal(code: &str) -> RedisError {
        parse_redis_value(format!("-{code} refused\r\n").as_bytes()).unwrap().extract_error().unwrap_err()
    }

    /// After which milliseconds a step is done again that fails at once, each time with `error`.
    fn retries(error: &RedisError) -> impl Iterator<Item = u128> {
        let (mut retry, mut elapsed) = (Retry::start(), Duration::ZERO);
        std::iter::from_fn(move || {
            elapsed += retry.delay_at(elapsed, error)?;
            Some(elapsed.as_millis())
        })
    }

    #[test]
    fn delays_double_to_a_limit_and_end_with_the_timeout() {
        for error in [refusal("READONLY"), (ErrorKind::Io, "broken").into()] {
            assert_eq!(retries(&error).collect::<Vec<_>>(), [25, 75, 175, 375, 575, 775, 975, 1000]);
        }
    }

    #[test]
    fn a_slot_on_its_way_is_waited_for_and_other_refusals_are_final() {
        assert_eq!(retries(&refusal("TRYAGAIN")).take(100).count(), 100);
        assert_eq!(retries(&refusal("WRONGTYPE")).count(), 0);
    }

    #[test]
    fn a_step_that_failed_just_now_is_done_again_soon() {
        assert_eq!(Retry::start().delay(&refusal("READONLY")), Some(RETRY_DELAY));
        assert_eq!(Retry::start().delay(&refusal("WRONGTYPE")), None);
    }
}
