//! A database file, as one user of it sees it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::registry::{self, FileId, SharedSlot};
use super::shared_file;

/// How long a writer waits for another's lock.
const WRITER_PATIENCE: Duration = Duration::from_secs(4);

/// How long a reader waits for another's lock, before whoever can wait better is asked.
const READER_PATIENCE: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Lookups in a file that the application's own connection writes: nothing but the database file itself is opened, read-only.
    Lookup,
    ReadWrite,
}

/// Why a file could not be used. Displays as the `sqlite3` package words it.
#[derive(Debug)]
pub enum Failure {
    Missing,
    NotShareable,
    NotOpenHere,
    Io(std::io::Error),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Missing => f.write_str(
                "SQLITE_CANTOPEN: the database file does not exist; create it, or pass options.createTable: true",
            ),
            Self::NotShareable => f.write_str("this system cannot share SQLite files within one process"),
            Self::NotOpenHere => f.write_str("the application has not opened this file"),
            Self::Io(error) => write!(f, "SQLITE_CANTOPEN: {}", error.kind()),
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(code) => write!(f, "{}: {}", code_name(code), message(error)),
                None => write!(f, "{error}"),
            },
        }
    }
}

fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        // Without the statement that rusqlite shows beside it.
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        _ => error.to_string(),
    }
}

fn code_name(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ConstraintViolation => "SQLITE_CONSTRAINT",
        ErrorCode::DatabaseBusy => "SQLITE_BUSY",
        ErrorCode::DatabaseLocked => "SQLITE_LOCKED",
        ErrorCode::CannotOpen => "SQLITE_CANTOPEN",
        ErrorCode::ReadOnly => "SQLITE_READONLY",
        ErrorCode::DiskFull => "SQLITE_FULL",
        ErrorCode::SystemIoFailure => "SQLITE_IOERR",
        ErrorCode::DatabaseCorrupt => "SQLITE_CORRUPT",
        ErrorCode::NotADatabase => "SQLITE_NOTADB",
        ErrorCode::PermissionDenied => "SQLITE_PERM",
        _ => "SQLITE_ERROR",
    }
}

pub struct File {
    path: PathBuf,
    access: Access,
    /// Makes the file when it is missing.
    create: bool,
    attached: Option<(FileId, SharedSlot)>,
}

impl File {
    pub fn new(path: PathBuf, access: Access, create: bool) -> Self {
        Self { path, access, create, attached: None }
    }

    /// Runs `work` on the file's connection. A file that was replaced since the last time gets a new one.
    pub fn with<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        shared_file::install()?;
        let slot = self.attach()?.clone();
        let mut slot = registry::lock_slot(&slot);
        if slot.connection.as_ref().is_none_or(|(_, opened)| *opened < self.access) {
            slot.connection = None; // closed before the next is opened: one connection per file
            slot.connection = Some((open(&self.path, self.access)?, self.access));
        }
        match &slot.connection {
            Some((connection, opened)) => shared_file::as_reader(*opened == Access::Lookup, || Ok(work(connection)?)),
            None => Err(Failure::NotShareable),
        }
    }

    fn attach(&mut self) -> Result<&SharedSlot, Failure> {
        let id = match registry::file_id(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.create => {
                shared_file::create(&self.path)?;
                registry::file_id(&self.path)
            }
            found => found,
        };
        let id = id.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Missing,
            _ => Failure::Io(error),
        })?;
        let current = self.attached.take_if(|(attached, _)| *attached == id);
        let current = match current {
            Some(current) => current,
            None => {
                self.release();
                if self.access == Access::Lookup && !shared_file::is_open_elsewhere(&id) {
                    return Err(Failure::NotOpenHere);
                }
                shared_file::guard(&id);
                let slot = registry::attach(&id);
                (id, slot)
            }
        };
        Ok(&self.attached.insert(current).1)
    }

    /// Moves what stands in a write-ahead log into the database file, so that the file alone is whole. Best effort: readers may hinder it.
    pub fn checkpoint(&mut self) {
        let Some((_, slot)) = &self.attached else { return };
        if let Some((connection, Access::ReadWrite)) = &registry::lock_slot(slot).connection {
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }

    /// Lets the connection go; the next use opens a new one.
    pub fn release(&mut self) {
        if let Some((_, slot)) = self.attached.take() {
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
    let (mode, patience) = match access {
        Access::Lookup => (OpenFlags::SQLITE_OPEN_READ_ONLY, READER_PATIENCE),
        Access::ReadWrite => (OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_PATIENCE),
    };
    shared_file::as_reader(access == Access::Lookup, || {
        let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(patience)?;
        // The bundled build turns foreign keys on; the `sqlite3` package leaves them off.
        connection.pragma_update(None, "foreign_keys", false)?;
        // Sorting in memory leaves no temporary files, whose descriptors would need a rule of their own.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    })
}
