//! WeChat's server API. Sources: WeChat's pages on `getStableAccessToken` and `getPhoneNumber`.

use serde_json::json;

use super::client::Client;
use super::json::Object;
use super::reply::{RequestError, check_errcode};

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

/// The stable access token: every caller gets the same until it is about to expire. With
/// `force_refresh` WeChat makes a new one, which invalidates the one before.
pub async fn access_token(
    client: &Client,
    app_id: &str,
    secret: &str,
    force_refresh: bool,
) -> Result<AccessToken, RequestError> {
    let body = json!({
        "grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": force_refresh,
    });
    client.post("/cgi-bin/stable_token", &[], &body, |reply| parse_access_token(reply, secret)).await
}

fn parse_access_token(reply: &Object, secret: &str) -> Result<AccessToken, RequestError> {
    check_errcode(reply, &[secret])?;
    let expires_in = reply.integer("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    match (reply.text("access_token"), expires_in) {
        (Some(text), Some(expires_in)) => Ok(AccessToken { text, expires_in }),
        _ => Err(RequestError::failed("WeChat's reply holds no access token")),
    }
}

/// The phone number that the user of `app_id`'s mini-program has agreed to give.
pub async fn phone_number(
    client: &Client,
    app_id: &str,
    access_token: &str,
    code: &str,
    open_id: Option<&str>,
) -> Result<PhoneNumber, RequestError> {
    let mut body = json!({ "code": code });
    if let Some(open_id) = open_id {
        body["openid"] = open_id.into();
    }
    let query = [("access_token", access_token)];
    let secrets = [access_token, code, open_id.unwrap_or_default()];
    let parse = |reply: &Object| parse_phone_number(reply, app_id, &secrets);
    client.post("/wxa/business/getuserphonenumber", &query, &body, parse).await
}

fn parse_phone_number(reply: &Object, app_id: &str, secrets: &[&str]) -> Result<PhoneNumber, RequestError> {
    check_errcode(reply, secrets)?;
    let info = reply.object("phone_info").unwrap_or_default();
    let made_for = info.object("watermark").and_then(|watermark| watermark.text("appid"));
    if made_for.as_deref() != Some(app_id) {
        return Err(RequestError::failed("the phone number is not for this mini-program"));
    }
    // WeChat documents the country code as text; a number says the same.
    let country_code = info.text("countryCode").or_else(|| info.integer("countryCode").map(|code| code.to_string()));
    match (info.text("phoneNumber"), info.text("purePhoneNumber"), country_code) {
        (Some(phone_number), Some(pure_phone_number), Some(country_code)) => {
            Ok(PhoneNumber { phone_number, pure_phone_number, country_code })
        }
        _ => Err(RequestError::failed("WeChat's reply holds no phone number")),
    }
}
