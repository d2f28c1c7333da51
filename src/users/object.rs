//! The user table through the application's database object.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;

use super::{SqlStyle, host, reply_about, sql};
use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostCall, Statement};

pub struct Object {
    host: Host,
    style: SqlStyle,
    create_table: bool,
    prepared: OnceCell<()>,
    is_retired: AtomicBool,
    /// Whether the user table is a view. Known once a user was added.
    is_view: OnceCell<bool>,
}

impl Object {
    pub fn new(dispatch: Dispatch, style: SqlStyle, create_table: bool) -> Self {
        Self {
            host: host(dispatch),
            style,
            create_table,
            prepared: OnceCell::new(),
            is_retired: AtomicBool::new(false),
            is_view: OnceCell::new(),
        }
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
        let mut added = None;
        let look = async || match self.style {
            SqlStyle::Bound => {
                self.finds_view(user, |is_view| format!("SELECT 1 WHERE {is_view}").as_str().into()).await
            }
            // `run` comes next, and every statement names the user: test doubles for 1.3.2 know no
            // other calls.
            SqlStyle::Literal => {
                let has_changed = self.insert(user).await?;
                let in_view = |is_view: &str| Statement::exists_in_view(user, is_view);
                let is_view = !has_changed && self.finds_view(user, in_view).await?;
                added = Some(has_changed || is_view);
                Ok(is_view)
            }
        };
        let is_view = *self.is_view.get_or_try_init(look).await?;
        match added {
            Some(added) => Ok(added),
            None if is_view => self.insert_into_view(user).await,
            None => self.insert(user).await,
        }
    }

    /// Deletes the rows of `user`.
    pub async fn remove(&self, user: &str) -> Result<()> {
        self.prepare().await?;
        self.call_about(user, HostCall::Run, Statement::delete(user)).await.map(drop)
    }

    /// Whether that has changed rows, as far as the object tells.
    async fn insert(&self, user: &str) -> Result<bool> {
        let changed = self.call_about(user, HostCall::Run, Statement::insert_missing(user)).await?;
        Ok(!changed.is_empty())
    }

    async fn insert_into_view(&self, user: &str) -> Result<bool> {
        let returned = self.call_about(user, HostCall::All, Statement::insert_missing_into_view(user)).await;
        match returned {
            // SQLite before 3.35. The user had no row, so it is most likely ours.
            Err(error) if error.message.contains("RETURNING") => self.insert(user).await.map(|_| true),
            returned => Ok(!returned?.is_empty()),
        }
    }

    /// Whether a statement finds something that has one of the conditions `IS_VIEW`.
    async fn finds_view(&self, user: &str, statement: impl Fn(&str) -> Statement) -> Result<bool> {
        let [newer, older] = sql::IS_VIEW.map(statement);
        let found = match self.call_about(user, HostCall::All, newer).await {
            Err(_) => self.call_about(user, HostCall::All, older).await?,
            Ok(found) => found,
        };
        Ok(!found.is_empty())
    }

    /// From now on no table is created.
    pub fn retire(&self) {
        self.is_retired.store(true, Ordering::Release);
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.call(HostCall::All(sql::PROBE.into())).await
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table && !self.is_retired.load(Ordering::Acquire) {
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
