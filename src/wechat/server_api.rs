//! WeChat's server API. Sources: WeChat's pages on `getStableAccessToken`, `getPhoneNumber` and
//! `checkSessionKey`.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::call::{Body, Call};
use super::client::Client;
use super::json::{Json, Object};
use super::mask::Mask;
use super::open_data::sign;
use super::reply::{RequestError, check_errcode};

/// The session key is no longer the user's. Source: WeChat's page on `checkSessionKey`.
const WRONG_SIGNATURE: i64 = 87009;

/// In bytes: what WeChat's interfaces give as a file may be some megabytes.
const MAX_FILE: usize = 32 << 20;

/// In bytes: what is looked at of a body for what WeChat repeats of it.
const MAX_MASKED: usize = 1 << 20;

/// Some servers put it in front of JSON, where `JSON.parse` does not take it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The token that every call of the server API needs.
pub struct AccessToken {
    pub text: String,
    /// In seconds.
    pub expires_in: u64,
}

#[derive(Debug, Clone)]
pub struct PhoneNumber {
    pub phone_number: String,
    pub pure_phone_number: String,
    pub country_code: String,
}

/// A request of the application's own to any interface.
pub struct ServerRequest {
    pub is_post: bool,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Option<Body>,
    /// Whether the reply is a file and not JSON.
    pub wants_bytes: bool,
    pub timeout: Option<Duration>,
    /// Whether it may be sent again where WeChat was busy.
    pub retries_busy: bool,
}

/// The stable access token: every caller gets the same until it is about to expire. With
/// `force_refresh` WeChat makes a new one, which invalidates the one before. No error repeats the
/// one that it is to replace.
pub async fn access_token(
    client: &Client,
    app_id: &str,
    secret: &str,
    force_refresh: bool,
    invalid: Option<&str>,
) -> Result<AccessToken, RequestError> {
    let body = json!({
        "grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": force_refresh,
    });
    let secrets = [secret, invalid.unwrap_or_default()];
    let call = Call::post("/cgi-bin/stable_token", &[], &body, &secrets);
    client.ask(&call, |reply| parse_access_token(reply, call.mask)).await
}

fn parse_access_token(reply: &Object, mask: Mask<'_>) -> Result<AccessToken, RequestError> {
    check_errcode(reply, mask)?;
    let text = reply.text("access_token").ok_or_else(|| lacks("access_token"))?;
    let expires_in = reply.integer("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    Ok(AccessToken { text, expires_in: expires_in.ok_or_else(|| lacks("expires_in"))? })
}

/// The phone number that the user of `app_id`'s mini-program has agreed to give.
pub async fn phone_number(
    client: &Client,
    app_id: &str,
    access_token: Option<&str>,
    code: &str,
    open_id: Option<&str>,
) -> Result<PhoneNumber, RequestError> {
    let mut body = json!({ "code": code });
    if let Some(open_id) = open_id {
        body["openid"] = open_id.into();
    }
    let query: Vec<_> = access_token.map(|token| ("access_token", token)).into_iter().collect();
    let secrets = [access_token.unwrap_or_default(), code, open_id.unwrap_or_default()];
    let call = Call::post("/wxa/business/getuserphonenumber", &query, &body, &secrets);
    client.ask(&call, |reply| parse_phone_number(reply, app_id, call.mask)).await
}

fn parse_phone_number(reply: &Object, app_id: &str, mask: Mask<'_>) -> Result<PhoneNumber, RequestError> {
    check_errcode(reply, mask)?;
    let info = reply.object("phone_info").ok_or_else(|| lacks("phone_info"))?;
    let watermark = info.object("watermark").unwrap_or_default();
    let made_for = watermark.text("appid").ok_or_else(|| lacks("phone_info.watermark.appid"))?;
    if made_for != app_id {
        return Err(RequestError::failed("the phone number is not for this mini-program"));
    }
    // WeChat documents the country code as text; a number says the same.
    let country_code = info.text("countryCode").or_else(|| info.integer("countryCode").map(|code| code.to_string()));
    Ok(PhoneNumber {
        phone_number: info.text("phoneNumber").ok_or_else(|| lacks("phone_info.phoneNumber"))?,
        pure_phone_number: info.text("purePhoneNumber").ok_or_else(|| lacks("phone_info.purePhoneNumber"))?,
        country_code: country_code.ok_or_else(|| lacks("phone_info.countryCode"))?,
    })
}

/// Whether `session_key` is the user's valid one: the signature of empty text tells.
pub async fn check_session(
    client: &Client,
    access_token: &str,
    open_id: &str,
    session_key: &str,
) -> Result<bool, RequestError> {
    let signature = &*sign(session_key, b"");
    let query =
        [("access_token", access_token), ("openid", open_id), ("signature", signature), ("sig_method", "hmac_sha256")];
    let secrets = [access_token, open_id, signature, session_key];
    let call = Call::get("/wxa/checksession", &query, &secrets);
    match client.ask(&call, |reply| check_errcode(reply, call.mask)).await {
        Err(error) if error.errcode() == Some(WRONG_SIGNATURE) => Ok(false),
        result => result.map(|()| true),
    }
}

/// The reply to a request of the application's own. No error repeats the app `secret` either, which
/// it may have sent.
pub async fn request(
    client: &Client,
    access_token: Option<&str>,
    secret: Option<&str>,
    request: &ServerRequest,
) -> Result<Vec<u8>, RequestError> {
    let own = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query: Vec<_> = own.chain(access_token.map(|token| ("access_token", token))).collect();
    let sent = sent_text(request);
    let secrets = [access_token.unwrap_or_default(), secret.unwrap_or_default()];
    let call = Call {
        method: if request.is_post { Method::POST } else { Method::GET },
        body: request.body.clone(),
        timeout: request.timeout,
        max_reply: MAX_FILE,
        busy_retries: Some(if request.retries_busy { client.retries().max(1) } else { 0 }),
        mask: Mask { secrets: &secrets, sent: &sent },
        ..Call::get(&request.path, &query, &secrets)
    };
    client.fetch(&call, |reply| checked(reply, request.wants_bytes, call.mask)).await
}

/// The reply, where it is one: an error comes as JSON in place of a file too.
fn checked(reply: Vec<u8>, wants_bytes: bool, mask: Mask<'_>) -> Result<Vec<u8>, RequestError> {
    if wants_bytes {
        let text = reply.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&reply).trim_ascii();
        if text.is_empty() {
            return Err(RequestError::failed("WeChat's reply is empty"));
        }
        if let Some(json) = text.starts_with(b"{").then(|| Json::parse(text)).flatten() {
            check_errcode(&json.into_object(), mask)?;
        }
        return Ok(reply);
    }
    match Json::parse(&reply) {
        Some(Json::Object(object)) => check_errcode(&object, mask)?,
        Some(Json::Null | Json::Other) => return Err(RequestError::failed("WeChat's reply is not an object of JSON")),
        None => return Err(RequestError::failed("WeChat's reply is not JSON")),
    }
    Ok(reply)
}

/// What was sent, as far as it may come back in an error.
fn sent_text(request: &ServerRequest) -> String {
    let query = request.query.iter().map(|(_, value)| value.into());
    let body = request.body.iter().map(|Body { bytes, .. }| &bytes[..bytes.len().min(MAX_MASKED)]);
    query.chain(body.map(String::from_utf8_lossy)).collect::<Vec<Cow<'_, str>>>().join(" ")
}

/// WeChat's reply is no refusal, and not what its page says either.
fn lacks(field: &str) -> RequestError {
    RequestError::failed(format!("WeChat's reply holds no usable {field}"))
}
