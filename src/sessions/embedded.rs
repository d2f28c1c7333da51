//! The live tokens in a SQLite database: in a file that several processes may share, or in memory, where they end with this object.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::Health;
use crate::error::{Error, Result};
use crate::sqlite::{Access, File, Worker};
use crate::token::{Owner, Token};

/// Times are Unix milliseconds. The names leave room for the application's own tables in the same file.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS mpauthx_session (token TEXT PRIMARY KEY NOT NULL, user TEXT NOT NULL, sku TEXT NOT NULL, expires INTEGER NOT NULL);
                      CREATE INDEX IF NOT EXISTS mpauthx_session_owner ON mpauthx_session (user, sku, expires);
                      CREATE INDEX IF NOT EXISTS mpauthx_session_expires ON mpauthx_session (expires);";

const FIND: &str =
    "SELECT token FROM mpauthx_session WHERE user = ?1 AND sku = ?2 AND expires > ?3 ORDER BY expires DESC LIMIT 1";

/// A few at each login: the table shrinks as fast as it grows, and no login has to clear away what a busy month left.
const CLEAR: &str =
    "DELETE FROM mpauthx_session WHERE rowid IN (SELECT rowid FROM mpauthx_session WHERE expires <= ?1 LIMIT 10)";

enum Database {
    Memory(Worker<Connection>),
    File(Worker<File>),
}

pub struct Embedded {
    database: Database,
    /// Life of a token, in milliseconds.
    life: i64,
}

impl Embedded {
    /// For development, tests and demos. `Err` says why there can be no store.
    pub fn in_memory(ttl: Duration) -> std::result::Result<Self, String> {
        let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
        database.execute_batch(CREATE).map_err(|error| error.to_string())?;
        let database = Worker::spawn(database).map_err(|error| error.to_string())?;
        Ok(Self { database: Database::Memory(database), life: milliseconds(ttl) })
    }

    /// The file is made where it is missing, by the first call.
    pub fn in_file(path: PathBuf, ttl: Duration) -> std::result::Result<Self, String> {
        let file =
            Worker::spawn(File::new(path, Access::ReadWrite, Some(prepare))).map_err(|error| error.to_string())?;
        Ok(Self { database: Database::File(file), life: milliseconds(ttl) })
    }

    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        let owner = owner.clone();
        self.run(move |db| find(db, &owner)).await
    }

    pub async fn issue(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh, life) = (owner.clone(), Token::mint(owner)?, self.life);
        self.change(move |db| match find(db, &owner)? {
            Some(token) => Ok(token),
            None => insert(db, &owner, fresh, life),
        })
        .await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh, life) = (owner.clone(), Token::mint(owner)?, self.life);
        self.change(move |db| {
            db.execute("DELETE FROM mpauthx_session WHERE user = ?1 AND sku = ?2", params![owner.user, owner.sku])?;
            insert(db, &owner, fresh, life)
        })
        .await
    }

    pub async fn contains(&self, token: &Token) -> Result<bool> {
        let token = token.as_str().to_owned();
        self.run(move |db| {
            db.prepare_cached("SELECT 1 FROM mpauthx_session WHERE token = ?1 AND expires > ?2")?
                .exists(params![token, now()])
        })
        .await
    }

    pub fn kind(&self) -> &'static str {
        match self.database {
            Database::Memory(_) => "memory",
            Database::File(_) => "file",
        }
    }

    pub async fn health(&self) -> Health {
        let start = Instant::now();
        let asked = self.run(|db| db.prepare_cached("SELECT 1 FROM mpauthx_session LIMIT 1")?.exists([])).await;
        Health { latency: asked.map(|_| start.elapsed()), warnings: Vec::new() }
    }

    /// Lets the file go, whole.
    pub async fn close(&self) {
        if let Database::File(file) = &self.database {
            file.run(File::release).await;
        }
    }

    /// Runs `work` as one change that other processes see whole or not at all. It holds the write lock from its beginning: a lock
    /// that is taken after reading is refused where another process wrote in between.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(|db| {
            let change = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
            let done = work(&change)?;
            change.commit()?;
            Ok(done)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = match &self.database {
            Database::Memory(database) => database.run(move |db| work(db).map_err(Error::database)).await,
            Database::File(file) => {
                let deadline = File::deadline(Access::ReadWrite);
                file.run(move |file| file.with(deadline, work).map_err(Error::database)).await
            }
        };
        done.ok_or_else(Error::internal)?
    }
}

/// Makes the tables. A database that holds nothing yet is ours alone, so we choose its journal: with a write-ahead log, checks do not
/// wait for logins, and a login costs one write to the disk. Where another process is doing the same, one of us does it.
fn prepare(db: &Connection) -> rusqlite::Result<()> {
    let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages == 0 {
        let _ = db.pragma_update(None, "journal_mode", "WAL");
    }
    db.execute_batch(CREATE)
}

fn find(db: &Connection, owner: &Owner) -> rusqlite::Result<Option<Token>> {
    let text: Option<String> =
        db.prepare_cached(FIND)?.query_row(params![owner.user, owner.sku, now()], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| Token::parse(&text)))
}

fn insert(db: &Connection, owner: &Owner, token: Token, life: i64) -> rusqlite::Result<Token> {
    let now = now();
    db.prepare_cached(CLEAR)?.execute([now])?;
    db.prepare_cached("INSERT INTO mpauthx_session (token, user, sku, expires) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![token.as_str(), owner.user, owner.sku, now.saturating_add(life)])?;
    Ok(token)
}

fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
