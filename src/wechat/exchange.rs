//! The exchange of a login code for a session. Source: WeChat's `auth.code2Session` page.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode, Url, redirect::Policy};

use super::json::{Json, Object};
use crate::error::{Error, Refusal, Result};
use crate::tls;

pub const DEFAULT_ENDPOINT: &str = "https://api.weixin.qq.com";
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses is kept. Shorter than servers do: one that is closed as it is used again fails a login.
const IDLE: Duration = Duration::from_secs(4);

/// WeChat's replies are some hundred bytes; whoever sends more than this is not WeChat.
const MAX_REPLY: usize = 1 << 20;

/// What WeChat says of a login.
pub struct Session {
    pub open_id: Option<String>,
    pub session_key: String,
}

/// A client of WeChat for one mini-program.
pub struct Exchange {
    client: Client,
    url: Url,
    timeout: Duration,
    app_id: Option<String>,
    secret: Option<String>,
}

impl Exchange {
    /// `Err` says what is wrong with `endpoint`, or why there can be no client.
    pub fn new(
        endpoint: &str,
        timeout: Duration,
        app_id: Option<String>,
        secret: Option<String>,
    ) -> std::result::Result<Self, String> {
        let url = session_url(endpoint)?;
        let tls = tls::client_config()?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(timeout)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(describe)?;
        Ok(Self { client, url, timeout, app_id, secret })
    }

    /// The app id and the secret, if neither is missing.
    fn credentials(&self) -> Result<(&str, &str)> {
        match (&self.app_id, &self.secret) {
            (Some(app_id), Some(secret)) => Ok((app_id, secret)),
            (None, Some(_)) => Err(Error::exchange("appId is missing, pass it when you create mpauthx")),
            (Some(_), None) => Err(Error::exchange("secret is missing, pass it when you create mpauthx")),
            (None, None) => Err(Error::exchange("appId and secret are missing, pass them when you create mpauthx")),
        }
    }

    pub fn app_id(&self) -> Result<&str> {
        Ok(self.credentials()?.0)
    }

    /// Exchanges the code that `wx.login` gave.
    pub async fn session(&self, code: &str) -> Result<Session> {
        let (app_id, secret) = self.credentials()?;
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("appid", app_id)
            .append_pair("secret", secret)
            .append_pair("js_code", code)
            .append_pair("grant_type", "authorization_code");
        let response = self.client.get(url).send().await.map_err(|error| self.failed(error))?;
        if response.status() != StatusCode::OK {
            return Err(Error::exchange("Non 200 http status code received. Http error."));
        }
        let reply = self.read(response).await?;
        let reply = match Json::parse(&reply) {
            None => return Err(Error::exchange("WeChat's reply is not JSON")),
            Some(Json::Null) => return Err(Error::exchange("WeChat's reply is null")),
            Some(json) => json.into_object(),
        };
        match reply.text("session_key") {
            Some(session_key) => Ok(Session { open_id: reply.text("openid"), session_key }),
            None => Err(Error::refused(refusal(&reply, &[secret, code]))),
        }
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>> {
        let mut reply = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if reply.len() + chunk.len() > MAX_REPLY {
                return Err(Error::exchange(format!("WeChat's reply is longer than {MAX_REPLY} bytes")));
            }
            reply.extend_from_slice(&chunk);
        }
        Ok(reply)
    }

    fn failed(&self, error: reqwest::Error) -> Error {
        if error.is_timeout() {
            return Error::exchange(format!("WeChat did not answer within {} ms", self.timeout.as_millis()));
        }
        Error::exchange(describe(error))
    }
}

/// The address of `auth.code2Session` at `endpoint`. The secret travels in the query, hence no plain HTTP off this machine.
fn session_url(endpoint: &str) -> std::result::Result<Url, String> {
    let wrong = || {
        "options.wechat.endpoint must be an https: URL without a query (http: on a loopback address only), \
         such as 'https://api.weixin.qq.com'"
            .to_owned()
    };
    let url = Url::parse(endpoint).map_err(|_| wrong())?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    };
    if !allowed || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong());
    }
    Url::parse(&format!("{}/sns/jscode2session", url.as_str().trim_end_matches('/'))).map_err(|_| wrong())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The causes of `error`, without its URL: the secret stands there.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// WeChat's own words, should it ever repeat one of `secrets` without that.
fn refusal(reply: &Object, secrets: &[&str]) -> Refusal {
    let errmsg = reply.text("errmsg").map(|text| {
        secrets.iter().filter(|secret| !secret.is_empty()).fold(text, |text, secret| text.replace(secret, "***"))
    });
    let rid = errmsg.as_deref().and_then(request_id);
    Refusal { errcode: reply.integer("errcode"), errmsg, rid }
}

/// What follows `rid:` in an errmsg.
fn request_id(errmsg: &str) -> Option<String> {
    let (_, rest) = errmsg.split_once("rid:")?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for endpoint in ["https://api.weixin.qq.com", "http://localhost:1", "http://127.0.0.9:1/", "http://[::1]:1"] {
            assert!(session_url(endpoint).unwrap().path().ends_with("/sns/jscode2session"), "{endpoint}");
        }
        for endpoint in
            ["http://api.weixin.qq.com", "http://127.0.0.1.evil.example", "ftp://localhost", "weixin", "https://a?b=c"]
        {
            assert!(session_url(endpoint).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn a_refusal_keeps_wechats_words_and_no_secret() {
        let reply = Json::parse(br#"{"errcode":"40029","errmsg":"bad s3cret, rid: 61-ab"}"#).unwrap().into_object();
        let refusal = refusal(&reply, &["s3cret", ""]);
        assert_eq!(refusal.errcode, Some(40029));
        assert_eq!(refusal.errmsg.as_deref(), Some("bad ***, rid: 61-ab"));
        assert_eq!(refusal.rid.as_deref(), Some("61-ab"));
    }
}
