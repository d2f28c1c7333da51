//! HTTPS requests to WeChat: what is sent, and what may be a reply.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Request, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::call::{Body, Call, MAX_REPLY};
use super::connect_error::{ConnectError, causes, is_late, proxy_advice};
use super::endpoint::{cloud_endpoint, parse_endpoint, parse_proxy};
use super::json::Object;
use super::mask::Mask;
use super::proxy::{self, Proxy};
use super::reply::{Failure, RequestError, parse_reply, refusal_in};
use super::retry::{Retries, retry};
use crate::events::{Asked, Events};
use crate::tls;

/// After this time an idle connection is closed. Servers wait longer: a connection that the server
/// closes just as we use it again fails a login.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// What is said beside a status other than 200 has to come within this time.
const REASON_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Settings {
    pub endpoint: String,
    pub proxy: Option<String>,
    /// For one request.
    pub timeout: Duration,
    pub retries: u32,
    /// Where requests are counted.
    pub events: Arc<Events>,
}

pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    proxy: Option<Proxy>,
    timeout: Duration,
    retries: u32,
    events: Arc<Events>,
}

impl Client {
    /// `Err` says what is wrong with `settings`, or why there can be no client.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let endpoint = parse_endpoint(&settings.endpoint)?;
        Self::at(endpoint, settings)
    }

    /// The client for WeChat's cloud hosting, where the platform puts the access token to plain
    /// requests and takes no others.
    pub fn in_cloud(settings: Settings) -> Result<Self, String> {
        let endpoint = cloud_endpoint(parse_endpoint(&settings.endpoint)?)?;
        Self::at(endpoint, Settings { proxy: None, ..settings })
    }

    fn at(endpoint: Url, settings: Settings) -> Result<Self, String> {
        let Settings { proxy, timeout, retries, events, .. } = settings;
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
        Ok(Self { http, endpoint, proxy, timeout, retries, events })
    }

    /// How often a request is sent again that WeChat has done nothing about.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// Asks WeChat, and returns what `parse` makes of the reply.
    pub async fn ask<T>(
        &self,
        call: &Call<'_>,
        parse: impl Fn(&Object) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        self.fetch(call, |reply| parse(&parse_reply(&reply)?)).await
    }

    /// The same for a reply that may be no JSON.
    pub async fn fetch<T>(
        &self,
        call: &Call<'_>,
        parse: impl Fn(Vec<u8>) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let retries = Retries { unsent: self.retries, busy: call.busy_retries.unwrap_or(self.retries) };
        // On the heap: its callers would hold it on their stack several times.
        let send = || Box::pin(self.send(call));
        retry(retries, || async {
            let started = Instant::now();
            let result = send().await.and_then(&parse);
            self.events.wechat(call.path, outcome_of(&result), started.elapsed());
            result
        })
        .await
    }

    fn request(&self, call: &Call<'_>) -> Request {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), call.path));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request = Request::new(call.method.clone(), url);
        if let Some(Body { content_type, bytes }) = &call.body {
            request.headers_mut().insert(CONTENT_TYPE, content_type.clone());
            *request.body_mut() = Some(bytes.clone().into());
        }
        *request.timeout_mut() = call.timeout;
        request
    }

    /// The bytes of the reply.
    async fn send(&self, call: &Call<'_>) -> Result<Vec<u8>, RequestError> {
        let limit = call.timeout.unwrap_or(self.timeout);
        let response = match self.http.execute(self.request(call)).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Err(self.no_connection(error).await),
            Err(error) => return Err(failed(&error, limit)),
        };
        match response.status() {
            StatusCode::OK => body(response, call.max_reply, limit).await,
            status => {
                let reason = timeout(REASON_TIMEOUT, body(response, MAX_REPLY, limit)).await.ok().and_then(Result::ok);
                Err(RequestError::Failed(wrong_status(status, reason.as_deref(), call.mask)))
            }
        }
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
}

fn outcome_of<T>(result: &Result<T, RequestError>) -> Asked {
    match result {
        Ok(_) => Asked::Answered,
        Err(error @ RequestError::Refused(_)) => Asked::Refused(error.errcode()),
        // A refusal beside a status that is none of a reply's.
        Err(error) => error.errcode().map_or(Asked::Failed, |errcode| Asked::Refused(Some(errcode))),
    }
}

async fn body(mut response: Response, max: usize, limit: Duration) -> Result<Vec<u8>, RequestError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error, limit))? {
        if body.len() + chunk.len() > max {
            return Err(RequestError::failed(format!("WeChat's reply is longer than {max} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why a request failed that may have been sent.
fn failed(error: &reqwest::Error, limit: Duration) -> RequestError {
    RequestError::failed(match is_late(error) {
        true => format!("WeChat did not answer within {} ms", limit.as_millis()),
        false => causes(error),
    })
}

/// To connect may take half the time: then it is known that nothing was sent.
fn connect_timeout(timeout: Duration) -> Duration {
    timeout / 2
}

/// A status other than 200 is a failure in 1.3.2's words; WeChat and what stands before it say more
/// in the body at times.
fn wrong_status(status: StatusCode, reason: Option<&[u8]>, mask: Mask<'_>) -> Failure {
    let refusal = reason.and_then(|body| refusal_in(&parse_reply(body).ok()?, mask));
    let mut cause = format!("Non 200 http status code received. Http error. The status is {}", status.as_u16());
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        cause.push_str(proxy_advice(status.as_u16()));
    }
    Failure { cause, unsent: false, refusal }
}
