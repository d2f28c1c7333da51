//! A user store of the application's own: an object that has `has` and `add`, on whatever database.

use super::{about, bridge};
use crate::bridge::{Ask, Bridge, Task};
use crate::error::Result;

/// Whom `health` asks for: nobody's id, as it has none of WeChat's form.
const NOBODY: &str = "mpauthx-health-check";

pub struct Store {
    bridge: Bridge,
}

impl Store {
    pub fn new(ask: Ask) -> Self {
        Self { bridge: bridge(ask) }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let answer = self.bridge.call(Task::Has(user.to_owned())).await;
        let found = about(answer, user)?;
        Ok(!found.is_empty())
    }

    /// Registers `user` if they are not registered. Whether they were not, which `add` knows best where two
    /// logins race.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        if self.exists(user).await? {
            return Ok(false);
        }
        let added = about(self.bridge.call(Task::Add(user.to_owned())).await, user)?;
        Ok(!added.is_empty())
    }

    pub async fn probe(&self) -> Result<()> {
        self.exists(NOBODY).await.map(drop)
    }
}
