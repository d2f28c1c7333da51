//! A thread that owns a value and runs jobs on it, one after the other.
//!
//! A plain thread, not tokio's blocking pool: a job that takes long there delays the end of the
//! process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::oneshot;

use crate::thread;

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

pub struct Worker<S> {
    jobs: Sender<Job<S>>,
}

impl<S: Send + 'static> Worker<S> {
    /// Starts a thread that ends when this handle is dropped and its jobs are done.
    pub fn spawn(mut state: S) -> std::io::Result<Self> {
        let (jobs, queue) = channel::<Job<S>>();
        thread::spawn("mpauthx-sqlite", move || {
            for job in queue {
                // A job that panics drops the sender of its answer, which its caller sees; the next
                // job must still run.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut state)));
            }
        })?;
        Ok(Self { jobs })
    }

    /// What `job` returns; None where it panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce(&mut S) -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job<S> = Box::new(move |state| {
            let _ = answer.send(job(state));
        });
        self.jobs.send(job).ok()?;
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panicking_job_answers_none_and_the_next_one_runs() {
        let worker = Worker::spawn(1).unwrap();
        assert_eq!(worker.run(|_| -> i32 { panic!("as intended") }).await, None);
        assert_eq!(worker.run(|n| *n + 1).await, Some(2));
    }
}
