//! A user store of the application's own: an object that has `has` and `add`, on whatever database.

use super::{about, host};
use crate::error::Result;
use crate::host::{Dispatch, Host, HostCall};

/// Whom `health` asks for: nobody's id, as it has none of WeChat's form.
const NOBODY: &str = "mpauthx-health-check";

pub struct Store {
    host: Host,
}

impl Store {
    pub fn new(ask: Dispatch) -> Self {
        Self { host: host(ask) }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let answer = self.host.call(HostCall::Has(user.to_owned())).await;
        let found = about(answer, user)?;
        Ok(!found.is_empty())
    }

    /// Registers `user` if they are not registered. Whether they were not, which `add` knows best where two
    /// logins race.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        if self.exists(user).await? {
            return Ok(false);
        }
        let added = about(self.host.call(HostCall::Add(user.to_owned())).await, user)?;
        Ok(!added.is_empty())
    }

    pub async fn probe(&self) -> Result<()> {
        self.exists(NOBODY).await.map(drop)
    }
}
