//! HTTPS requests to WeChat: what is sent, and what may be a reply.

use std::net::IpAddr;
use std::time::Duration;

use http::header::{CONTENT_TYPE, PROXY_AUTHORIZATION, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;
use url::Url;

use super::connector::{ConnectError, Connector, causes, proxy_advice};
use super::json::Object;
use super::proxy::{self, Proxy};
use super::reply::{Failure, RequestError, parse_reply, refusal_in};
use super::retry::retry;
use crate::tls;

/// After this time an idle connection is closed. Servers wait longer: a connection that the server
/// closes just as we use it again fails a login.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// What is said beside a status other than 200 has to come within this time.
const REASON_TIMEOUT: Duration = Duration::from_secs(1);

/// In bytes. WeChat's replies have some hundred; a longer one does not come from WeChat.
const MAX_REPLY: usize = 1 << 20;

pub struct Settings {
    pub endpoint: String,
    pub proxy: Option<String>,
    /// For one request.
    pub timeout: Duration,
    pub retries: u32,
}

pub struct Client {
    http: legacy::Client<Connector, Full<Bytes>>,
    endpoint: Url,
    /// What a proxy is shown that passes requests on.
    proxy_authorization: Option<String>,
    timeout: Duration,
    retries: u32,
}

/// What is asked of WeChat.
pub struct Call<'a> {
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    /// JSON, of a POST request.
    pub body: Option<serde_json::Value>,
    /// What WeChat's words must not repeat.
    pub secrets: &'a [&'a str],
}

impl Client {
    /// `Err` says what is wrong with `settings`, or why there can be no client.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let Settings { endpoint, proxy, timeout, retries } = settings;
        let endpoint = parse_endpoint(&endpoint)?;
        let proxy = proxy.map(|proxy| parse_proxy(&proxy, &endpoint)).transpose()?;
        let is_plain = endpoint.scheme() == "http";
        let proxy_authorization = proxy.as_ref().filter(|_| is_plain).and_then(|proxy| proxy.authorization.clone());
        // To connect may take half the time: then it is known that nothing was sent.
        let connector = Connector::new(tls::client_config()?, proxy, timeout / 2);
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self { http, endpoint, proxy_authorization, timeout, retries })
    }

    /// Asks WeChat, and returns what `parse` makes of the reply.
    pub async fn ask<T>(
        &self,
        call: &Call<'_>,
        parse: impl Fn(&Object) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        retry(self.retries, || async { parse(&self.send(call).await?) }).await
    }

    fn request(&self, call: &Call<'_>) -> http::Result<Request<Full<Bytes>>> {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), call.path));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request = Request::builder().uri(url.as_str()).header(USER_AGENT, proxy::USER_AGENT);
        if let Some(authorization) = &self.proxy_authorization {
            request = request.header(PROXY_AUTHORIZATION, authorization);
        }
        match &call.body {
            None => request.body(Full::default()),
            Some(body) => {
                request.method("POST").header(CONTENT_TYPE, "application/json").body(Full::from(body.to_string()))
            }
        }
    }

    async fn send(&self, call: &Call<'_>) -> Result<Object, RequestError> {
        let request = self.request(call).map_err(|error| RequestError::failed(error.to_string()))?;
        let late = |_| RequestError::failed(format!("WeChat did not answer within {} ms", self.timeout.as_millis()));
        timeout(self.timeout, self.reply(request, call.secrets)).await.map_err(late)?
    }

    async fn reply(&self, request: Request<Full<Bytes>>, secrets: &[&str]) -> Result<Object, RequestError> {
        let response = self.http.request(request).await.map_err(failed)?;
        match response.status() {
            StatusCode::OK => parse_reply(&body(response).await?),
            status => {
                let reason = timeout(REASON_TIMEOUT, body(response)).await.ok().and_then(Result::ok);
                Err(RequestError::Failed(wrong_status(status, reason.as_deref(), secrets)))
            }
        }
    }
}

/// A status other than 200 is a failure in 1.3.2's words; WeChat and what stands before it say more
/// in the body at times.
fn wrong_status(status: StatusCode, reason: Option<&[u8]>, secrets: &[&str]) -> Failure {
    let refusal = reason.and_then(|body| refusal_in(&parse_reply(body).ok()?, secrets));
    let mut cause = format!("Non 200 http status code received. Http error. The status is {}", status.as_u16());
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        cause.push_str(proxy_advice(status.as_u16()));
    }
    Failure { cause, unsent: false, refusal }
}

async fn body(mut response: Response<Incoming>) -> Result<Vec<u8>, RequestError> {
    let mut body = Vec::new();
    while let Some(frame) = response.frame().await {
        let frame = frame.map_err(|error| RequestError::failed(causes(&error)))?;
        let chunk = frame.data_ref().map_or(&[][..], |data| data);
        if body.len() + chunk.len() > MAX_REPLY {
            return Err(RequestError::failed(format!("WeChat's reply is longer than {MAX_REPLY} bytes")));
        }
        body.extend_from_slice(chunk);
    }
    Ok(body)
}

/// A request that got no response.
fn failed(error: legacy::Error) -> RequestError {
    let mut all = std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |&error| error.source());
    RequestError::Failed(match all.find_map(|error| error.downcast_ref::<ConnectError>()) {
        Some(error) => Failure { cause: error.to_string(), unsent: error.is_transient(), refusal: None },
        None => Failure { cause: causes(&error), unsent: false, refusal: None },
    })
}

/// Queries hold secrets, so plain HTTP must not leave this machine.
fn parse_endpoint(endpoint: &str) -> Result<Url, String> {
    let wrong = || {
        "options.wechat.endpoint must be an https: URL without a query (http: on a loopback address only), \
         such as 'https://api.weixin.qq.com'"
            .to_owned()
    };
    let url = Url::parse(endpoint).map_err(|_| wrong())?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(url.host_str()),
        _ => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if allowed && plain { Ok(url) } else { Err(wrong()) }
}

/// A proxy only forwards the bytes to an `https:` endpoint, but reads those to an `http:` one.
fn parse_proxy(proxy: &str, endpoint: &Url) -> Result<Proxy, String> {
    let proxy = Proxy::parse(proxy).ok_or_else(|| {
        "options.wechat.proxy must be a URL, such as 'http://user:password@proxy.internal:3128'".to_owned()
    })?;
    if endpoint.scheme() != "https" && !is_loopback(proxy.uri.host()) {
        return Err("options.wechat.proxy needs an https: endpoint: it would see the app secret".to_owned());
    }
    Ok(proxy)
}

fn is_loopback(host: Option<&str>) -> bool {
    let host = host.unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for endpoint in ["https://api.weixin.qq.com", "http://localhost:1", "http://127.0.0.9:1/", "http://[::1]:1"] {
            assert!(parse_endpoint(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in
            ["http://api.weixin.qq.com", "http://127.0.0.1.evil.example", "ftp://localhost", "weixin", "https://a?b=c"]
        {
            assert!(parse_endpoint(endpoint).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn a_proxy_does_not_read_secrets() {
        let https = parse_endpoint("https://api.weixin.qq.com").unwrap();
        let http = parse_endpoint("http://127.0.0.1:1").unwrap();
        assert!(parse_proxy("http://user:password@10.0.0.1:3128", &https).is_ok());
        assert!(parse_proxy("http://127.0.0.1:3128", &http).is_ok());
        assert!(parse_proxy("http://10.0.0.1:3128", &http).is_err());
        for proxy in ["", "proxy:3128", "ftp://proxy", "http://"] {
            assert!(parse_proxy(proxy, &https).is_err(), "{proxy}");
        }
    }
}
