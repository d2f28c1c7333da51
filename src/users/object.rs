//! The user table through the application's own database object.

use tokio::sync::OnceCell;

use super::{about, host, sql};
use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostCall, Statement};

pub struct Object {
    host: Host,
    /// Whether the object takes bound parameters. One that is not known gets 1.3.2's calls, with the values written into the statement.
    binds: bool,
    create_table: bool,
    prepared: OnceCell<()>,
}

impl Object {
    pub fn new(ask: Dispatch, binds: bool, create_table: bool) -> Self {
        Self { host: host(ask), binds, create_table, prepared: OnceCell::new() }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        let rows = self.about(HostCall::All, Statement::exists(user), user).await?;
        Ok(!rows.is_empty())
    }

    /// Adds a row of `user` where there is none. Whether there was none.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        match self.exists(user).await? {
            true => Ok(false),
            false => self.add(user).await,
        }
    }

    /// The same for a user who is known to have no row.
    pub async fn add(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        let inserted = self.about(HostCall::Run, Statement::insert_missing(user), user).await?;
        Ok(!inserted.is_empty())
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.plain(HostCall::All(sql::PROBE.into())).await.map(drop)
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            let create = || async { self.plain(HostCall::Run(sql::CREATE_TABLE.into())).await.map(drop) };
            self.prepared.get_or_try_init(create).await?;
        }
        Ok(())
    }

    /// Asks about nobody.
    async fn plain(&self, task: HostCall) -> Result<Vec<String>> {
        self.host.call(task).await.map_err(Error::database)
    }

    async fn about(&self, task: fn(Statement) -> HostCall, statement: Statement, user: &str) -> Result<Vec<String>> {
        let statement = if self.binds { statement } else { statement.inlined() };
        about(self.host.call(task(statement)).await, user)
    }
}
