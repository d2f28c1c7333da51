//! Waits for locks: a call that meets one tries again until its timeout, and holds up nobody else
//! meanwhile. The file itself is [`File`]'s.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::time::{Instant, sleep};

use super::failure::Failure;
use super::file::{File, Schema};
use super::registry::Access;
use super::worker::Worker;

/// How long a call that reads and writes waits for the locks of others.
const WRITE_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a lookup waits for them: its caller then asks the application's own handle.
const LOOKUP_TIMEOUT: Duration = Duration::from_millis(20);

/// The delay before work is tried again that met a lock, doubled each time up to the longest.
const RETRY_DELAY: Duration = Duration::from_millis(1);
const MAX_RETRY_DELAY: Duration = Duration::from_millis(16);

/// One user's way to a database file.
pub struct Database {
    file: Worker<File>,
    timeout: Duration,
}

impl Database {
    /// The file is made where it is missing and there is a `schema`, by the first call.
    pub fn new(path: PathBuf, access: Access, schema: Option<Schema>) -> std::io::Result<Self> {
        let timeout = match access {
            Access::Lookup => LOOKUP_TIMEOUT,
            Access::ReadWrite => WRITE_TIMEOUT,
        };
        Ok(Self { file: Worker::spawn(File::new(path, access, schema))?, timeout })
    }

    /// Runs `work` on the file's connection, which others share, and again while it meets a lock:
    /// it waits here, not on the connection, so that a read does not wait for what another call
    /// waits for. None where `work` panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Option<Result<T, Failure>> {
        let work = Arc::new(work);
        let deadline = Instant::now() + self.timeout;
        let mut delay = RETRY_DELAY;
        loop {
            let attempt = work.clone();
            match self.file.run(move |file| file.with(|db| attempt(db))).await? {
                Err(failure) if failure.is_lock() && Instant::now() < deadline => {}
                done => return Some(done),
            }
            sleep(delay).await;
            delay = MAX_RETRY_DELAY.min(2 * delay);
        }
    }

    /// Checkpoints the file and lets it go. A later call opens it for itself alone, and makes
    /// nothing.
    pub async fn close(&self) {
        self.file.run(File::retire).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    const SCHEMA: Schema =
        Schema { make: |db| db.execute_batch("CREATE TABLE IF NOT EXISTS written (user INTEGER)"), mode: 0o600 };

    const USERS: i64 = 4;
    const ROUNDS: i64 = 8;

    async fn come_and_go(path: PathBuf, user: i64) {
        for _ in 0..ROUNDS {
            let database = Database::new(path.clone(), Access::ReadWrite, Some(SCHEMA)).unwrap();
            for _ in 0..2 {
                let written = database.run(move |db| db.execute("INSERT INTO written VALUES (?)", [user])).await;
                assert_eq!(written.unwrap().unwrap(), 1);
            }
            database.close().await;
        }
    }

    /// Under the sanitizers, this is what the lock sharing is looked at with.
    #[tokio::test(flavor = "multi_thread")]
    async fn users_who_come_and_go_on_threads_of_their_own_lose_nothing() {
        let folder = std::env::temp_dir().join(format!("mpauthx-database-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("shared.db");
        let users = (0..USERS).map(|user| tokio::spawn(come_and_go(path.clone(), user)));
        for user in join_all(users).await {
            user.unwrap();
        }
        let database = Database::new(path, Access::ReadWrite, None).unwrap();
        let count = database.run(|db| db.query_row("SELECT count(*) FROM written", [], |row| row.get(0))).await;
        let count: i64 = count.unwrap().unwrap();
        assert_eq!(count, 2 * USERS * ROUNDS);
        database.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }
}
