//! HTTPS requests to WeChat: what is sent, and what may be a reply.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::connect_error::{ConnectError, causes, is_late, proxy_advice};
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
    http: reqwest::Client,
    endpoint: Url,
    proxy: Option<Proxy>,
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
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config()?)
            .user_agent(proxy::USER_AGENT)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(timeout)
            .connect_timeout(connect_timeout(timeout))
            .pool_idle_timeout(IDLE_TIMEOUT);
        if let Some(url) = &proxy {
            builder = builder.proxy(reqwest::Proxy::all(url.clone()).map_err(|error| causes(&error))?);
        }
        let http = builder.build().map_err(|error| causes(&error))?;
        let proxy = proxy.map(|url| Ok::<_, String>(Proxy::new(url, tls::client_config()?))).transpose()?;
        Ok(Self { http, endpoint, proxy, timeout, retries })
    }

    /// Asks WeChat, and returns what `parse` makes of the reply.
    pub async fn ask<T>(
        &self,
        call: &Call<'_>,
        parse: impl Fn(&Object) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        // On the heap: its callers would hold it on their stack several times.
        let send = || Box::pin(self.send(call));
        retry(self.retries, || async { parse(&send().await?) }).await
    }

    fn request(&self, call: &Call<'_>) -> Request {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), call.path));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let Some(body) = &call.body else { return Request::new(Method::GET, url) };
        let mut request = Request::new(Method::POST, url);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
        request
    }

    async fn send(&self, call: &Call<'_>) -> Result<Object, RequestError> {
        let response = match self.http.execute(self.request(call)).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Err(self.no_connection(error).await),
            Err(error) => return Err(self.failed(&error)),
        };
        match response.status() {
            StatusCode::OK => parse_reply(&self.body(response).await?),
            status => {
                let reason = timeout(REASON_TIMEOUT, self.body(response)).await.ok().and_then(Result::ok);
                Err(RequestError::Failed(wrong_status(status, reason.as_deref(), call.secrets)))
            }
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, RequestError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + chunk.len() > MAX_REPLY {
                return Err(RequestError::failed(format!("WeChat's reply is longer than {MAX_REPLY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn no_connection(&self, error: reqwest::Error) -> RequestError {
        let limit = connect_timeout(self.timeout);
        let proxy = self.proxy.as_ref();
        let error = match (ConnectError::new(&error, &self.endpoint, proxy.map(|proxy| &proxy.url), limit), proxy) {
            (ConnectError::NoTunnel, Some(proxy)) => proxy.refusal(&self.endpoint, limit).await,
            (error, _) => error,
        };
        RequestError::Failed(Failure { cause: error.to_string(), unsent: error.is_transient(), refusal: None })
    }

    /// A request that may have been sent.
    fn failed(&self, error: &reqwest::Error) -> RequestError {
        RequestError::failed(match is_late(error) {
            true => format!("WeChat did not answer within {} ms", self.timeout.as_millis()),
            false => causes(error),
        })
    }
}

/// To connect may take half the time: then it is known that nothing was sent.
fn connect_timeout(timeout: Duration) -> Duration {
    timeout / 2
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
fn parse_proxy(proxy: &str, endpoint: &Url) -> Result<Url, String> {
    let proxy = proxy::parse(proxy).ok_or_else(|| {
        "options.wechat.proxy must be a URL, such as 'http://user:password@proxy.internal:3128'".to_owned()
    })?;
    if endpoint.scheme() != "https" && !is_loopback(proxy.host_str()) {
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
