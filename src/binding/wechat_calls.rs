//! The calls that concern WeChat after the login: what a session key serves, and its server API.

use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use tokio::time::Instant;

use super::server_request::ServerRequest;
use super::types::Outcome;
use super::{Core, refusal};
use crate::token::Token;
use crate::wechat::Encoded;

#[napi]
impl Core {
    #[napi(catch_unwind)]
    pub fn decrypt_data(
        &self,
        call: u32,
        token: String,
        data: Either<String, Uint8Array>,
        iv: Either<String, Uint8Array>,
    ) -> bool {
        let (data, iv) = (encoded(data), encoded(iv));
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.decrypt_data(&admission, &token, &data, &iv).await.map(Outcome::Data)
        })
    }

    #[napi(catch_unwind)]
    pub fn check_signature(&self, call: u32, token: String, raw_data: String, signature: String) -> bool {
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.check_signature(&admission, &token, &raw_data, &signature).await.map(Outcome::Is)
        })
    }

    /// `data` are bytes, or text in UTF-8.
    #[napi(catch_unwind)]
    pub fn sign(&self, call: u32, token: String, data: Either<String, Uint8Array>) -> bool {
        let data = match data {
            Either::A(text) => text.into_bytes(),
            Either::B(bytes) => bytes.to_vec(),
        };
        self.spawn_with_token(call, &token, |auth, admission, token| async move {
            auth.sign(&admission, &token, &data).await.map(Outcome::Data)
        })
    }

    #[napi(catch_unwind)]
    pub fn phone_number(&self, call: u32, code: String, open_id: Option<String>) {
        let begun = Instant::now(); // not when the runtime comes to it
        self.spawn_request(call, move |auth, admission| async move {
            auth.phone_number(&admission, begun, &code, open_id.as_deref()).await.map(Outcome::Phone)
        });
    }

    #[napi(catch_unwind)]
    pub fn access_token(&self, call: u32, invalid: Option<String>) {
        let begun = Instant::now();
        self.spawn_request(call, move |auth, admission| async move {
            auth.shared_access_token(&admission, begun, invalid.as_deref()).await.map(Outcome::Data)
        });
    }

    #[napi(catch_unwind)]
    pub fn check_session(&self, call: u32, token: String) -> bool {
        let begun = Instant::now();
        let token = Token::parse(&token);
        let is_token = token.is_some();
        if let Some(token) = token {
            self.spawn_request(call, move |auth, admission| async move {
                auth.check_session(&admission, begun, &token).await.map(Outcome::Is)
            });
        }
        is_token
    }

    /// Throws where no header can hold the type of the body.
    #[napi(catch_unwind)]
    pub fn request(&self, call: u32, request: ServerRequest) -> napi::Result<()> {
        let begun = Instant::now();
        let wants_bytes = request.wants_bytes;
        let request = request.build().ok_or_else(|| refusal("the type of the body is no header".to_owned()))?;
        self.spawn_request(call, move |auth, admission| async move {
            let reply = auth.request(&admission, begun, &request).await?;
            Ok(if wants_bytes { Outcome::Bytes(reply) } else { Outcome::Data(String::from_utf8_lossy(&reply).into()) })
        });
        Ok(())
    }
}

pub fn encoded(value: Either<String, Uint8Array>) -> Encoded {
    match value {
        Either::A(text) => Encoded::Base64(text),
        Either::B(bytes) => Encoded::Bytes(bytes.to_vec()),
    }
}
