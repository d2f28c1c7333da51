//! The process's one tokio runtime. It is ours, not napi's: it outlives every worker thread of
//! Node's, and ends with the process.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io;
use std::panic::{PanicHookInfo, set_hook};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::Error;
use crate::thread;

/// The work is to wait for redis, WeChat and SQLite. With two threads, one long poll does not block
/// the rest.
const THREADS: usize = 2;

const NAME: &str = "mpauthx";

static RUNTIME: Mutex<Option<Runtime>> = Mutex::new(None);

thread_local! {
    /// Whether this thread's last panic was one about a thread.
    static MISSED_THREAD: Cell<bool> = const { Cell::new(false) };
    /// Who waits for the runtime that this thread makes.
    static WAITING: RefCell<Option<Sender<io::Result<Runtime>>>> = const { RefCell::new(None) };
}

pub fn get() -> io::Result<Handle> {
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    match &*runtime {
        Some(runtime) => Ok(runtime.handle().clone()),
        None => Ok(runtime.insert(make()?).handle().clone()),
    }
}

/// Makes the runtime, on a thread that may hang: where the system refuses one of its threads, tokio
/// panics, and then waits without end for those that have started.
fn make() -> io::Result<Runtime> {
    // A panic's message could hold a user's data. The call that panicked is rejected all the same.
    set_hook(Box::new(note_panic));
    let (made, waiting) = channel();
    thread::spawn(NAME, move || {
        WAITING.set(Some(made.clone()));
        let _ = made.send(Builder::new_multi_thread().worker_threads(THREADS).thread_name(NAME).enable_all().build());
    })?;
    waiting.recv().unwrap_or_else(|_| Err(io::Error::other(thread::REFUSED)))
}

/// The error of a call that a panic on this thread has ended.
pub fn error_of_panic() -> Error {
    match MISSED_THREAD.take() {
        true => Error::database(thread::REFUSED),
        false => Error::internal(),
    }
}

fn note_panic(info: &PanicHookInfo) {
    let is_about_thread = text(info.payload()).starts_with("OS can't spawn worker thread");
    MISSED_THREAD.set(is_about_thread);
    if let Some(waiting) = WAITING.take().filter(|_| is_about_thread) {
        let _ = waiting.send(Err(io::Error::other(thread::REFUSED)));
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref().copied()).unwrap_or_default()
}
