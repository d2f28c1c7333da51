//! The verdicts on a batch of tokens, on their way out.

use std::mem::{replace, take};
use std::sync::{Arc, Mutex, PoisonError};

use super::outbox::{Checked, Held, Message, Outbox};
use crate::auth::Admission;
use crate::error::{Error, Result};

const NOT_YET: u8 = b'-';

/// The right to give the verdicts. Dropped early, by a panic say, it gives an error for those that are missing: no check is left pending.
pub struct Checks {
    batch: u32,
    outbox: Arc<Outbox>,
    progress: Mutex<Progress>,
}

struct Progress {
    /// For each token whether its verdict is out.
    settled: Vec<bool>,
    left: usize,
    /// The batch's admission, until the last verdict goes out.
    held: Vec<Held>,
}

impl Checks {
    pub fn new(batch: u32, count: usize, admission: Admission, outbox: Arc<Outbox>) -> Self {
        let progress = Progress { settled: vec![false; count], left: count, held: vec![Box::new(admission)] };
        Self { batch, outbox, progress: Mutex::new(progress) }
    }

    /// Gives verdicts on the tokens of these numbers. Errors that come together are one.
    pub fn settle(&self, verdicts: Vec<(usize, Result<bool>)>) {
        let Some(first) = verdicts.iter().map(|&(number, _)| number).min() else { return };
        let last = verdicts.iter().map(|&(number, _)| number).max().unwrap_or(first);
        let mut letters = vec![NOT_YET; last - first + 1];
        let mut failure = None;
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, verdict) in verdicts {
            if replace(&mut progress.settled[number], true) {
                continue;
            }
            progress.left -= 1;
            letters[number - first] = match verdict {
                Ok(true) => b'1',
                Ok(false) => b'0',
                Err(error) => {
                    failure = Some(error);
                    b'e'
                }
            };
        }
        let held = if progress.left == 0 { take(&mut progress.held) } else { Vec::new() };
        drop(progress);
        let checked = Checked {
            batch: self.batch,
            first: u32::try_from(first).unwrap_or(u32::MAX),
            verdicts: String::from_utf8_lossy(&letters).into_owned(),
            error: failure.map(Into::into),
        };
        self.outbox.send_holding(Message { checked: Some(checked), ..Message::default() }, held);
    }
}

impl Drop for Checks {
    fn drop(&mut self) {
        let Progress { settled, .. } = self.progress.get_mut().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<usize> = (0..settled.len()).filter(|&number| !settled[number]).collect();
        self.settle(missing.into_iter().map(|number| (number, Err(Error::internal()))).collect());
    }
}
