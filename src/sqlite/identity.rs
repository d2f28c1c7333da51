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

/// How many descriptors of this process lead to the file `id`. Each name in `/dev/fd` has the
/// attributes of what the descriptor leads to: on macOS too, says devfs_fdesc_support.c of XNU.
#[cfg(all(unix, any(test, not(target_os = "linux"))))]
pub fn descriptors_of(id: &FileId) -> usize {
    let Ok(descriptors) = std::fs::read_dir("/dev/fd") else { return 0 };
    descriptors.flatten().filter(|entry| file_id(&entry.path()).is_ok_and(|found| found == *id)).count()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::File;

    use super::{descriptors_of, file_id};

    #[test]
    fn counts_the_descriptors_of_a_file() {
        let path = std::env::temp_dir().join(format!("mpauthx-identity-{}", std::process::id()));
        let first = File::create(&path).expect("a file can be made");
        let id = file_id(&path).expect("it is there");
        assert_eq!(descriptors_of(&id), 1);
        let second = File::open(&path).expect("it can be opened");
        assert_eq!(descriptors_of(&id), 2);
        drop((first, second));
        assert_eq!(descriptors_of(&id), 0);
        std::fs::remove_file(&path).expect("it can be removed");
    }
}
