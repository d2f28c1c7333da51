//! WeChat: the exchange of a login code, its server API, what is encrypted or signed under a
//! session key, and what it pushes. May import `error`, `events`, `hex`, `host` and `tls`.

mod base64;
mod call;
mod client;
mod connect_error;
mod credentials;
mod encoded;
mod endpoint;
mod exchange;
mod json;
mod mask;
mod open_data;
mod proxy;
mod push;
mod reply;
mod retry;
mod server_api;

pub use call::Body;
pub use client::{Client, Settings};
pub use credentials::Credentials;
pub use encoded::Encoded;
pub use exchange::{Exchange, InFlight, LoginReply, SharedExchange};
pub use open_data::{OpenData, decrypt, decrypt_text, is_signature, sign};
pub use push::{LIFE as PUSH_LIFE, Push, Pushed, Query as PushQuery, REPEATS as PUSH_REPEATS};
pub use reply::{Failure, RequestError};
pub use server_api::{AccessToken, PhoneNumber, ServerRequest, access_token, check_session, phone_number, request};
