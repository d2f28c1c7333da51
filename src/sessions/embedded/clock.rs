//! Times as the tables keep them: Unix milliseconds on the machine's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time in Unix milliseconds.
pub fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub fn unsigned(time: i64) -> u64 {
    u64::try_from(time).unwrap_or_default()
}
