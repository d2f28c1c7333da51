//! A batch of checks, and its verdicts on their way out.

use std::fmt::Write;
use std::mem::{replace, take};
use std::sync::{Arc, Mutex, PoisonError};

use super::outbox::{Guard, Outbox};
use super::runtime::error_of_panic;
use super::types::{Checked, Message};
use crate::auth::{Admission, Auth, Inspected, Verified, closed, too_many_calls};
use crate::error::Result;
use crate::sessions::{Asked, Verdict};
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

/// What is found of a token.
enum Finding {
    Dead,
    Live,
    Session(Box<Inspected>),
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
    pub async fn run(self, auth: &Auth, tokens: Tokens, asked: Asked, admitted: u32, is_closed: bool) {
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
                None => malformed.push((number, Ok(Finding::Dead))),
            }
        }
        self.settle(malformed);
        if asked == Asked::Session {
            if is_closed {
                return self.settle(numbers.iter().map(|&number| (number, Err(closed()))).collect());
            }
            let settle = |found: Vec<(usize, Result<Verified>)>| {
                let finding =
                    |found: Verified| found.map_or(Finding::Dead, |session| Finding::Session(Box::new(session)));
                self.settle(found.into_iter().map(|(i, found)| (numbers[i], found.map(finding))).collect());
            };
            return auth.verify(&candidates, settle).await;
        }
        let settle = |verdicts: Vec<(usize, Result<Verdict>)>| {
            let finding = |verdict: Verdict| if let Verdict::Dead = verdict { Finding::Dead } else { Finding::Live };
            self.settle(verdicts.into_iter().map(|(i, verdict)| (numbers[i], verdict.map(finding))).collect());
        };
        auth.check(is_closed, &candidates, settle).await;
    }

    /// Sends verdicts on the tokens of these numbers. Errors that come together are one.
    fn settle(&self, verdicts: Vec<(usize, Result<Finding>)>) {
        let Some(first) = verdicts.iter().map(|&(number, _)| number).min() else { return };
        let last = verdicts.iter().map(|&(number, _)| number).max().unwrap_or(first);
        let mut letters = vec![NOT_YET; last - first + 1];
        let mut failure = None;
        let mut sessions: Vec<Option<Box<Inspected>>> = Vec::new();
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, verdict) in verdicts {
            if replace(&mut progress.settled[number], true) {
                continue;
            }
            progress.left -= 1;
            letters[number - first] = match verdict {
                Ok(Finding::Dead) => b'0',
                Ok(Finding::Live) => b'1',
                Ok(Finding::Session(session)) => {
                    sessions.resize_with(last - first + 1, || None);
                    sessions[number - first] = Some(session);
                    b'1'
                }
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
            sessions: (!sessions.is_empty()).then(|| sessions_json(&sessions)),
            error: failure.map(Into::into),
        };
        self.outbox.send_with_guards(Message { checked: Some(checked), ..Message::default() }, guards);
    }
}

/// JSON of what JavaScript makes sessions of: plain arrays, as there may be thousands a second.
fn sessions_json(sessions: &[Option<Box<Inspected>>]) -> String {
    let mut json = String::with_capacity(96 * sessions.len());
    for found in sessions {
        json.push(if json.is_empty() { '[' } else { ',' });
        let Some(Inspected { session, id, open_id, .. }) = found.as_deref() else {
            json.push_str("null");
            continue;
        };
        json.extend(["[\"", id, "\""]);
        for time in [Some(session.issued), session.expires, session.seen] {
            push_number(&mut json, time);
        }
        for text in [session.notes.device.as_deref(), open_id.as_deref()] {
            push_text(&mut json, text);
        }
        json.push(']');
    }
    json.push(']');
    json
}

fn push_number(json: &mut String, number: Option<u64>) {
    // A String takes all that is written to it.
    let _ = match number {
        Some(number) => write!(json, ",{number}"),
        None => json.write_str(",null"),
    };
}

fn push_text(json: &mut String, text: Option<&str>) {
    json.push(',');
    match text {
        None => json.push_str("null"),
        Some(plain) if plain.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') => {
            json.extend(["\"", plain, "\""]);
        }
        Some(text) => json.push_str(&serde_json::to_string(text).unwrap_or_default()),
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
