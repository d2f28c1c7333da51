//! Times as the tables keep them: Unix milliseconds on the machine's clock, or ahead of it where
//! an application's tests let time pass.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::controls::Controls;

/// The clock of a store.
#[derive(Clone)]
pub struct Clock {
    controls: Option<Arc<Controls>>,
}

impl Clock {
    /// `controls` are those of the store, where it has any.
    pub fn new(controls: Option<Arc<Controls>>) -> Self {
        Self { controls }
    }

    /// The time in Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.controls.as_ref().map_or_else(machine_time, |controls| controls.now())
    }

    /// The time after `duration`, in Unix milliseconds.
    pub fn after(&self, duration: Duration) -> i64 {
        self.now().saturating_add(milliseconds(duration))
    }
}

/// The time in Unix milliseconds on the machine's clock.
pub fn machine_time() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub fn unsigned(time: i64) -> u64 {
    u64::try_from(time).unwrap_or_default()
}
