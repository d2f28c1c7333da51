//! The ids of sessions. An id names a session in every process and store, through all rotations,
//! and does not lead to its token: it is an HMAC under a key that the token store keeps.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::error::Result;
use crate::hex;
use crate::sessions::Sessions;
use crate::token::Token;

/// Hex digits of an id.
const DIGITS: usize = 32;

/// How long the key is known without another look: who empties a store makes another one.
const MAX_AGE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub struct SessionIds {
    current: Mutex<Option<(Arc<Key>, Instant)>>,
}

impl SessionIds {
    /// The key, where it was read lately.
    pub fn known(&self) -> Option<Arc<Key>> {
        self.current().as_ref().filter(|(_, read)| read.elapsed() < MAX_AGE).map(|(key, _)| key.clone())
    }

    /// The key as of now, or as it was where the store cannot be asked.
    pub async fn key(&self, sessions: &Sessions) -> Result<Arc<Key>> {
        if let Some(key) = self.known() {
            return Ok(key);
        }
        let known = self.current().clone();
        match (sessions.id_key().await, known) {
            (Ok(secret), _) => {
                let key = Arc::new(Key::new(HMAC_SHA256, secret.as_bytes()));
                *self.current() = Some((key.clone(), Instant::now()));
                Ok(key)
            }
            (Err(_), Some((key, _))) => Ok(key),
            (Err(error), None) => Err(error),
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<(Arc<Key>, Instant)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of the session of `token`.
pub fn session_id(key: &Key, token: &Token) -> String {
    hex::encode(&sign(key, token.full_session().as_bytes()).as_ref()[..DIGITS / 2])
}
