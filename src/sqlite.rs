//! SQLite connections, and the lock sharing that lets the application open the same file with a
//! SQLite library of its own. Everything in this crate that opens a database file does it through
//! here. May import `thread`.
//!
//! A file has one connection in the process ([`registry`]), and each of its users has a plain
//! thread for the work on it ([`worker`]): a user table and tokens in one file are two. They take
//! turns on the connection by its lock, and so does `checkpoint_all`, on the thread that ends the
//! process.
//!
//! Inside, imports point one way too: `failure`, `identity` ← `shared_file` (`unshared_file`
//! on other systems than Linux), `registry` ← `file`, `worker` ← `database`.

mod database;
mod failure;
mod file;
mod identity;
mod registry;
#[cfg(target_os = "linux")]
mod shared_file;
#[cfg(not(target_os = "linux"))]
#[path = "sqlite/unshared_file.rs"]
mod shared_file;
mod worker;

pub use database::Database;
pub use file::{Schema, prefer_write_ahead_log};
pub use registry::{Access, checkpoint_all};
pub use worker::Worker;
