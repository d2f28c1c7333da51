//! Login and tokens for WeChat mini-programs, as a Node addon.
//!
//! # Layout
//!
//! Imports point one way: `error`, `hex`, `token`, `host`, `seal`, `thread`, `tls` ←
//! `events`, `sqlite` ← `wechat`, `users`, `sessions` ← `auth` ← `binding`.
//!
//! - [`error`]: the errors of calls; the only place that knows the status numbers.
//! - [`token`]: a token's text and its parts; the only place that knows the separator.
//! - [`hex`]: lower-case hex digits.
//! - [`host`]: calls to what only JavaScript has.
//! - [`seal`]: encryption of what lies in a store that others may read.
//! - [`thread`]: the start of threads.
//! - [`tls`]: whom secure connections trust.
//! - [`sqlite`]: SQLite connections, one for each file, the threads that use them, and the lock
//!   sharing that lets the application open the same file.
//! - [`events`]: what is counted, and told to whom it concerns.
//! - [`wechat`]: the exchange of a login code, WeChat's server API, and the decryption of open
//!   data.
//! - [`users`]: who is registered, in the user table, which our own SQLite or the application's
//!   database object reads and writes, or in the application's own user store.
//! - [`sessions`]: the live tokens: in redis (a server, Sentinels, a Cluster), in a SQLite file, or
//!   in memory.
//! - [`auth`]: the flows; the only place that knows the order of their steps.
//! - [`binding`]: the only place that knows Node.
//!
//! # Data flow
//!
//! index.js passes a call to [`binding`] with a number, and gets the outcome back with that number,
//! many at a time; checks come in batches. In between, [`auth`] runs on the process's one tokio
//! runtime and asks whom the call needs: a check asks [`sessions`]; `login` asks [`wechat`], then
//! [`users`], then [`sessions`]; `authorize` asks [`wechat`], then [`sessions`], and [`users`] only
//! where no token is live, as in 1.3.2.

mod auth;
// napi registers exports outside unit tests only.
#[cfg_attr(test, allow(dead_code))]
mod binding;
mod error;
mod events;
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
