//! Why a file could not be used.

use std::fmt;
use std::io;

use rusqlite::ErrorCode;

/// What to do about a file that cannot be opened or written.
const RIGHTS: &str = "this process must be allowed to read and write the file and its folder";

/// Displays as the `sqlite3` package words it.
#[derive(Debug)]
pub enum Failure {
    Missing,
    /// Our copy of SQLite does not take the system calls that share files.
    #[cfg(target_os = "linux")]
    NotShareable,
    /// The system has no locks that are ours alone.
    NoLocks,
    /// Another SQLite library has the file open in this process, and neither would mind the locks
    /// of the other.
    #[cfg(all(unix, not(target_os = "linux")))]
    OpenTwice,
    NotOpenHere,
    /// The file was replaced between two looks at it.
    Replaced,
    NoFolder,
    /// There is a folder in the file's place.
    IsFolder,
    Io(io::ErrorKind),
    Sqlite(rusqlite::Error),
}

impl Failure {
    /// Why a file could not be made.
    pub fn of_creation(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NoFolder,
            kind => Self::Io(kind),
        }
    }

    /// Whether the system has failed to do what SQLite asked for.
    pub fn is_of_system(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure))
    }

    /// Whether somebody else holds a lock: the same work may succeed when they are done.
    pub fn is_lock(&self) -> bool {
        match self {
            Self::Sqlite(error) => {
                matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
            }
            _ => false,
        }
    }
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
            #[cfg(target_os = "linux")]
            Self::NotShareable => f.write_str("SQLITE_IOERR: this system cannot share SQLite files within one process"),
            #[cfg(all(unix, not(target_os = "linux")))]
            Self::OpenTwice => f.write_str(
                "SQLITE_IOERR: another SQLite library of this process has the file open, and on this system two would \
                 destroy it; pass its database object as db, and keep tokens in a file of their own",
            ),
            Self::NotOpenHere => f.write_str("SQLITE_CANTOPEN: the application has not opened this file"),
            Self::Replaced => f.write_str("SQLITE_CANTOPEN: the database file was replaced just now, try again"),
            Self::NoFolder => f.write_str("SQLITE_CANTOPEN: the folder of the database file does not exist, create it"),
            Self::IsFolder => f.write_str("SQLITE_CANTOPEN: the path of the database file is that of a folder"),
            Self::NoLocks => f.write_str(
                "SQLITE_IOERR: this system has no open-file-description locks (F_OFD_SETLK of fcntl: Linux 3.15; not \
                 gVisor), without which a file is not safe beside other SQLite libraries; pass a database object as \
                 db, and keep tokens in redis",
            ),
            Self::Io(kind @ io::ErrorKind::PermissionDenied) => write!(f, "SQLITE_CANTOPEN: {kind}; {RIGHTS}"),
            Self::Io(kind) => write!(f, "SQLITE_CANTOPEN: {kind}"),
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(code @ (ErrorCode::CannotOpen | ErrorCode::ReadOnly)) => {
                    write!(f, "{}: {}; {RIGHTS}", code_name(code), message(error))
                }
                Some(code) => write!(f, "{}: {}", code_name(code), message(error)),
                None => write!(f, "SQLITE_ERROR: {error}"),
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
