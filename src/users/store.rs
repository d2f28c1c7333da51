//! A user store of the application's own: an object that has `has` and `add`, on whatever database.

use super::bridge::{Ask, Bridge, Task};
use crate::error::Result;
use crate::profile::Profile;

/// Whom `health` asks for: nobody's id, as it has none of WeChat's form.
const NOBODY: &str = "mpauthx-health-check";

pub struct Store {
    bridge: Bridge,
}

impl Store {
    pub fn new(ask: Ask) -> Self {
        Self { bridge: Bridge(ask) }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let found = self.bridge.call(Task::Has(user.to_owned()), user, &Profile::default()).await?;
        Ok(!found.is_empty())
    }

    /// Sees to it that `user` is registered, and known by `profile`: the store compares, so it gets every one.
    pub async fn ensure(&self, user: &str, profile: &Profile) -> Result<()> {
        if profile.is_empty() && self.exists(user).await? {
            return Ok(());
        }
        self.bridge.call(Task::Add(user.to_owned(), profile.clone()), user, profile).await.map(drop)
    }

    pub async fn probe(&self) -> Result<()> {
        self.exists(NOBODY).await.map(drop)
    }
}
