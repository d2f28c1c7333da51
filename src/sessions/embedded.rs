//! The live tokens in a SQLite database: in a file that several processes may share, or in memory, where they end with this object.

mod rows;
mod schema;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Health, Issued, Notes, Policy, Session};
use crate::error::{Error, Result};
use crate::sqlite::{Access, File, Worker};
use crate::token::{Owner, Token, random_hex};
use rows::{Rows, milliseconds, now};

enum Database {
    Memory(Worker<Connection>),
    File(Worker<File>),
}

pub struct Embedded {
    database: Database,
    policy: Policy,
}

impl Embedded {
    /// For development, tests and demos. `Err` says why there can be no store.
    pub fn in_memory(policy: Policy) -> std::result::Result<Self, String> {
        let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
        schema::create(&database).map_err(|error| error.to_string())?;
        let database = Worker::spawn(database).map_err(|error| error.to_string())?;
        Ok(Self { database: Database::Memory(database), policy })
    }

    /// The file is made where it is missing, by the first call.
    pub fn in_file(path: PathBuf, policy: Policy) -> std::result::Result<Self, String> {
        let file = File::new(path, Access::ReadWrite, Some(schema::SCHEMA));
        let file = Worker::spawn(file).map_err(|error| error.to_string())?;
        Ok(Self { database: Database::File(file), policy })
    }

    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        if self.policy.each.is_some() {
            return Ok(None);
        }
        let owner = owner.clone();
        self.run(move |rows| {
            let found = rows.newest(&owner)?;
            found.iter().try_for_each(|session| rows.touch(&session.token))?;
            Ok(found.map(|session| session.token))
        })
        .await
    }

    pub async fn issue(&self, owner: &Owner, notes: &Notes) -> Result<Issued> {
        let (owner, notes, fresh, each) = (owner.clone(), notes.clone(), Token::mint(owner)?, self.policy.each);
        self.change(move |rows| {
            let shared = if each.is_none() { rows.newest(&owner)? } else { None };
            if let Some(Session { token, expires, .. }) = shared {
                rows.note(&token, &notes)?;
                rows.touch(&token)?;
                return Ok(Issued { token, expires });
            }
            let issued = rows.insert(fresh, &notes, None)?;
            if let Some(max) = each {
                rows.end_oldest(&owner, max)?;
            }
            Ok(issued)
        })
        .await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh) = (owner.clone(), Token::mint(owner)?);
        self.change(move |rows| {
            rows.end_all(&owner.user, Some(&owner.sku))?;
            Ok(rows.insert(fresh, &Notes::default(), None)?.token)
        })
        .await
    }

    pub async fn contains(&self, token: &Token) -> Result<bool> {
        let token = token.clone();
        self.run(move |rows| use_token(&rows, &token)).await
    }

    /// What fails for one is left to be asked again. A lock fails them all: each would wait for it as long again.
    pub async fn check(&self, tokens: &[Token]) -> Result<Vec<Option<bool>>> {
        let tokens = tokens.to_vec();
        self.run(move |rows| {
            let verdicts = tokens.iter().map(|token| match use_token(&rows, token) {
                Err(error) if is_locked(&error) => Err(error),
                verdict => Ok(verdict.ok()),
            });
            verdicts.collect()
        })
        .await
    }

    pub async fn note(&self, token: &Token, notes: &Notes) -> Result<bool> {
        let (token, notes) = (token.clone(), notes.clone());
        self.run(move |rows| rows.note(&token, &notes)).await
    }

    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        let token = token.clone();
        self.run(move |rows| {
            let found = rows.live(&token)?;
            Ok(found.map(|found| {
                let expires = found.grace_ends.or(found.session.expires);
                Session { token, expires, ..found.session }
            }))
        })
        .await
    }

    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        let owner = owner.clone();
        self.run(move |rows| rows.list(&owner)).await
    }

    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        let token = token.clone();
        self.change(move |rows| match rows.live(&token)? {
            Some(found) => rows.end(&found.session.token).map(|()| true),
            None => Ok(false),
        })
        .await
    }

    pub async fn revoke_all(&self, owner: &Owner, all_skus: bool) -> Result<u64> {
        let owner = owner.clone();
        self.change(move |rows| rows.end_all(&owner.user, (!all_skus).then_some(owner.sku.as_str()))).await
    }

    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        let (token, fresh, family) = (token.clone(), Token::mint(&token.owner())?, random_hex()?);
        self.change(move |rows| {
            let Some(found) = rows.live(&token)? else { return Ok(None) };
            if found.grace_ends.is_some() {
                let Session { token, expires, .. } = found.session;
                return Ok(Some(Issued { token, expires }));
            }
            let family = found.family.unwrap_or(family);
            rows.leave(&token, &fresh, &family, grace)?;
            rows.insert(fresh, &found.session.notes, Some(&family)).map(Some)
        })
        .await
    }

    pub async fn recall(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.query(move |db| {
            db.prepare_cached("SELECT value FROM mpauthx_shared WHERE name = ?1 AND ends > ?2")?
                .query_row(params![name, now()], |row| row.get(0))
                .optional()
        })
        .await
    }

    pub async fn remember(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let (name, value, ends) = (name.to_owned(), value.to_owned(), now().saturating_add(milliseconds(life)));
        self.query(move |db| {
            db.prepare_cached("INSERT OR REPLACE INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)")?
                .execute(params![name, value, ends])
                .map(drop)
        })
        .await
    }

    pub async fn claim(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let (name, value, ends) = (name.to_owned(), value.to_owned(), now().saturating_add(milliseconds(life)));
        self.query(move |db| {
            let claimed = db
                .prepare_cached(
                    "INSERT INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends = excluded.ends WHERE ends <= ?4",
                )?
                .execute(params![name, value, ends, now()])?;
            Ok(claimed > 0)
        })
        .await
    }

    pub async fn forget(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.query(move |db| db.prepare_cached("DELETE FROM mpauthx_shared WHERE name = ?1")?.execute([name]).map(drop))
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
        let asked = self.query(|db| db.prepare_cached("SELECT 1 FROM mpauthx_session LIMIT 1")?.exists([])).await;
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
        work: impl FnOnce(Rows) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let policy = self.policy.clone();
        self.query(move |db| {
            let change = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
            let done = work(Rows::new(&change, &policy))?;
            change.commit()?;
            Ok(done)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Rows) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let policy = self.policy.clone();
        self.query(move |db| work(Rows::new(db, &policy))).await
    }

    async fn query<T: Send + 'static>(
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

/// Whether `token` is live; then it counts as used.
fn is_locked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn use_token(rows: &Rows, token: &Token) -> rusqlite::Result<bool> {
    match rows.live(token)? {
        Some(found) => rows.touch(&found.session.token).map(|()| true),
        None => Ok(false),
    }
}
