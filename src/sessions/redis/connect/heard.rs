//! When something was last heard on a connection.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What the times of all connections are counted from.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// In milliseconds since START.
pub struct Heard(AtomicU64);

impl Heard {
    /// A reply came.
    pub fn note(&self) {
        self.0.store(now(), Ordering::Relaxed);
    }

    /// How long ago the last reply came.
    pub fn silence(&self) -> Duration {
        Duration::from_millis(now().saturating_sub(self.0.load(Ordering::Relaxed)))
    }
}

impl Default for Heard {
    fn default() -> Self {
        Self(AtomicU64::new(now()))
    }
}

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}
