//! WeChat: the exchange of a login code, its other interfaces over HTTPS, the decryption and the signature of open data. May import
//! `host`, `error` and `tls`.

mod base64;
mod client;
mod exchange;
mod interfaces;
mod json;
mod open_data;

pub use client::{Client, DEFAULT_TIMEOUT, Settings, Trouble};
pub use exchange::{Exchange, Exchanging, InFlight, Reply, credentials};
pub use interfaces::{AccessToken, PhoneNumber, access_token, phone_number};
pub use open_data::{Encoded, OpenData, decrypt, decrypt_text, is_signature};
