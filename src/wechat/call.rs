//! What is sent to WeChat.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;

use super::mask::Mask;

/// In bytes. WeChat's own replies have some hundred; a longer one does not come from WeChat.
pub const MAX_REPLY: usize = 1 << 20;

/// What is asked of WeChat.
pub struct Call<'a> {
    pub method: Method,
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub body: Option<Body>,
    /// For one request; None where the client's own counts.
    pub timeout: Option<Duration>,
    /// In bytes.
    pub max_reply: usize,
    /// How often it is sent again where WeChat was busy; None where the client's number counts.
    pub busy_retries: Option<u32>,
    pub mask: Mask<'a>,
}

#[derive(Clone)]
pub struct Body {
    pub content_type: HeaderValue,
    pub bytes: Vec<u8>,
}

impl Body {
    /// None where no header can hold `content_type`.
    pub fn new(content_type: &str, bytes: Vec<u8>) -> Option<Self> {
        Some(Self { content_type: HeaderValue::from_str(content_type).ok()?, bytes })
    }
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str, query: &'a [(&'a str, &'a str)], secrets: &'a [&'a str]) -> Self {
        Self {
            method: Method::GET,
            path,
            query,
            body: None,
            timeout: None,
            max_reply: MAX_REPLY,
            busy_retries: None,
            mask: Mask { secrets, sent: "" },
        }
    }

    pub fn post(
        path: &'a str,
        query: &'a [(&'a str, &'a str)],
        body: &serde_json::Value,
        secrets: &'a [&'a str],
    ) -> Self {
        let content_type = HeaderValue::from_static("application/json");
        let body = Some(Body { content_type, bytes: body.to_string().into_bytes() });
        Self { method: Method::POST, body, ..Self::get(path, query, secrets) }
    }
}
