//! One connection per database file and process.
//!
//! Open-file-description locks belong to a descriptor, while SQLite's unix VFS counts the locks of
//! all its connections to a file as the process's. A second connection would make it take locks on
//! one descriptor and release them on another.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rusqlite::Connection;

use super::identity::FileId;

/// How long a checkpoint waits for the application's transactions: somebody waits for `close()`, or
/// for the end of the process.
const CHECKPOINT_PATIENCE: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Lookups in a file that the application's own connection writes: nothing but the database
    /// file itself is opened, read-only.
    Lookup,
    ReadWrite,
}

/// The one connection to a file, opened when it is first needed.
pub struct Opened {
    pub connection: Connection,
    pub access: Access,
    /// The name that it was opened by: SQLite looks for the journal beside it.
    pub path: PathBuf,
}

impl Opened {
    /// Moves what stands in a write-ahead log into the database file, so that the file alone is
    /// whole. Best effort: readers may hinder it.
    pub fn checkpoint(&self) {
        if self.access == Access::ReadWrite {
            let _ = self.connection.busy_timeout(CHECKPOINT_PATIENCE);
            let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
}

pub type Slot = Arc<Mutex<Option<Opened>>>;

type Slots = HashMap<FileId, Weak<Mutex<Option<Opened>>>>;

static SLOTS: Mutex<Option<Slots>> = Mutex::new(None);

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The slot of the file `id`.
pub fn attach(id: &FileId) -> Slot {
    let mut slots = lock(&SLOTS);
    let slots = slots.get_or_insert_default();
    if let Some(slot) = slots.get(id).and_then(Weak::upgrade) {
        return slot;
    }
    slots.retain(|_, slot| slot.strong_count() > 0);
    let slot = Slot::default();
    slots.insert(id.to_owned(), Arc::downgrade(&slot));
    slot
}

/// Gives `slot` back. The last one to do so closes the connection, under the registry's lock:
/// nobody opens a second one meanwhile.
pub fn detach(slot: Slot) {
    let _slots = lock(&SLOTS);
    drop(slot);
}

/// Makes every file whole that is not in use this moment, before the process ends.
pub fn checkpoint_all() {
    let slots: Vec<Slot> = lock(&SLOTS).iter().flatten().filter_map(|(_, slot)| slot.upgrade()).collect();
    for slot in slots {
        if let Ok(Some(opened)) = slot.try_lock().as_deref() {
            opened.checkpoint();
        }
        detach(slot);
    }
}
