//! The user table in a SQLite file, by our own SQLite.

use std::path::PathBuf;

use rusqlite::Connection;

use super::sql;
use crate::error::{Error, Result};
use crate::sqlite::{Access, File, Worker};

pub struct Native {
    file: Worker<File>,
    access: Access,
}

impl Native {
    /// Reads and writes the file at `path`.
    pub fn read_write(path: PathBuf, create_table: bool) -> std::io::Result<Self> {
        Self::new(path, Access::ReadWrite, create_table.then_some(sql::CREATE_TABLE))
    }

    /// Only looks up, in a file that the application's own connection writes.
    pub fn lookups(path: PathBuf) -> std::io::Result<Self> {
        Self::new(path, Access::Lookup, None)
    }

    fn new(path: PathBuf, access: Access, schema: Option<&'static str>) -> std::io::Result<Self> {
        Ok(Self { file: Worker::spawn(File::new(path, access, schema))?, access })
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        let user = user.to_owned();
        self.with(move |db| db.prepare_cached(sql::EXISTS)?.exists([&user])).await
    }

    pub async fn ensure(&self, user: &str) -> Result<()> {
        // A known user costs no write lock.
        if self.exists(user).await? {
            return Ok(());
        }
        let user = user.to_owned();
        self.with(move |db| db.prepare_cached(sql::ENSURE)?.execute([&user]).map(drop)).await
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
