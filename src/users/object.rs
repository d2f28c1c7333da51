//! The user table through the application's own database object.

use tokio::sync::OnceCell;

use super::bridge::{Ask, Bridge, Task};
use super::sql::{self, Statement};
use crate::error::Result;
use crate::profile::Profile;

pub struct Object {
    bridge: Bridge,
    /// Whether the object takes bound parameters. One that is not known gets 1.3.2's calls, with the values written into the statement.
    binds: bool,
    create_table: bool,
    prepared: OnceCell<()>,
}

impl Object {
    pub fn new(ask: Ask, binds: bool, create_table: bool) -> Self {
        Self { bridge: Bridge(ask), binds, create_table, prepared: OnceCell::new() }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        self.says(user, &Profile::default()).await
    }

    /// Sees to it that `user` has a row that says what `profile` says.
    pub async fn ensure(&self, user: &str, profile: &Profile) -> Result<()> {
        self.prepare().await?;
        let profile = self.writable(profile).await?;
        match self.says(user, &profile).await? {
            true => Ok(()),
            false => self.write(user, &profile).await,
        }
    }

    /// The same for a user who is known to have no such row.
    pub async fn add(&self, user: &str, profile: &Profile) -> Result<()> {
        self.prepare().await?;
        let profile = self.writable(profile).await?;
        self.write(user, &profile).await
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.bridge.call_plain(Task::All(sql::PROBE.into())).await.map(drop)
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            let create = || async { self.bridge.call_plain(Task::Run(sql::CREATE_TABLE.into())).await.map(drop) };
            self.prepared.get_or_try_init(create).await?;
        }
        Ok(())
    }

    /// The part of `profile` that the table has columns for.
    async fn writable(&self, profile: &Profile) -> Result<Profile> {
        if profile.is_empty() {
            return Ok(Profile::default());
        }
        let columns = self.bridge.call_plain(Task::All(sql::COLUMNS.into())).await?;
        Ok(profile.clone().within(&columns))
    }

    async fn says(&self, user: &str, profile: &Profile) -> Result<bool> {
        let rows = self.about(Task::All, Statement::exists(user, profile), user, profile).await?;
        Ok(!rows.is_empty())
    }

    async fn write(&self, user: &str, profile: &Profile) -> Result<()> {
        if let Some(update) = Statement::update(user, profile) {
            self.about(Task::Run, update, user, profile).await?;
        }
        self.about(Task::Run, Statement::insert_missing(user, profile), user, profile).await.map(drop)
    }

    async fn about(
        &self,
        task: fn(Statement) -> Task,
        statement: Statement,
        user: &str,
        profile: &Profile,
    ) -> Result<Vec<String>> {
        let statement = if self.binds { statement } else { statement.inlined() };
        self.bridge.call(task(statement), user, profile).await
    }
}
