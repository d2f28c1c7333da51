//! The user table through the application's database object.

use tokio::sync::OnceCell;

use super::{SqlStyle, host, reply_about, sql};
use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostCall, Statement};

pub struct Object {
    host: Host,
    style: SqlStyle,
    create_table: bool,
    prepared: OnceCell<()>,
}

impl Object {
    pub fn new(dispatch: Dispatch, style: SqlStyle, create_table: bool) -> Self {
        Self { host: host(dispatch), style, create_table, prepared: OnceCell::new() }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        let rows = self.call_about(user, HostCall::All, Statement::exists(user)).await?;
        Ok(!rows.is_empty())
    }

    /// Inserts a row of `user` where there is none. Returns whether there was none.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        match self.exists(user).await? {
            true => Ok(false),
            false => self.add(user).await,
        }
    }

    /// The same for a user who is known to have no row.
    pub async fn add(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        let changed = self.call_about(user, HostCall::Run, Statement::insert_missing(user)).await?;
        Ok(!changed.is_empty())
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.call(HostCall::All(sql::PROBE.into())).await
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            let create = || self.call(HostCall::Run(sql::CREATE_TABLE.into()));
            self.prepared.get_or_try_init(create).await?;
        }
        Ok(())
    }

    /// A call that is about no user.
    async fn call(&self, call: HostCall) -> Result<()> {
        self.host.call(call).await.map(drop).map_err(Error::database)
    }

    async fn call_about(
        &self,
        user: &str,
        call: fn(Statement) -> HostCall,
        statement: Statement,
    ) -> Result<Vec<String>> {
        let statement = match self.style {
            SqlStyle::Bound => statement,
            SqlStyle::Literal => statement.with_literals(),
        };
        reply_about(user, self.host.call(call(statement)).await)
    }
}
