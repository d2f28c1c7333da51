//! A batch of checks, and its verdicts on their way out.

use std::mem::{replace, take};
use std::sync::{Arc, Mutex, PoisonError};

use super::outbox::{Guard, Outbox};
use super::runtime::error_of_panic;
use super::types::{Checked, Message};
use crate::auth::{Admission, Auth, too_many_calls};
use crate::error::Result;
use crate::sessions::Verdict;
use crate::token::Token;

const NOT_YET: u8 = b'-';

/// The tokens of a batch, one in each line. A token alone may hold line breaks.
pub struct Tokens {
    pub text: String,
    pub count: u32,
}

impl Tokens {
    fn lines(&self) -> Vec<&str> {
        if self.count == 1 { vec![&self.text] } else { self.text.split('\n').collect() }
    }
}

/// The right to give the verdicts. Dropped early, by a panic say, it gives an error for those that
/// are missing, so that no check stays pending.
pub struct Batch {
    number: u32,
    outbox: Arc<Outbox>,
    progress: Mutex<Progress>,
}

struct Progress {
    /// For each token whether its verdict is out.
    settled: Vec<bool>,
    left: usize,
    /// The batch's admission, until the last verdict is out.
    guards: Vec<Guard>,
}

impl Batch {
    pub fn new(number: u32, count: u32, admission: Admission, outbox: Arc<Outbox>) -> Self {
        let left = count as usize;
        let progress = Progress { settled: vec![false; left], left, guards: vec![Box::new(admission)] };
        Self { number, outbox, progress: Mutex::new(progress) }
    }

    /// Checks `tokens`, of which the first `admitted` were admitted.
    pub async fn run(self, auth: &Auth, tokens: Tokens, admitted: u32, is_closed: bool) {
        let lines = tokens.lines();
        let (lines, refused) = lines.split_at(admitted as usize);
        self.settle((0..refused.len()).map(|i| (lines.len() + i, Err(too_many_calls()))).collect());
        let mut numbers = Vec::with_capacity(lines.len());
        let mut candidates = Vec::with_capacity(lines.len());
        let mut malformed = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            match Token::parse(line) {
                Some(token) => {
                    numbers.push(number);
                    candidates.push(token);
                }
                None => malformed.push((number, Ok(Verdict::Dead))),
            }
        }
        self.settle(malformed);
        let settle = |verdicts: Vec<(usize, Result<Verdict>)>| {
            self.settle(verdicts.into_iter().map(|(i, verdict)| (numbers[i], verdict)).collect());
        };
        auth.check(is_closed, &candidates, settle).await;
    }

    /// Sends verdicts on the tokens of these numbers. Errors that come together are one.
    fn settle(&self, verdicts: Vec<(usize, Result<Verdict>)>) {
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
                Ok(Verdict::Dead) => b'0',
                Ok(Verdict::Live | Verdict::Session(_)) => b'1',
                Err(error) => {
                    failure = Some(error);
                    b'e'
                }
            };
        }
        let guards = if progress.left == 0 { take(&mut progress.guards) } else { Vec::new() };
        drop(progress);
        let checked = Checked {
            batch: self.number,
            first: u32::try_from(first).unwrap_or(u32::MAX),
            verdicts: String::from_utf8_lossy(&letters).into_owned(),
            error: failure.map(Into::into),
        };
        self.outbox.send_with_guards(Message { checked: Some(checked), ..Message::default() }, guards);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let Progress { settled, .. } = self.progress.get_mut().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<usize> = (0..settled.len()).filter(|&number| !settled[number]).collect();
        if !missing.is_empty() {
            let error = error_of_panic();
            self.settle(missing.into_iter().map(|number| (number, Err(error.clone()))).collect());
        }
    }
}
