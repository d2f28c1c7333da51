//! The user table in a SQLite file, by our own SQLite.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::OnceCell;

use super::sql;
use crate::error::{Error, Result};
use crate::sqlite::{Access, File, Worker};

/// How long the end of the process may wait for a checkpoint.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

pub struct Native {
    file: Worker<File>,
    create_table: bool,
    prepared: OnceCell<()>,
}

impl Native {
    /// Reads and writes the file at `path`.
    pub fn read_write(path: PathBuf, create_table: bool) -> std::io::Result<Self> {
        let file = Worker::spawn(File::new(path, Access::ReadWrite, create_table))?;
        Ok(Self { file, create_table, prepared: OnceCell::new() })
    }

    /// Only looks up, in a file that the application's own connection writes.
    pub fn lookups(path: PathBuf) -> std::io::Result<Self> {
        let file = Worker::spawn(File::new(path, Access::Lookup, false))?;
        Ok(Self { file, create_table: false, prepared: OnceCell::new() })
    }

    pub async fn exists(&self, user: &str) -> Result<bool> {
        self.prepare().await?;
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
        self.prepare().await?;
        self.with(|db| db.prepare_cached(sql::PROBE)?.exists([]).map(drop)).await
    }

    pub async fn prepare(&self) -> Result<()> {
        if self.create_table {
            self.prepared.get_or_try_init(|| self.with(|db| db.execute_batch(sql::CREATE_TABLE))).await?;
        }
        Ok(())
    }

    pub async fn release(&self) {
        self.file
            .run(|file| {
                file.checkpoint();
                file.release();
            })
            .await;
    }

    pub fn checkpoint(&self) {
        self.file.run_blocking(EXIT_PATIENCE, File::checkpoint);
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.file.run(|file| file.with(work)).await {
            Some(done) => done.map_err(Error::database),
            None => Err(Error::internal()),
        }
    }
}
