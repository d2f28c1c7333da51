//! What tells files apart, whatever they are called.

use std::path::Path;

use super::failure::Failure;

#[cfg(unix)]
pub type FileId = (u64, u64);
#[cfg(not(unix))]
pub type FileId = std::path::PathBuf;

/// The file at `path`, by `stat` alone: opening and closing it would drop the application's locks.
pub fn file_id(path: &Path) -> Result<FileId, Failure> {
    let found = {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        {
            std::fs::canonicalize(path)
        }
    };
    found.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::Missing,
        kind => Failure::Io(kind),
    })
}
