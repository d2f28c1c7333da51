//! Lock sharing on Linux: lets our copy of SQLite and the application's use one file in one
//! process. Beside a counter that JavaScript reads, the only `unsafe` of the crate.
//!
//! SQLite locks with POSIX record locks, which belong to the process: two copies of SQLite in one
//! process do not exclude each other, and closing any descriptor of the file drops the locks that
//! the other copy holds. Both end in `database disk image is malformed`. So in our copy's unix VFS
//!
//! - `fcntl` takes open-file-description locks instead, which exclude each other and POSIX locks,
//!   also within a process;
//! - `close` parks the descriptors of database files and of their `-shm` instead of closing them,
//!   and `open` hands them out again;
//! - `open` refuses a reader the `-wal` and `-shm`: it must leave no trace, and holding them would
//!   keep the application from leaving WAL.
//!
//! Sources: fcntl(2) on Linux; SQLite's "Temporary Files Used By SQLite" and os_unix.c on
//! `xSetSystemCall`.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs::OpenOptions;
use std::mem::{transmute, zeroed};
use std::os::fd::{IntoRawFd, RawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi;

use super::failure::Failure;
use super::identity::FileId;

/// A descriptor that SQLite let go and that stays open.
struct Parked {
    id: FileId,
    writable: bool,
}

#[derive(Default)]
struct Descriptors {
    /// Descriptors that SQLite uses now, of files that the application may have open too.
    used: HashSet<RawFd>,
    parked: HashMap<RawFd, Parked>,
}

static DESCRIPTORS: Mutex<Option<Descriptors>> = Mutex::new(None);

fn with_descriptors<T>(work: impl FnOnce(&mut Descriptors) -> T) -> T {
    let mut guard: MutexGuard<Option<Descriptors>> = DESCRIPTORS.lock().unwrap_or_else(PoisonError::into_inner);
    work(guard.get_or_insert_default())
}

static REFUSES_LOCKS: AtomicBool = AtomicBool::new(false);

/// Whether the system has refused open-file-description locks. POSIX locks are no way out: any
/// library that opens and closes the file in this process would drop them, and that none will
/// cannot be known.
pub fn refuses_locks() -> bool {
    REFUSES_LOCKS.load(Ordering::Relaxed)
}

thread_local! {
    /// Whether this thread's SQLite calls are a reader's.
    static READER: Cell<bool> = const { Cell::new(false) };
}

/// Runs SQLite calls that may touch nothing but the database file, if `reader`.
pub fn as_reader<T>(reader: bool, work: impl FnOnce() -> T) -> T {
    READER.set(reader);
    let result = work();
    READER.set(false);
    result
}

/// Makes our copy of SQLite share files. Once per process, before the first file is opened.
pub fn install() -> Result<(), Failure> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    match INSTALLED.get_or_init(replace_system_calls) {
        true => Ok(()),
        false => Err(Failure::NotShareable),
    }
}

fn replace_system_calls() -> bool {
    let calls: [(&CStr, *const c_void); 3] =
        [(c"open", open as *const c_void), (c"close", close as *const c_void), (c"fcntl", fcntl as *const c_void)];
    // SAFETY: the default VFS lives as long as the process, and each function has the signature
    // that os_unix.c calls it with.
    unsafe {
        if ffi::sqlite3_initialize() != ffi::SQLITE_OK {
            return false;
        }
        let vfs = ffi::sqlite3_vfs_find(ptr::null());
        let Some(set) = vfs.as_ref().and_then(|vfs| vfs.xSetSystemCall) else { return false };
        calls.iter().all(|(name, call)| {
            let call = transmute::<*const c_void, ffi::sqlite3_syscall_ptr>(*call);
            set(vfs, name.as_ptr(), call) == ffi::SQLITE_OK
        })
    }
}

/// Makes an empty file, with the rights `mode` less the process's umask. Its descriptor is
/// parked: by now the application may have opened it.
pub fn create(path: &Path, mode: u32) -> Result<(), Failure> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(mode).open(path);
    let file = opened.map_err(Failure::of_creation)?;
    let id = file.metadata().map(|metadata| (metadata.dev(), metadata.ino()));
    let fd = file.into_raw_fd();
    let id = id.map_err(|error| Failure::Io(error.kind()))?;
    with_descriptors(|descriptors| descriptors.parked.insert(fd, Parked { id, writable: true }));
    Ok(())
}

/// Here others may have the file open as well.
pub fn expect_alone(_: &FileId, _: bool) -> Result<(), Failure> {
    Ok(())
}

