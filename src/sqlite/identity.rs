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
            let found = std::fs::metadata(path);
            if found.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
                return Err(Failure::IsFolder);
            }
            found.map(|metadata| (metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        {
            if path.is_dir() {
                return Err(Failure::IsFolder);
            }
            std::fs::canonicalize(path)
        }
    };
    found.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if path.parent().is_some_and(|folder| !folder.exists()) => Failure::NoFolder,
        std::io::ErrorKind::NotFound => Failure::Missing,
        kind => Failure::Io(kind),
    })
}
