//! Attaches to the file at a path, whichever that is at the moment, makes it where that is wanted,
//! and runs work on its connection. Waits for no lock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::failure::Failure;
use super::identity::{FileId, file_id};
use super::registry::{self, Access, Opened, Slot};
use super::shared_file;

/// The tables that a file must hold.
#[derive(Clone, Copy)]
pub struct Schema {
    /// Makes those of them that are missing.
    pub make: fn(&Connection) -> rusqlite::Result<()>,
    /// The rights of a file that is made for them, as open(2) takes them.
    pub mode: u32,
}

/// A path, and the file that one user of it is attached to.
pub struct File {
    path: PathBuf,
    access: Access,
    /// Where there is one, the file is made if it is missing, and so are these tables, whichever
    /// file is at the path.
    schema: Option<Schema>,
    attached: Option<(FileId, Slot)>,
    /// The first file that a lookup found at the path.
    first: Option<FileId>,
    is_retired: bool,
}

impl File {
    pub fn new(path: PathBuf, access: Access, schema: Option<Schema>) -> Self {
        Self { path, access, schema, attached: None, first: None, is_retired: false }
    }

    /// Runs `work` on the file's connection, which waits for no lock. A file that was replaced
    /// since the last time gets a new one.
    pub fn with<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        shared_file::install()?;
        let attached = self.attach();
        let keeps = attached.is_ok() && !self.is_retired;
        let done = attached.and_then(|()| self.on_connection(work)).map_err(|failure| {
            // SQLite says no more than "disk I/O error".
            if failure.is_of_system() && shared_file::refuses_locks() { Failure::NoLocks } else { failure }
        });
        if !keeps {
            self.release();
        }
        done
    }

    /// Attaches to the file that is at the path now.
    fn attach(&mut self) -> Result<(), Failure> {
        let id = match (file_id(&self.path), self.schema) {
            (Err(Failure::Missing), Some(Schema { mode, .. })) => {
                shared_file::create(&self.path, mode)?;
                file_id(&self.path)?
            }
            (found, _) => found?,
        };
        if self.attached.as_ref().is_some_and(|(attached, _)| *attached == id) {
            return Ok(());
        }
        self.release();
        // The application's handle stays with the file that it opened, whatever gets its name
        // later.
        if self.access == Access::Lookup {
            if !shared_file::is_open_elsewhere(&id) || self.first.as_ref().is_some_and(|first| *first != id) {
                return Err(Failure::NotOpenHere);
            }
            self.first = Some(id.to_owned());
        }
        let slot = registry::attach(&id);
        self.attached = Some((id, slot));
        match self.schema {
            Some(schema) => self.on_connection(schema.make),
            None => Ok(()),
        }
    }

    /// Runs `work` on the connection of the attached file, opening it where there is none that
    /// serves.
    fn on_connection<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let (id, slot) = self.attached.as_ref().ok_or(Failure::Missing)?;
        let mut slot = registry::lock(slot);
        shared_file::expect_alone(id, slot.is_some())?;
        let serves = |opened: &Opened| {
            opened.access >= self.access
                && (opened.path == self.path || file_id(&opened.path).is_ok_and(|opened| opened == *id))
        };
        if !slot.as_ref().is_some_and(serves) {
            let access = slot.as_ref().map_or(self.access, |opened| opened.access.max(self.access));
            *slot = None; // closed before the next is opened: one connection per file
            let connection = open(&self.path, access)?;
            if file_id(&self.path)? != *id {
                return Err(Failure::Replaced);
            }
            *slot = Some(Opened { connection, access, path: self.path.clone() });
        }
        let Opened { connection, access, .. } = slot.as_ref().ok_or(Failure::Missing)?;
        connection.busy_timeout(Duration::ZERO)?;
        shared_file::as_reader(*access == Access::Lookup, || Ok(work(connection)?))
    }

    /// Checkpoints the file and lets it go. From now on each use attaches to it for itself alone,
    /// and makes nothing.
    pub fn retire(&mut self) {
        self.is_retired = true;
        self.schema = None;
        self.release();
    }

    /// Checkpoints the file and lets it go; the next use attaches to it again.
    fn release(&mut self) {
        if let Some((_, slot)) = self.attached.take() {
            if let Some(opened) = &*registry::lock(&slot) {
                opened.checkpoint();
            }
            registry::detach(slot);
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.release();
    }
}

fn open(path: &Path, access: Access) -> rusqlite::Result<Connection> {
    let mode = match access {
        Access::Lookup => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    shared_file::as_reader(access == Access::Lookup, || {
        let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // The bundled build turns foreign keys on; the `sqlite3` package leaves them off.
        connection.pragma_update(None, "foreign_keys", false)?;
        // Sorting in memory leaves no temporary files.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    })
}

/// Gives a database that holds nothing yet, and so is ours alone, a write-ahead log: who reads does
/// not wait for who writes, and a change costs one write to the disk. Where another process is
/// doing the same, one of us does it.
pub fn prefer_write_ahead_log(db: &Connection) -> rusqlite::Result<()> {
    let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages == 0 {
        let _ = db.pragma_update(None, "journal_mode", "WAL");
    }
    Ok(())
}
