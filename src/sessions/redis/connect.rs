//! The way to redis: where it is, the connection, its renewal and what its errors mean. May import
//! `error` and `tls`.

mod cluster;
mod connection;
mod dialer;
mod errors;
mod heard;
mod info;
mod link;
mod node;
mod place;
mod retry;
mod role;
mod sentinel;
mod server;
mod settings;
mod topology;

pub use connection::Connection;
pub use dialer::Login;
pub use errors::{describe, error_code, is_transient};
pub use info::{Role, field};
pub use link::Link;
pub use place::Address;
pub use role::LOOK_INTERVAL;
pub use settings::{Endpoint, Settings, Tls};
pub use topology::Topology;
