//! The queue of messages to JavaScript, and the replies to its calls.

use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use super::runtime::error_of_panic;
use super::types::{Message, Outcome};
use crate::error::Result;

/// Is dropped when JavaScript takes the message that it is sent with.
pub type Guard = Box<dyn Send>;

#[derive(Default)]
struct Queue {
    messages: Vec<Message>,
    guards: Vec<Guard>,
}

/// Weak, so that an idle object does not keep the process alive. JavaScript does that while calls
/// are pending.
type Wake = ThreadsafeFunction<(), (), Vec<Message>, Status, false, true>;

#[derive(Default)]
pub struct Outbox {
    queue: Arc<Mutex<Queue>>,
    /// None while JavaScript does not listen.
    wake: Mutex<Option<Wake>>,
}

impl Outbox {
    /// Calls `wake` with messages from now on, until `mute`.
    pub fn listen(&self, wake: &Function<Vec<Message>, ()>) -> napi::Result<()> {
        let drained = self.queue.clone();
        let wake = wake
            .build_threadsafe_function()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(move |_| Ok(take(&mut *lock(&drained)).messages))?;
        *lock(&self.wake) = Some(wake);
        if !lock(&self.queue).messages.is_empty() {
            self.wake();
        }
        Ok(())
    }

    /// Releases what would count as open of an object that was closed. Messages wait for `listen`.
    pub fn mute(&self) {
        lock(&self.wake).take();
    }

    pub fn is_heard(&self) -> bool {
        lock(&self.wake).is_some()
    }

    /// Queues a message. The first one wakes JavaScript, which takes all that are queued by then.
    pub fn send(&self, message: Message) {
        self.send_with_guards(message, Vec::new());
    }

    /// The same, and drops `guards` when JavaScript takes the message.
    pub fn send_with_guards(&self, message: Message, guards: Vec<Guard>) {
        let mut queue = lock(&self.queue);
        queue.messages.push(message);
        queue.guards.extend(guards);
        if queue.messages.len() == 1 {
            drop(queue);
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(wake) = &*lock(&self.wake) {
            // Refused where the environment ends: then nobody waits any more.
            let _ = wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to reply to a call. Dropped unused, by a panic say, it replies with an error, so that
/// no call stays pending.
pub struct Reply {
    call: u32,
    outbox: Arc<Outbox>,
    guards: Vec<Guard>,
    completed: bool,
}

impl Reply {
    pub fn new(call: u32, outbox: Arc<Outbox>) -> Self {
        Self { call, outbox, guards: Vec::new(), completed: false }
    }

    /// Drops `guard` when JavaScript has the outcome.
    pub fn with_guard(mut self, guard: impl Send + 'static) -> Self {
        self.guards.push(Box::new(guard));
        self
    }

    pub fn send(mut self, result: Result<Outcome>) {
        self.complete(result);
    }

    fn complete(&mut self, result: Result<Outcome>) {
        self.completed = true;
        self.outbox.send_with_guards(Message::outcome(self.call, result), take(&mut self.guards));
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.completed {
            self.complete(Err(error_of_panic()));
        }
    }
}
