//! One connection per database file and process.
//!
//! Open-file-description locks belong to a descriptor, while SQLite's unix VFS counts the locks of all its connections to a file as the
//! process's. A second connection would make it take locks on one descriptor and release them on another.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rusqlite::Connection;

use super::file::Access;

/// What tells files apart, whatever they are called.
#[cfg(unix)]
pub type FileId = (u64, u64);
#[cfg(not(unix))]
pub type FileId = std::path::PathBuf;

/// The file at `path`, by `stat` alone: opening and closing it would drop the application's locks.
pub fn file_id(path: &Path) -> std::io::Result<FileId> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        std::fs::canonicalize(path)
    }
}

/// The one connection to a file, opened when it is first needed.
#[derive(Default)]
pub struct Slot {
    pub connection: Option<(Connection, Access)>,
}

pub type SharedSlot = Arc<Mutex<Slot>>;

static SLOTS: Mutex<Option<HashMap<FileId, Weak<Mutex<Slot>>>>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The slot of the file `id`.
pub fn attach(id: &FileId) -> SharedSlot {
    let mut slots = lock(&SLOTS);
    let slots = slots.get_or_insert_with(HashMap::new);
    if let Some(slot) = slots.get(id).and_then(Weak::upgrade) {
        return slot;
    }
    slots.retain(|_, slot| slot.strong_count() > 0);
    let slot = SharedSlot::default();
    slots.insert(id.to_owned(), Arc::downgrade(&slot));
    slot
}

/// Gives `slot` back. The last one to do so closes the connection, under the registry's lock: nobody opens a second one meanwhile.
pub fn detach(slot: SharedSlot) {
    let _slots = lock(&SLOTS);
    drop(slot);
}

pub fn lock_slot(slot: &SharedSlot) -> MutexGuard<'_, Slot> {
    lock(slot)
}
