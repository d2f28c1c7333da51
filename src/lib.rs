//! Login and tokens for WeChat mini-programs, as a Node addon.
//!
//! # Layout
//!
//! Imports point one way: `error`, `hex`, `token`, `host`, `seal`, `thread`, `tls` ← `sqlite` ←
//! `wechat`, `users`, `sessions` ← `auth` ← `binding`.
//!
//! - [`error`]: the errors of calls; the only place that knows the status numbers.
//! - [`token`]: a token's text and its parts; the only place that knows the separator.
//! - [`hex`]: lower-case hex digits.
//! - [`host`]: calls to what only JavaScript has.
//! - [`seal`]: encryption of what lies in a store that others may read.
//! - [`thread`]: the start of threads.
//! - [`tls`]: whom secure connections trust.
//! - [`sqlite`]: SQLite connections on threads of their own, and the lock sharing that lets the
//!   application open the same file.
//! - [`wechat`]: the exchange of a login code, WeChat's server API, and the decryption of open
//!   data.
//! - [`users`]: who is registered, and the rule who reads and writes the user table: our own
//!   SQLite, the application's database object, or its user store.
//! - [`sessions`]: the live tokens: in redis (a server, Sentinels, a Cluster), in a SQLite file, or
//!   in memory.
//! - [`auth`]: the flows; the only place that knows the order of their steps.
//! - [`binding`]: the only place that knows Node.
//!
//! # Data flow
//!
//! index.js passes a call to [`binding`] with a number, and gets the outcome back with that number,
//! many at a time. In between, [`auth`] asks [`wechat`], then [`sessions`], then [`users`], on the
//! process's one tokio runtime.

mod auth;
// napi registers exports outside unit tests only.
#[cfg_attr(test, allow(dead_code))]
mod binding;
mod error;
mod hex;
mod host;
mod seal;
mod sessions;
mod sqlite;
mod thread;
mod tls;
mod token;
mod users;
mod wechat;
