//! The user table in a SQLite file, by our own SQLite.

use std::path::PathBuf;

use rusqlite::{Connection, params_from_iter};

use super::sql;
use crate::bridge::Statement;
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::sqlite::{Access, File, Schema, Worker, prefer_write_ahead_log};

/// What SQLite itself gives a new file.
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
    file: Worker<File>,
    access: Access,
}

impl Native {
    /// Reads and writes the file at `path`. `with_tokens`: the token store uses it too, and whoever is first makes it as that wants it.
    pub fn read_write(path: PathBuf, create_table: bool, with_tokens: bool) -> std::io::Result<Self> {
        let schema = if with_tokens { WITH_TOKENS } else { ALONE };
        let file = File::new(path, Access::ReadWrite, create_table.then_some(schema));
        Ok(Self { file: Worker::spawn(file)?, access: Access::ReadWrite })
    }

    /// Only looks up, in a file that the application's own connection writes.
    pub fn lookups(path: PathBuf) -> std::io::Result<Self> {
        let file = File::new(path, Access::Lookup, None);
        Ok(Self { file: Worker::spawn(file)?, access: Access::Lookup })
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.says(user, &Profile::default()).await
    }

    /// Whether `user` has a row that says what `profile` says.
    pub async fn says(&self, user: &str, profile: &Profile) -> Result<bool> {
        let (user, profile) = (user.to_owned(), profile.clone());
        self.with(move |db| says(db, &user, &writable(db, profile)?)).await
    }

    /// Sees to it that `user` has such a row. Whether there was no row of theirs.
    pub async fn ensure(&self, user: &str, profile: &Profile) -> Result<bool> {
        let (user, profile) = (user.to_owned(), profile.clone());
        self.with(move |db| {
            let profile = writable(db, profile)?;
            // A known user costs no write lock.
            if says(db, &user, &profile)? {
                return Ok(false);
            }
            if let Some(update) = Statement::update(&user, &profile) {
                execute(db, &update)?;
            }
            Ok(execute(db, &Statement::insert_missing(&user, &profile))? > 0)
        })
        .await
    }

    pub async fn probe(&self) -> Result<()> {
        self.with(|db| db.prepare_cached(sql::PROBE)?.exists([]).map(drop)).await
    }

    /// Opens the file, which makes the table that it may be asked to make.
    pub async fn prepare(&self) -> Result<()> {
        self.with(|_| Ok(())).await
    }

    pub async fn release(&self) {
        self.file.run(File::release).await;
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let deadline = File::deadline(self.access);
        match self.file.run(move |file| file.with(deadline, work)).await {
            Some(done) => done.map_err(Error::database),
            None => Err(Error::internal()),
        }
    }
}

fn create_table(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(sql::CREATE_TABLE)
}

/// The part of `profile` that the table has columns for.
fn writable(db: &Connection, profile: Profile) -> rusqlite::Result<Profile> {
    if profile.is_empty() {
        return Ok(profile);
    }
    let mut columns = db.prepare_cached(sql::COLUMNS)?;
    let columns: Vec<String> = columns.query_map([], |row| row.get("name"))?.collect::<rusqlite::Result<_>>()?;
    Ok(profile.within(&columns))
}

fn says(db: &Connection, user: &str, profile: &Profile) -> rusqlite::Result<bool> {
    let statement = Statement::exists(user, profile);
    db.prepare_cached(&statement.sql)?.exists(params_from_iter(&statement.values))
}

fn execute(db: &Connection, statement: &Statement) -> rusqlite::Result<usize> {
    db.prepare_cached(&statement.sql)?.execute(params_from_iter(&statement.values))
}
