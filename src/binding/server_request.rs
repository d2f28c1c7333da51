//! A request of the application's own to WeChat's server API, as JavaScript passes it.

use std::time::Duration;

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::wechat::{self, Body};

#[napi(object)]
pub struct ServerRequest {
    pub post: bool,
    pub path: String,
    /// Names and values in turn.
    pub query: Vec<String>,
    pub body: Option<Uint8Array>,
    /// Of the body, where there is one.
    pub content_type: String,
    /// Whether the reply is a file and not JSON.
    pub wants_bytes: bool,
    /// In milliseconds.
    pub timeout: Option<u32>,
    /// Whether it may be sent again where WeChat was busy.
    pub retry: bool,
}

impl ServerRequest {
    /// None where no header can hold the type of the body.
    pub fn build(self) -> Option<wechat::ServerRequest> {
        let body = match self.body {
            Some(bytes) => Some(Body::new(&self.content_type, bytes.to_vec())?),
            None => None,
        };
        let mut query = self.query.into_iter();
        Some(wechat::ServerRequest {
            is_post: self.post,
            path: self.path,
            query: std::iter::from_fn(|| query.next().zip(query.next())).collect(),
            body,
            wants_bytes: self.wants_bytes,
            timeout: self.timeout.map(|timeout| Duration::from_millis(timeout.into())),
            retries_busy: self.retry,
        })
    }
}
