//! Login and tokens for WeChat mini-programs, as a Node addon.
//!
//! # Layout
//!
//! Imports point one way: `error`, `token`, `bridge`, `seal`, `tls`, `sqlite` ← `wechat`, `users`, `sessions` ← `auth` ← `binding`.
//!
//! - [`error`]: what a call can fail with; the only place that knows the status numbers.
//! - [`token`]: a token's text and its parts; the only place that knows the separator.
//! - [`bridge`]: the way to what only JavaScript can call.
//! - [`seal`]: what is kept encrypted.
//! - [`tls`]: whom secure connections trust.
//! - [`sqlite`]: SQLite connections on threads of their own, and the lock sharing that lets the application open the same file.
//! - [`wechat`]: the exchange of a login code over HTTPS, and the decryption of open data.
//! - [`users`]: who is registered: in a SQLite file, or through the application's own database object or user store.
//! - [`sessions`]: the live tokens: in redis (a server, Sentinels, a Cluster), in a SQLite file, or in memory.
//! - [`auth`]: the flows; the only place that knows the order of steps.
//! - [`binding`]: the only place that knows Node.
//!
//! # Data flow
//!
//! index.js hands a call to [`binding`] with a number and gets the outcome back under that number, many at a time.
//! In between, [`auth`] asks [`wechat`], then [`sessions`], then [`users`], on the process's one tokio runtime.

mod auth;
// napi registers exports outside unit tests only.
#[cfg_attr(test, allow(dead_code))]
mod binding;
mod bridge;
mod error;
mod hex;
mod seal;
mod sessions;
mod sqlite;
mod tls;
mod token;
mod users;
mod wechat;
