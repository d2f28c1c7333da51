//! The process's one tokio runtime. It is ours, not napi's: it outlives every worker thread of
//! Node's, and ends with the process.

use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

/// The work is to wait for redis, WeChat and SQLite. With two threads, one long poll does not block
/// the rest.
const THREADS: usize = 2;

static RUNTIME: Mutex<Option<Runtime>> = Mutex::new(None);

pub fn get() -> io::Result<Handle> {
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    match &*runtime {
        Some(runtime) => Ok(runtime.handle().clone()),
        None => {
            // A panic's message could hold a user's data. The call that panicked is rejected all
            // the same.
            std::panic::set_hook(Box::new(|_| {}));
            let made =
                Builder::new_multi_thread().worker_threads(THREADS).thread_name("mpauthx").enable_all().build()?;
            Ok(runtime.insert(made).handle().clone())
        }
    }
}
