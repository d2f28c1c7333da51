//! WeChat's interfaces for servers. Sources: WeChat's pages on `getStableAccessToken` and `getPhoneNumber`.

use serde_json::json;

use super::client::{Client, Trouble};

/// What lets a server use the other interfaces.
pub struct AccessToken {
    pub text: String,
    /// In seconds.
    pub life: u64,
}

#[derive(Debug, Clone)]
pub struct PhoneNumber {
    pub phone_number: String,
    pub pure_phone_number: String,
    pub country_code: String,
}

/// The stable access token. `forced` makes a new one, which ends the one before; otherwise every caller gets the same until it is about
/// to end.
pub async fn access_token(client: &Client, app_id: &str, secret: &str, forced: bool) -> Result<AccessToken, Trouble> {
    let body = json!({
        "grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": forced,
    });
    let reply = client.post("/cgi-bin/stable_token", &[], body.to_string(), &[secret]).await?;
    let life = reply.integer("expires_in").and_then(|life| u64::try_from(life).ok());
    match (reply.text("access_token"), life) {
        (Some(text), Some(life)) => Ok(AccessToken { text, life }),
        _ => Err(Trouble::failed("WeChat's reply holds no access token")),
    }
}

/// The phone number that the user of `app_id`'s mini-program has agreed to give.
pub async fn phone_number(
    client: &Client,
    app_id: &str,
    access_token: &str,
    code: &str,
    open_id: Option<&str>,
) -> Result<PhoneNumber, Trouble> {
    let mut body = json!({ "code": code });
    if let Some(open_id) = open_id {
        body["openid"] = open_id.into();
    }
    let query = [("access_token", access_token)];
    let secrets = [access_token, code, open_id.unwrap_or_default()];
    let reply = client.post("/wxa/business/getuserphonenumber", &query, body.to_string(), &secrets).await?;
    let info = reply.object("phone_info").unwrap_or_default();
    let made_for = info.object("watermark").and_then(|watermark| watermark.text("appid"));
    if made_for.as_deref() != Some(app_id) {
        return Err(Trouble::failed("the phone number is not for this mini-program"));
    }
    // The country code is documented as text; a number says the same.
    let country_code = info.text("countryCode").or_else(|| info.integer("countryCode").map(|code| code.to_string()));
    match (info.text("phoneNumber"), info.text("purePhoneNumber"), country_code) {
        (Some(phone_number), Some(pure_phone_number), Some(country_code)) => {
            Ok(PhoneNumber { phone_number, pure_phone_number, country_code })
        }
        _ => Err(Trouble::failed("WeChat's reply holds no phone number")),
    }
}
