//! Values that all processes share, each for a while.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::{Redis, keys, milliseconds};
use crate::error::Result;

impl Redis {
    pub async fn get(&self, name: &str) -> Result<Option<String>> {
        self.link.query(&Cmd::get(keys::shared(name))).await
    }

    pub async fn set(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let mut set = cmd("SET");
        set.arg(keys::shared(name)).arg(value).arg("PX").arg(milliseconds(life));
        self.link.query(&set).await
    }

    pub async fn set_if_absent(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let mut set = cmd("SET");
        set.arg(keys::shared(name)).arg(value).arg("NX").arg("PX").arg(milliseconds(life));
        let done: Option<String> = self.link.query(&set).await?;
        Ok(done.is_some())
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        self.link.query(&Cmd::del(keys::shared(name))).await
    }
}
