//! The start of threads, which a system may refuse. Imports nothing of the crate.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Why there is no thread, and what to do.
pub const REFUSED: &str = "the system starts no more threads for this process: raise its limit \
                           (ulimit -u, the pids limit of the container or cgroup, TasksMax of the systemd unit)";

pub fn spawn<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
    Builder::new().name(name.to_owned()).spawn(work).map_err(|error| io::Error::new(error.kind(), REFUSED))
}
