//! The queue of messages to index.js, and the replies to its calls.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use super::types::{Message, Outcome};
use crate::error::{Error, Result};

/// Is dropped when index.js takes the message that it is sent with.
pub type Guard = Box<dyn Send>;

#[derive(Default)]
struct Queue {
    messages: Vec<Message>,
    guards: Vec<Guard>,
}

/// Weak, so that an idle object does not keep the process alive. index.js does that while calls are
/// pending.
type Wake = ThreadsafeFunction<(), (), Vec<Message>, Status, false, true>;

pub struct Outbox {
    queue: Arc<Mutex<Queue>>,
    wake: Wake,
}

impl Outbox {
    pub fn new(wake: &Function<Vec<Message>, ()>) -> napi::Result<Self> {
        let queue = Arc::<Mutex<Queue>>::default();
        let drained = queue.clone();
        let wake =
            wake.build_threadsafe_function().callee_handled::<false>().weak::<true>().build_callback(move |_| {
                Ok(take(&mut *drained.lock().unwrap_or_else(PoisonError::into_inner)).messages)
            })?;
        Ok(Self { queue, wake })
    }

    /// Queues a message. The first one wakes index.js, which takes all that are queued by then.
    pub fn send(&self, message: Message) {
        self.send_with_guards(message, Vec::new());
    }

    /// The same, and drops `guards` when index.js takes the message.
    pub fn send_with_guards(&self, message: Message, guards: Vec<Guard>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.messages.push(message);
        queue.guards.extend(guards);
        if queue.messages.len() == 1 {
            drop(queue);
            // Refused where the environment ends: then nobody waits any more.
            let _ = self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
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

    /// Drops `guard` when index.js has the outcome.
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
            self.complete(Err(Error::internal()));
        }
    }
}
