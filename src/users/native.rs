//! The user table in a SQLite file, through our own SQLite.

use std::path::PathBuf;

use rusqlite::{Connection, params_from_iter};

use super::sql;
use crate::error::{Error, Result};
use crate::host::Statement;
use crate::sqlite::{Access, Database, Schema, prefer_write_ahead_log};

/// SQLite itself gives a new file this mode.
const MODE: u32 = 0o644;

const ALONE: Schema = Schema { make: create_table, mode: MODE };

const WITH_TOKENS: Schema = Schema {
    make: |db| {
        prefer_write_ahead_log(db)?;
        create_table(db)
    },
    mode: 0o600,
};

pub struct Native {
    file: Database,
}

impl Native {
    /// Reads and writes the file at `path`. `with_tokens`: the token store uses the file too, and
    /// whichever of the two creates it does so as the token store needs it.
    pub fn read_write(path: PathBuf, create_table: bool, with_tokens: bool) -> std::io::Result<Self> {
        let schema = if with_tokens { WITH_TOKENS } else { ALONE };
        Ok(Self { file: Database::new(path, Access::ReadWrite, create_table.then_some(schema))? })
    }

    /// Only looks users up, in a file that the application's own connection writes.
    pub fn lookups(path: PathBuf) -> std::io::Result<Self> {
        Ok(Self { file: Database::new(path, Access::Lookup, None)? })
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let user = user.to_owned();
        self.with(move |db| exists(db, &user)).await
    }

    /// Inserts a row of `user` where there is none. Returns whether there was none.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        let user = user.to_owned();
        self.with(move |db| {
            // A known user takes no write lock.
            if exists(db, &user)? {
                return Ok(false);
            }
            let insert = Statement::insert_missing_into_view(&user); // as the table may be one
            let mut statement = db.prepare_cached(&insert.sql)?;
            let mut inserted = statement.query(params_from_iter(&insert.values))?;
            let is_new = inserted.next()?.is_some();
            while inserted.next()?.is_some() {} // its end is what commits
            Ok(is_new)
        })
        .await
    }

    /// Deletes the rows of `user`.
    pub async fn remove(&self, user: &str) -> Result<()> {
        let user = user.to_owned();
        self.with(move |db| {
            // An unknown user takes no write lock.
            if !exists(db, &user)? {
                return Ok(());
            }
            let delete = Statement::delete(&user);
            db.prepare_cached(&delete.sql)?.execute(params_from_iter(&delete.values)).map(drop)
        })
        .await
    }

    pub async fn probe(&self) -> Result<()> {
        self.with(|db| db.prepare_cached(sql::PROBE)?.exists([]).map(drop)).await
    }

    /// Opens the file, which creates the table where `createTable` asks for it.
    pub async fn prepare(&self) -> Result<()> {
        self.with(|_| Ok(())).await
    }

    pub async fn close(&self) {
        self.file.close().await;
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        match self.file.run(work).await {
            Some(done) => done.map_err(Error::database),
            None => Err(Error::internal()),
        }
    }
}

fn create_table(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(sql::CREATE_TABLE)
}

fn exists(db: &Connection, user: &str) -> rusqlite::Result<bool> {
    let statement = Statement::exists(user);
    db.prepare_cached(&statement.sql)?.exists(params_from_iter(&statement.values))
}
