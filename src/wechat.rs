//! WeChat: the exchange of a login code over HTTPS, and the decryption of open data. May import `error` and `tls`.

mod base64;
mod exchange;
mod json;
mod open_data;

pub use exchange::{DEFAULT_ENDPOINT, DEFAULT_TIMEOUT, Exchange, Session};
pub use open_data::{Encoded, OpenData, decrypt};
