//! WeChat: the exchange of a login code, its server API, what is encrypted or signed under a
//! session key, and what it pushes. May import `error`, `hex`, `host` and `tls`.

mod base64;
mod client;
mod connect_error;
mod credentials;
mod encoded;
mod exchange;
mod json;
mod open_data;
mod proxy;
mod push;
mod reply;
mod retry;
mod server_api;

pub use client::{Client, Settings};
pub use credentials::Credentials;
pub use encoded::Encoded;
pub use exchange::{Exchange, InFlight, LoginReply, SharedExchange};
pub use open_data::{OpenData, decrypt, decrypt_text, is_signature};
pub use push::{LIFE as PUSH_LIFE, Push, Pushed, Query as PushQuery};
pub use reply::{Failure, RequestError};
pub use server_api::{AccessToken, PhoneNumber, access_token, phone_number};
