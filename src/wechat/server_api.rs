//! WeChat's server API. Sources: WeChat's pages on `getStableAccessToken` and `getPhoneNumber`.

use serde_json::json;

use super::client::{Call, Client};
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
    let secrets = [secret];
    let call = Call { path: "/cgi-bin/stable_token", query: &[], body: Some(body), secrets: &secrets };
    client.ask(&call, |reply| parse_access_token(reply, &secrets)).await
}

fn parse_access_token(reply: &Object, secrets: &[&str]) -> Result<AccessToken, RequestError> {
    check_errcode(reply, secrets)?;
    let text = reply.text("access_token").ok_or_else(|| lacks("access_token"))?;
    let expires_in = reply.integer("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    Ok(AccessToken { text, expires_in: expires_in.ok_or_else(|| lacks("expires_in"))? })
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
    let call = Call { path: "/wxa/business/getuserphonenumber", query: &query, body: Some(body), secrets: &secrets };
    client.ask(&call, |reply| parse_phone_number(reply, app_id, &secrets)).await
}

fn parse_phone_number(reply: &Object, app_id: &str, secrets: &[&str]) -> Result<PhoneNumber, RequestError> {
    check_errcode(reply, secrets)?;
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

/// WeChat's reply is no refusal, and not what its page says either.
fn lacks(field: &str) -> RequestError {
    RequestError::failed(format!("WeChat's reply holds no usable {field}"))
}
