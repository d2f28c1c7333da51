//! A user store of the application's own: an object that has `has` and `add`, on whatever database.

use super::{about, bridge};
use crate::bridge::{Ask, Bridge, Task};
use crate::error::Result;
use crate::profile::Profile;

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
        let found = about(answer, user, &Profile::default())?;
        Ok(!found.is_empty())
    }

    /// Sees to it that `user` is registered, and known by `profile`: the store compares, so it gets every one. Whether they were not
    /// registered before, which `add` knows best where two logins race.
    pub async fn ensure(&self, user: &str, profile: &Profile) -> Result<bool> {
        let exists = self.exists(user).await?;
        if exists && profile.is_empty() {
            return Ok(false);
        }
        let added = about(self.bridge.call(Task::Add(user.to_owned(), profile.clone())).await, user, profile)?;
        Ok(!exists && !added.is_empty())
    }

    pub async fn probe(&self) -> Result<()> {
        self.exists(NOBODY).await.map(drop)
    }
}
