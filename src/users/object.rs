//! The user table through the application's own database object.

use tokio::sync::OnceCell;

use super::{about, bridge, sql};
use crate::bridge::{Ask, Bridge, Statement, Task};
use crate::error::{Error, Result};
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
        Self { bridge: bridge(ask), binds, create_table, prepared: OnceCell::new() }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        self.says(user, &Profile::default()).await
    }

    /// Sees to it that `user` has a row that says what `profile` says. Whether there was no row of theirs.
    pub async fn ensure(&self, user: &str, profile: &Profile) -> Result<bool> {
        self.prepare().await?;
        let profile = self.writable(profile).await?;
        match self.says(user, &profile).await? {
            true => Ok(false),
            false => self.write(user, &profile).await,
        }
    }

    /// The same for a user who is known to have no such row.
    pub async fn add(&self, user: &str, profile: &Profile) -> Result<bool> {
        self.prepare().await?;
        let profile = self.writable(profile).await?;
        self.write(user, &profile).await
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.plain(Task::All(sql::PROBE.into())).await.map(drop)
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            let create = || async { self.plain(Task::Run(sql::CREATE_TABLE.into())).await.map(drop) };
            self.prepared.get_or_try_init(create).await?;
        }
        Ok(())
    }

    /// The part of `profile` that the table has columns for.
    async fn writable(&self, profile: &Profile) -> Result<Profile> {
        if profile.is_empty() {
            return Ok(Profile::default());
        }
        let columns = self.plain(Task::All(sql::COLUMNS.into())).await?;
        Ok(profile.clone().within(&columns))
    }

    async fn says(&self, user: &str, profile: &Profile) -> Result<bool> {
        let rows = self.about(Task::All, Statement::exists(user, profile), user, profile).await?;
        Ok(!rows.is_empty())
    }

    async fn write(&self, user: &str, profile: &Profile) -> Result<bool> {
        if let Some(update) = Statement::update(user, profile) {
            self.about(Task::Run, update, user, profile).await?;
        }
        let inserted = self.about(Task::Run, Statement::insert_missing(user, profile), user, profile).await?;
        Ok(!inserted.is_empty())
    }

    /// Asks about nobody.
    async fn plain(&self, task: Task) -> Result<Vec<String>> {
        self.bridge.call(task).await.map_err(Error::database)
    }

    async fn about(
        &self,
        task: fn(Statement) -> Task,
        statement: Statement,
        user: &str,
        profile: &Profile,
    ) -> Result<Vec<String>> {
        let statement = if self.binds { statement } else { statement.inlined() };
        about(self.bridge.call(task(statement)).await, user, profile)
    }
}