/// Whether anybody in this process but us has the file `id` open: then a path that the
/// application named is what its handle uses.
pub fn is_open_elsewhere(id: &FileId) -> bool {
    let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") else { return false };
    descriptors.flatten().any(|entry| {
        let ours = |fd| with_descriptors(|own| own.used.contains(&fd) || own.parked.contains_key(&fd));
        let same = || std::fs::metadata(entry.path()).is_ok_and(|file| (file.dev(), file.ino()) == *id);
        entry.file_name().to_str().and_then(|fd| fd.parse().ok()).is_some_and(|fd| !ours(fd)) && same()
    })
}

/// Stands for `open(2)` in our copy of SQLite.
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: SQLite passes a path that ends with NUL.
    let name = unsafe { CStr::from_ptr(path) }.to_bytes();
    if READER.get() && (name.ends_with(b"-shm") || name.ends_with(b"-wal")) {
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the caller's own arguments.
    let known = identify(|stat| unsafe { libc::stat(path, stat) });
    if let Some(fd) = known.and_then(|id| unpark(id, flags)) {
        return fd;
    }
    // SAFETY: as above.
    let fd = unsafe { libc::open(path, flags | libc::O_CLOEXEC, mode as libc::c_uint) };
    // Whatever is locked: the database file and its index, not journals. Standard streams
    // SQLite gives back at once.
    let locked = !name.ends_with(b"-journal") && !name.ends_with(b"-wal");
    if locked && fd > libc::STDERR_FILENO {
        with_descriptors(|descriptors| descriptors.used.insert(fd));
    }
    fd
}

/// A parked descriptor of the file `id` that serves `flags`.
fn unpark(id: FileId, flags: c_int) -> Option<RawFd> {
    if flags & libc::O_EXCL != 0 {
        return None;
    }
    let writable = flags & libc::O_ACCMODE == libc::O_RDWR;
    with_descriptors(|descriptors| {
        let found = descriptors.parked.iter().find(|(_, parked)| parked.id == id && parked.writable == writable);
        let fd = *found?.0;
        descriptors.parked.remove(&fd);
        descriptors.used.insert(fd);
        Some(fd)
    })
}

/// Stands for `close(2)` in our copy of SQLite.
unsafe extern "C" fn close(fd: c_int) -> c_int {
    if !with_descriptors(|descriptors| descriptors.used.remove(&fd)) {
        // SAFETY: SQLite closes what it opened.
        return unsafe { libc::close(fd) };
    }
    // SAFETY: `fd` is open, and its locks are ours alone.
    unsafe {
        let mut everything: libc::flock = zeroed();
        everything.l_type = libc::F_UNLCK as libc::c_short;
        libc::fcntl(fd, libc::F_OFD_SETLK, &everything);
        let id = identify(|stat| libc::fstat(fd, stat)).filter(|_| is_linked(fd));
        if let Some(id) = id {
            let writable = libc::fcntl(fd, libc::F_GETFL) & libc::O_ACCMODE == libc::O_RDWR;
            with_descriptors(|descriptors| {
                descriptors.parked.retain(|&fd, _| is_linked(fd) || libc::close(fd) != 0);
                descriptors.parked.insert(fd, Parked { id, writable })
            });
            return 0;
        }
        libc::close(fd) // a file that has no name any more
    }
}

/// Whether the open file `fd` still has a name: what has none, nobody opens again.
fn is_linked(fd: RawFd) -> bool {
    // SAFETY: `stat` is plain data, which the call fills.
    unsafe {
        let mut stat: libc::stat = zeroed();
        libc::fstat(fd, &mut stat) == 0 && stat.st_nlink > 0
    }
}

/// Stands for `fcntl(2)` in our copy of SQLite. Takes its third argument as a plain one: the
/// calling conventions of Linux pass a variadic pointer or integer in the same register.
unsafe extern "C" fn fcntl(fd: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let command = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: the caller's own arguments.
        other => return unsafe { libc::fcntl(fd, other, argument) },
    };
    // SAFETY: the lock commands come with a `struct flock`.
    unsafe {
        (*argument.cast::<libc::flock>()).l_pid = 0; // fcntl(2) asks for it
        let done = libc::fcntl(fd, command, argument);
        // A kernel that does not know the command says so; every other argument is SQLite's
        // own.
        if done == -1 && *libc::__errno_location() == libc::EINVAL {
            REFUSES_LOCKS.store(true, Ordering::Relaxed);
        }
        done
    }
}

fn identify(stat: impl FnOnce(*mut libc::stat) -> c_int) -> Option<FileId> {
    // SAFETY: `stat` is plain data, which the call fills.
    let mut data: libc::stat = unsafe { zeroed() };
    (stat(&mut data) == 0).then_some((data.st_dev, data.st_ino))
}

fn set_errno(value: c_int) {
    // SAFETY: the calling thread's own errno.
    unsafe { *libc::__errno_location() = value }
}
