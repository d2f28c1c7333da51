//! The message push: what WeChat sends to the application's server, each of it once.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::token::random_hex;
use crate::wechat::{PUSH_LIFE, PUSH_REPEATS, PushQuery, Pushed};

/// Hex digits by which a call knows its own note that a push came.
const MARK_DIGITS: usize = 32;

/// How long to wait before a note is taken back that could not be: well before WeChat sends the
/// push again.
const TAKE_BACK_INTERVAL: Duration = Duration::from_millis(500);

const NOT_CONFIGURED: &str =
    "options.wechat.push is not set: it has the token and the encodingAESKey of WeChat's console";

/// That a push came, as the token store has it.
#[derive(Clone)]
pub struct Note {
    pub name: String,
    /// No other call's note says the same.
    pub mark: String,
}

/// A push that came for the first time.
pub struct Received {
    /// The message as JSON; None for the question whether the server is there.
    pub message: Option<String>,
    pub note: Note,
}

impl Auth {
    /// Reads a push. That it came is noted where all processes see it, and only when WeChat has
    /// made it: strangers fill nothing.
    pub async fn receive(self: &Arc<Self>, admission: &Admission, query: &PushQuery, body: &[u8]) -> Result<Received> {
        admission.check()?;
        let push = self.dependencies.push.as_ref();
        let push = push.ok_or_else(|| Error::push_refused(NOT_CONFIGURED).by_configuration())?;
        let Pushed { message, name } = push.open(query, body, now())?;
        let note = Note { name, mark: random_hex(MARK_DIGITS)? };
        match self.sessions().set_if_absent(&note.name, &note.mark, PUSH_LIFE).await {
            Ok(true) => Ok(Received { message, note }),
            Ok(false) => Err(Error::push_refused("it was received before")),
            Err(error) => {
                // The note may have been made all the same.
                self.take_back_later(note);
                Err(error)
            }
        }
    }

    /// Forgets that a push came: the application could not work on it, and WeChat sends it again.
    pub async fn give_back(self: &Arc<Self>, admission: &Admission, note: Note) -> Result<()> {
        admission.check()?;
        let taken = self.take_back(&note).await;
        if taken.is_err() {
            self.take_back_later(note);
        }
        taken
    }

    async fn take_back(&self, note: &Note) -> Result<()> {
        self.sessions().delete_own(&note.name, &note.mark).await
    }

    /// Takes a note back when the token store works again, for as long as WeChat may send the push
    /// again: it would be refused.
    fn take_back_later(self: &Arc<Self>, note: Note) {
        let auth = self.clone();
        let end = Instant::now() + PUSH_REPEATS;
        tokio::spawn(async move {
            while auth.is_open() && auth.take_back(&note).await.is_err() && Instant::now() < end {
                sleep(TAKE_BACK_INTERVAL).await;
            }
        });
    }
}

/// The time in Unix seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
