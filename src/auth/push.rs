//! The message push: what WeChat sends to the application's server, each of it once.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::token::random_hex;
use crate::wechat::{PUSH_LIFE, PushQuery, Pushed};

/// Hex digits by which a call knows its own note that a push came.
const NAME_DIGITS: usize = 32;

const NOT_CONFIGURED: &str =
    "options.wechat.push is not set: it has the token and the encodingAESKey of WeChat's console";

impl Auth {
    /// Reads a push. That it came is noted where all processes see it, and only when WeChat has
    /// made it: strangers fill nothing.
    pub async fn receive(&self, admission: &Admission, query: &PushQuery, body: &[u8]) -> Result<Pushed> {
        admission.check()?;
        let push = self.dependencies.push.as_ref();
        let push = push.ok_or_else(|| Error::push_refused(NOT_CONFIGURED).by_configuration())?;
        let pushed = push.open(query, body, now())?;
        match self.sessions().set_if_absent(&pushed.name, &random_hex(NAME_DIGITS)?, PUSH_LIFE).await? {
            true => Ok(pushed),
            false => Err(Error::push_refused("it was received before")),
        }
    }

    /// Forgets that the push `name` came: the application could not work on it, and WeChat sends it
    /// again.
    pub async fn give_back(&self, admission: &Admission, name: &str) -> Result<()> {
        admission.check()?;
        self.sessions().delete(name).await
    }
}

/// The time in Unix seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
