//! HTTPS requests to WeChat: the connection and what may be a reply.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Method, Proxy, Request, Response, StatusCode, Url, redirect::Policy};

use super::json::Object;
use super::reply::{RequestError, parse_reply};
use super::retry::retry;
use crate::tls;

/// After this time an idle connection is closed. Servers wait longer: a connection that the server
/// closes just as we use it again fails a login.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

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
    timeout: Duration,
    retries: u32,
}

impl Client {
    /// `Err` says what is wrong with `settings`, or why there can be no client.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let endpoint = parse_endpoint(&settings.endpoint)?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config()?)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout / 2) // expires first, which tells that nothing was sent
            .pool_idle_timeout(IDLE_TIMEOUT);
        if let Some(proxy) = settings.proxy {
            builder = builder.proxy(parse_proxy(&proxy, &endpoint)?);
        }
        let http = builder.build().map_err(describe)?;
        Ok(Self { http, endpoint, timeout: settings.timeout, retries: settings.retries })
    }

    /// Sends a GET request. Returns what `parse` makes of the reply.
    pub async fn get<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        parse: impl Fn(&Object) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let url = self.url(path, query);
        retry(self.retries, || async { parse(&self.send(Request::new(Method::GET, url.clone())).await?) }).await
    }

    /// Sends a POST request with JSON. Returns what `parse` makes of the reply.
    pub async fn post<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &serde_json::Value,
        parse: impl Fn(&Object) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let (url, body) = (self.url(path, query), body.to_string());
        let request = || {
            let mut request = Request::new(Method::POST, url.clone());
            *request.body_mut() = Some(body.clone().into());
            request
        };
        retry(self.retries, || async { parse(&self.send(request()).await?) }).await
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn send(&self, request: Request) -> Result<Object, RequestError> {
        let response = self.http.execute(request).await.map_err(|error| self.failed(error))?;
        if response.status() != StatusCode::OK {
            return Err(RequestError::failed("Non 200 http status code received. Http error."));
        }
        parse_reply(&self.body(response).await?)
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, RequestError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if body.len() + chunk.len() > MAX_REPLY {
                return Err(RequestError::failed(format!("WeChat's reply is longer than {MAX_REPLY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failed(&self, error: reqwest::Error) -> RequestError {
        let unsent = error.is_connect();
        let cause = match error.is_timeout() {
            true if unsent => format!("no connection to WeChat within {} ms", self.timeout.as_millis() / 2),
            true => format!("WeChat did not answer within {} ms", self.timeout.as_millis()),
            false => describe(error),
        };
        RequestError::Failed { cause, unsent }
    }
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
        "http" => is_loopback(&url),
        _ => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if allowed && plain { Ok(url) } else { Err(wrong()) }
}

/// A proxy only forwards the bytes to an `https:` endpoint, but reads those to an `http:` one.
fn parse_proxy(proxy: &str, endpoint: &Url) -> Result<Proxy, String> {
    let wrong = || "options.wechat.proxy must be a URL, such as 'http://user:password@proxy.internal:3128'".to_owned();
    let url = Url::parse(proxy).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong());
    }
    if endpoint.scheme() != "https" && !is_loopback(&url) {
        return Err("options.wechat.proxy needs an https: endpoint: it would see the app secret".to_owned());
    }
    Proxy::all(url).map_err(|_| wrong())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The causes of `error`, without its URL, which holds secrets.
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
