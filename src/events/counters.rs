//! Counters since the start. Imports nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper ends of a histogram's buckets but the last, in microseconds. lib/histogram.js has the
/// same ones.
const BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
];

#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took.
#[derive(Default)]
pub struct Histogram {
    buckets: [Counter; BOUNDS.len() + 1],
    /// In microseconds.
    sum: AtomicU64,
}

impl Histogram {
    pub fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[BOUNDS.partition_point(|&bound| bound < took)].add();
        self.sum.fetch_add(took, Ordering::Relaxed);
    }

    /// How many fell into each bucket, from the shortest on.
    pub fn buckets(&self) -> impl Iterator<Item = u64> {
        self.buckets.iter().map(Counter::get)
    }

    /// In microseconds.
    pub fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub struct Counters {
    pub logins: Counter,
    /// Sessions that ended, by `Ended`.
    pub ended: [Counter; 4],
    // Requests to WeChat.
    pub answered: Counter,
    pub refused: Counter,
    pub failed: Counter,
    pub wechat: Histogram,
    /// Connections to redis, the first one among them.
    pub connections: Counter,
    /// Round trips to redis.
    pub redis: Histogram,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_the_first_bucket_that_holds_it() {
        let histogram = Histogram::default();
        for micros in [0, 500, 501, 10_000_000, 10_000_001, 3_600_000_000] {
            histogram.note(Duration::from_micros(micros));
        }
        let buckets: Vec<u64> = histogram.buckets().collect();
        assert_eq!((buckets.len(), buckets[0], buckets[1], buckets[13], buckets[14]), (15, 2, 1, 1, 2));
        assert_eq!(histogram.sum(), 3_620_001_002);
    }
}
