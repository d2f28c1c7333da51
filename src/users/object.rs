//! The user table through the application's own database object. What is asked crosses into JavaScript as a [`Question`].

use std::time::Duration;

use tokio::sync::{OnceCell, oneshot};
use tokio::time::timeout;

use super::sql;
use crate::error::{Error, Result};

/// How long the object may take for one statement: `sqlite3` queues behind the application's own.
const PATIENCE: Duration = Duration::from_secs(10);

/// WeChat's ids have 28 characters; what is shorter than this is none.
const SHORTEST_ID: usize = 12;

/// The object's method to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    All,
    Run,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Run => "run",
        }
    }
}

/// A statement for the object, and where its answer goes.
pub struct Question {
    pub method: Method,
    pub sql: String,
    /// The value of the statement's parameter, if it has one.
    pub parameter: Option<String>,
    pub reply: oneshot::Sender<Answer>,
}

/// Whether there were rows, or the cause of the failure.
pub type Answer = std::result::Result<bool, String>;

type Ask = Box<dyn Fn(Question) + Send + Sync>;

pub struct Object {
    ask: Ask,
    /// Whether the object takes bound parameters. One that is not known gets 1.3.2's calls, with the id written into the statement.
    binds: bool,
    create_table: bool,
    prepared: OnceCell<()>,
}

impl Object {
    pub fn new(ask: Ask, binds: bool, create_table: bool) -> Self {
        Self { ask, binds, create_table, prepared: OnceCell::new() }
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
        self.about(Method::All, sql::EXISTS, user).await
    }

    pub async fn ensure(&self, user: &str) -> Result<()> {
        match self.exists(user).await? {
            true => Ok(()),
            false => self.add(user).await,
        }
    }

    /// Adds a row for `user`, where there is none.
    pub async fn add(&self, user: &str) -> Result<()> {
        self.prepare().await?;
        self.about(Method::Run, sql::ENSURE, user).await.map(drop)
    }

    pub async fn probe(&self) -> Result<()> {
        self.prepare().await?;
        self.call(Method::All, sql::PROBE.to_owned(), None).await.map(drop).map_err(Error::database)
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            let create = || self.call(Method::Run, sql::CREATE_TABLE.to_owned(), None);
            self.prepared.get_or_try_init(|| async { create().await.map(drop).map_err(Error::database) }).await?;
        }
        Ok(())
    }

    /// Runs a statement about `user`.
    async fn about(&self, method: Method, statement: &str, user: &str) -> Result<bool> {
        let answer = match self.binds {
            true => self.call(method, statement.to_owned(), Some(user.to_owned())).await,
            false => self.call(method, sql::inline(statement, user), None).await,
        };
        // The cause is the object's own text: it may repeat the id. Something shorter than any id of WeChat's may be a word of it.
        answer.map_err(|cause| match user.len() < SHORTEST_ID {
            true => Error::database(cause),
            false => Error::database(cause.replace(user, "***")),
        })
    }

    async fn call(&self, method: Method, sql: String, parameter: Option<String>) -> Answer {
        let (reply, answer) = oneshot::channel();
        (self.ask)(Question { method, sql, parameter, reply });
        match timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err("the database object can no longer be asked".to_owned()),
            Err(_) => Err(format!("the database object did not answer within {} s", PATIENCE.as_secs())),
        }
    }
}
