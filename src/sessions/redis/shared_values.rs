//! Values that all processes share, each for a while.

use std::time::Duration;

use redis::{Cmd, cmd};

use super::{Redis, keys, milliseconds};
use crate::error::Result;
use crate::token::random_hex;

impl Redis {
    pub async fn get(&self, name: &str) -> Result<Option<String>> {
        self.link.query(&Cmd::get(keys::shared(name))).await
    }

    pub async fn set(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let mut set = cmd("SET");
        set.arg(keys::shared(name)).arg(value).arg("PX").arg(milliseconds(life));
        self.link.query(&set).await
    }

    pub async fn replace(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        self.keep_value(name, Some(value), life, true).await
    }

    pub async fn keep(&self, name: &str, value: Option<&str>, life: Duration) -> Result<()> {
        self.keep_value(name, value, life, false).await
    }

    async fn keep_value(&self, name: &str, value: Option<&str>, life: Duration, replace: bool) -> Result<()> {
        let (key, life) = (keys::shared(name), milliseconds(life));
        self.link.run(|connection| self.scripts.keep(connection, &key, value, life, replace)).await
    }

    /// `value` is nobody else's: where a reply was lost and the step repeated, it is already there.
    pub async fn set_if_absent(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let mut set = cmd("SET");
        set.arg(keys::shared(name)).arg(value).arg("NX").arg("PX").arg(milliseconds(life));
        let done: Option<String> = self.link.query(&set).await?;
        Ok(done.is_some() || self.get(name).await?.as_deref() == Some(value))
    }

    /// Made by whoever is first.
    pub async fn id_key(&self) -> Result<String> {
        let mut set = cmd("SET");
        set.arg(keys::ID_KEY).arg(random_hex(64)?).arg("NX");
        self.link.query::<()>(&set).await?;
        self.link.query(&Cmd::get(keys::ID_KEY)).await
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        self.link.query(&Cmd::del(keys::shared(name))).await
    }

    pub async fn delete_own(&self, name: &str, value: &str) -> Result<()> {
        let key = keys::shared(name);
        self.link.run(|connection| self.scripts.delete_own(connection, &key, value)).await
    }
}
