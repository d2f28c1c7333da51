//! What stands for the lock sharing on other systems than Linux: a file that the application opened
//! itself is left to its own handle. Windows' locks exclude within a process as they are. Elsewhere
//! a file that another library has open in this process is refused: two would destroy it.

use std::fs::OpenOptions;
use std::path::Path;

use super::failure::Failure;
use super::identity::FileId;

#[cfg(unix)]
pub use unix::{create, expect_alone};
#[cfg(not(unix))]
pub use windows::{create, expect_alone};

pub fn as_reader<T>(_: bool, work: impl FnOnce() -> T) -> T {
    work()
}

pub fn install() -> Result<(), Failure> {
    Ok(())
}

pub fn is_open_elsewhere(_: &FileId) -> bool {
    false
}

pub fn refuses_locks() -> bool {
    false
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    use std::sync::{Mutex, PoisonError};

    use super::super::identity::descriptors_of;
    use super::{Failure, FileId, OpenOptions, Path};

    /// The files that were made here, whose descriptors stay open: by now the application may have
    /// opened them, and its locks would go with ours.
    static MADE: Mutex<Vec<FileId>> = Mutex::new(Vec::new());

    /// Makes an empty file, with the rights `mode` less the process's umask.
    pub fn create(path: &Path, mode: u32) -> Result<(), Failure> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(mode).open(path);
        let file = opened.map_err(Failure::of_creation)?;
        let id = file.metadata().map(|metadata| (metadata.dev(), metadata.ino()));
        std::mem::forget(file);
        MADE.lock().unwrap_or_else(PoisonError::into_inner).push(id.map_err(|error| Failure::Io(error.kind()))?);
        Ok(())
    }

    /// That nobody but us has the file open in this process. `is_open`: we have a connection.
    pub fn expect_alone(id: &FileId, is_open: bool) -> Result<(), Failure> {
        let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = usize::from(is_open) + made.iter().filter(|each| *each == id).count();
        if descriptors_of(id) > ours { Err(Failure::OpenTwice) } else { Ok(()) }
    }
}

#[cfg(not(unix))]
mod windows {
    use super::{Failure, FileId, OpenOptions, Path};

    /// Makes an empty file, with the rights of its folder.
    pub fn create(path: &Path, _: u32) -> Result<(), Failure> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        opened.map(drop).map_err(Failure::of_creation)
    }

    pub fn expect_alone(_: &FileId, _: bool) -> Result<(), Failure> {
        Ok(())
    }
}
