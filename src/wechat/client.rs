//! HTTPS requests to WeChat.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Method, Proxy, Request, Response, StatusCode, Url, redirect::Policy};
use tokio::time::sleep;

use super::json::{Json, Object};
use crate::error::Refusal;
use crate::tls;

const DEFAULT_ENDPOINT: &str = "https://api.weixin.qq.com";
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses is kept. Shorter than servers do: one that is closed as it is used again fails a login.
const IDLE: Duration = Duration::from_secs(4);

/// WeChat's replies are some hundred bytes; whoever sends more than this is not WeChat.
const MAX_REPLY: usize = 1 << 20;

/// The longest pause before a second try, then twice that, then four times, up to [`MAX_PAUSE`]; in milliseconds.
const PAUSE: u64 = 200;
const MAX_PAUSE: u64 = 5000;

/// WeChat's "system busy": it has done nothing, so the same request may be sent again.
const BUSY: i64 = -1;

pub struct Settings {
    pub endpoint: Option<String>,
    pub proxy: Option<String>,
    pub timeout: Duration,
    pub retries: u32,
}

/// Why WeChat gave nothing of use.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// There was no answer that can be read.
    Failed {
        cause: String,
        /// Whether it failed before WeChat could have seen the request.
        unsent: bool,
    },
    /// WeChat's answer was no.
    Refused(Refusal),
}

impl Trouble {
    pub fn failed(cause: impl Into<String>) -> Self {
        Self::Failed { cause: cause.into(), unsent: false }
    }

    fn is_passing(&self) -> bool {
        match self {
            Self::Failed { unsent, .. } => *unsent,
            Self::Refused(refusal) => refusal.errcode == Some(BUSY),
        }
    }
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
        let endpoint = read_endpoint(settings.endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config()?)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout / 2) // ends first, so that it is known that nothing was sent
            .pool_idle_timeout(IDLE);
        if let Some(proxy) = settings.proxy {
            builder = builder.proxy(read_proxy(&proxy, &endpoint)?);
        }
        let http = builder.build().map_err(describe)?;
        Ok(Self { http, endpoint, timeout: settings.timeout, retries: settings.retries })
    }

    /// The reply to a GET request. `secrets` are kept out of what WeChat's refusal says.
    pub async fn get(&self, path: &str, query: &[(&str, &str)], secrets: &[&str]) -> Result<Object, Trouble> {
        self.send(Method::GET, path, query, None, secrets).await
    }

    /// The reply to a POST request with JSON.
    pub async fn post(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: String,
        secrets: &[&str],
    ) -> Result<Object, Trouble> {
        self.send(Method::POST, path, query, Some(body), secrets).await
    }

    /// Repeats what is safe to repeat. A refusal is a reply with an errcode that is not 0.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<String>,
        secrets: &[&str],
    ) -> Result<Object, Trouble> {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut tries = 0;
        loop {
            let mut request = Request::new(method.clone(), url.clone());
            *request.body_mut() = body.clone().map(Into::into);
            let result = match self.once(request).await {
                Ok(reply) => accepted(reply, secrets),
                failed => failed,
            };
            match result {
                Err(trouble) if trouble.is_passing() && tries < self.retries => {
                    sleep(pause(tries)).await;
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    async fn once(&self, request: Request) -> Result<Object, Trouble> {
        let response = self.http.execute(request).await.map_err(|error| self.failed(error))?;
        if response.status() != StatusCode::OK {
            return Err(Trouble::failed("Non 200 http status code received. Http error."));
        }
        read_reply(&self.read(response).await?)
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let mut reply = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if reply.len() + chunk.len() > MAX_REPLY {
                return Err(Trouble::failed(format!("WeChat's reply is longer than {MAX_REPLY} bytes")));
            }
            reply.extend_from_slice(&chunk);
        }
        Ok(reply)
    }

    fn failed(&self, error: reqwest::Error) -> Trouble {
        let unsent = error.is_connect();
        let cause = match error.is_timeout() {
            true if unsent => format!("no connection to WeChat within {} ms", self.timeout.as_millis() / 2),
            true => format!("WeChat did not answer within {} ms", self.timeout.as_millis()),
            false => describe(error),
        };
        Trouble::Failed { cause, unsent }
    }
}

/// WeChat's reply, or what stands for one.
pub fn read_reply(reply: &[u8]) -> Result<Object, Trouble> {
    match Json::parse(reply) {
        None => Err(Trouble::failed("WeChat's reply is not JSON")),
        Some(Json::Null) => Err(Trouble::failed("WeChat's reply is null")),
        Some(json) => Ok(json.into_object()),
    }
}

/// A session is a success whatever errcode stands beside it.
pub fn accepted(reply: Object, secrets: &[&str]) -> Result<Object, Trouble> {
    let errcode = reply.integer("errcode").unwrap_or_default();
    match errcode == 0 || reply.text("session_key").is_some() {
        true => Ok(reply),
        false => Err(Trouble::Refused(refusal(&reply, secrets))),
    }
}

/// WeChat's own words, should it ever repeat one of `secrets` without that.
pub fn refusal(reply: &Object, secrets: &[&str]) -> Refusal {
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

/// A random time, so that those who failed together do not come back together.
fn pause(tries: u32) -> Duration {
    let longest = (PAUSE << tries.min(16)).min(MAX_PAUSE);
    let random = getrandom::u64().unwrap_or(longest);
    Duration::from_millis(random % longest + 1)
}

/// Secrets travel in queries, hence no plain HTTP off this machine.
fn read_endpoint(endpoint: &str) -> Result<Url, String> {
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

/// To an `https:` endpoint the proxy only passes bytes on; what goes to another it reads.
fn read_proxy(proxy: &str, endpoint: &Url) -> Result<Proxy, String> {
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

/// The causes of `error`, without its URL: secrets stand there.
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
            assert!(read_endpoint(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in
            ["http://api.weixin.qq.com", "http://127.0.0.1.evil.example", "ftp://localhost", "weixin", "https://a?b=c"]
        {
            assert!(read_endpoint(endpoint).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn a_proxy_does_not_read_secrets() {
        let https = read_endpoint("https://api.weixin.qq.com").unwrap();
        let http = read_endpoint("http://127.0.0.1:1").unwrap();
        assert!(read_proxy("http://user:password@10.0.0.1:3128", &https).is_ok());
        assert!(read_proxy("http://127.0.0.1:3128", &http).is_ok());
        assert!(read_proxy("http://10.0.0.1:3128", &http).is_err());
        for proxy in ["", "proxy:3128", "ftp://proxy", "http://"] {
            assert!(read_proxy(proxy, &https).is_err(), "{proxy}");
        }
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        for tries in 0..40 {
            assert!(pause(tries) <= Duration::from_millis((PAUSE << tries.min(16)).min(MAX_PAUSE)));
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
