//! What the tests of an application do to a store in memory that was made for them: they let time
//! pass, and let it fail. No other store has this.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use super::clock::{machine_time, milliseconds};

#[derive(Debug, Default)]
pub struct Controls {
    /// How far the store's clock is ahead of the machine's, in milliseconds.
    ahead: AtomicI64,
    is_away: AtomicBool,
}

impl Controls {
    /// Lets time pass for the store.
    pub fn pass(&self, time: Duration) {
        self.ahead.fetch_add(milliseconds(time), Ordering::Relaxed);
    }

    /// The time of the store's clock, in Unix milliseconds.
    pub fn now(&self) -> i64 {
        machine_time().saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets every call that asks the store fail at once, or no longer.
    pub fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Relaxed);
    }

    pub fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }
}
