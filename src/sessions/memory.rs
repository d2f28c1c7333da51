//! The live tokens in a SQLite database in memory: for development, tests and demos. They end with this object.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, params};

use super::Health;
use crate::error::{Error, Result};
use crate::sqlite::Worker;
use crate::token::{Owner, Token};

/// Times are Unix milliseconds.
const CREATE: &str =
    "CREATE TABLE session (token TEXT PRIMARY KEY, user TEXT NOT NULL, sku TEXT NOT NULL, expires INTEGER NOT NULL);
                      CREATE INDEX session_owner ON session (user, sku);
                      CREATE INDEX session_expires ON session (expires);";

const FIND: &str =
    "SELECT token FROM session WHERE user = ?1 AND sku = ?2 AND expires > ?3 ORDER BY expires DESC LIMIT 1";

pub struct Memory {
    database: Worker<Connection>,
    /// Life of a token, in milliseconds.
    life: i64,
}

impl Memory {
    /// `Err` says why there can be no store.
    pub fn new(ttl: Duration) -> std::result::Result<Self, String> {
        let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
        database.execute_batch(CREATE).map_err(|error| error.to_string())?;
        let database = Worker::spawn(database).map_err(|error| error.to_string())?;
        Ok(Self { database, life: i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX) })
    }

    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        let owner = owner.clone();
        self.run(move |db| find(db, &owner)).await
    }

    pub async fn issue(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh, life) = (owner.clone(), Token::mint(owner)?, self.life);
        self.run(move |db| match find(db, &owner)? {
            Some(token) => Ok(token),
            None => insert(db, &owner, fresh, life),
        })
        .await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh, life) = (owner.clone(), Token::mint(owner)?, self.life);
        self.run(move |db| {
            let change = db.transaction()?;
            change.execute("DELETE FROM session WHERE user = ?1 AND sku = ?2", params![owner.user, owner.sku])?;
            let token = insert(&change, &owner, fresh, life)?;
            change.commit()?;
            Ok(token)
        })
        .await
    }

    pub async fn contains(&self, token: &Token) -> Result<bool> {
        let token = token.as_str().to_owned();
        self.run(move |db| {
            db.prepare_cached("SELECT 1 FROM session WHERE token = ?1 AND expires > ?2")?.exists(params![token, now()])
        })
        .await
    }

    pub async fn health(&self) -> Health {
        let start = Instant::now();
        let asked = self.run(|db| db.query_row("SELECT 1", [], |_| Ok(()))).await;
        Health { latency: asked.map(|()| start.elapsed()), warnings: Vec::new() }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.database.run(work).await.ok_or_else(Error::internal)?.map_err(Error::database)
    }
}

fn find(db: &Connection, owner: &Owner) -> rusqlite::Result<Option<Token>> {
    let text: Option<String> =
        db.prepare_cached(FIND)?.query_row(params![owner.user, owner.sku, now()], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| Token::parse(&text)))
}

fn insert(db: &Connection, owner: &Owner, token: Token, life: i64) -> rusqlite::Result<Token> {
    let now = now();
    db.prepare_cached("DELETE FROM session WHERE expires <= ?1")?.execute([now])?;
    db.prepare_cached("INSERT INTO session (token, user, sku, expires) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        token.as_str(),
        owner.user,
        owner.sku,
        now.saturating_add(life)
    ])?;
    Ok(token)
}

fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
