//! A user store of the application's own: an object with `has` and `add`, and perhaps `remove`, on
//! any database.

use super::{host, reply_about};
use crate::error::Result;
use crate::host::{Dispatch, Host, HostCall};

/// `health` asks for this user. It is nobody's id, as it has not the form of WeChat's.
const NOBODY: &str = "mpauthx-health-check";

pub struct Store {
    host: Host,
}

impl Store {
    pub fn new(dispatch: Dispatch) -> Self {
        Self { host: host(dispatch) }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let reply = self.host.call(HostCall::Has(user.to_owned())).await;
        Ok(!reply_about(user, reply)?.is_empty())
    }

    /// Registers `user` where they are not registered. Returns whether they were not: `add` knows
    /// that best where two logins race.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        if self.exists(user).await? {
            return Ok(false);
        }
        let reply = self.host.call(HostCall::Add(user.to_owned())).await;
        Ok(!reply_about(user, reply)?.is_empty())
    }

    /// Removes `user`, where the store has a way to.
    pub async fn remove(&self, user: &str) -> Result<()> {
        let reply = self.host.call(HostCall::Remove(user.to_owned())).await;
        reply_about(user, reply).map(drop)
    }

    pub async fn probe(&self) -> Result<()> {
        self.exists(NOBODY).await.map(drop)
    }
}
