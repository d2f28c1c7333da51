//! Why there is no connection to WeChat, straight or through the application's proxy.

use std::error::Error as StdError;
use std::time::Duration;
use std::{fmt, io, iter};

use url::Url;

/// How hyper-util words that a proxy opened no tunnel. It has no other way to tell these apart.
const TUNNEL: &str = "tunnel error: ";
const NO_TUNNEL: &str = "tunnel error: unsuccessful";
const WANTS_PASSWORD: &str = "tunnel error: proxy authorization required";
const NO_PROXY: &str = "tunnel error: failed to create underlying connection";

/// Why there is no connection. Nothing of a request was sent.
#[derive(Debug)]
pub enum ConnectError {
    Late(Duration),
    Unreachable {
        host: String,
        cause: String,
    },
    /// TLS did not come about.
    Insecure {
        host: String,
        cause: String,
        /// What TLS itself found to be wrong, beside a connection that broke.
        tls: Option<rustls::Error>,
    },
    /// The proxy opened no tunnel.
    NoTunnel,
    /// The same, and it answered with this status.
    ProxyStatus(u16),
}

impl ConnectError {
    /// Tells whose fault `error`, one of connecting, is.
    pub fn new(error: &reqwest::Error, endpoint: &Url, proxy: Option<&Url>, timeout: Duration) -> Self {
        if is_late(error) {
            return Self::Late(timeout);
        }
        let first = proxy.unwrap_or(endpoint);
        // Behind a tunnel is WeChat. Without one the proxy passes requests on.
        let last = if endpoint.scheme() == "https" { endpoint } else { first };
        // Beneath hyper-util's own error.
        let Some(cause) = beneath(error).and_then(StdError::source) else {
            return Self::Unreachable { host: host_of(last), cause: causes(error) };
        };
        let text = cause.to_string();
        match (text.as_str(), cause.source()) {
            (NO_TUNNEL, _) => Self::NoTunnel,
            (WANTS_PASSWORD, _) => Self::ProxyStatus(407),
            (NO_PROXY, Some(cause)) => Self::with(first, cause),
            (text, _) if text.starts_with(TUNNEL) => Self::Unreachable { host: host_of(first), cause: chain(cause) },
            _ => Self::with(last, cause),
        }
    }

    /// Only an error of TLS is an [`io::Error`] itself.
    fn with(host: &Url, cause: &(dyn StdError + 'static)) -> Self {
        let host = host_of(host);
        match cause.downcast_ref::<io::Error>() {
            Some(error) => Self::Insecure { host, cause: chain(cause), tls: tls_error(error).cloned() },
            None => Self::Unreachable { host, cause: chain(cause) },
        }
    }

    /// Whether it may go away by itself. What a proxy does not allow and a certificate that is not
    /// trusted stay as they are.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Late(_) | Self::Unreachable { .. } | Self::NoTunnel => true,
            Self::ProxyStatus(status) => matches!(status, 408 | 425 | 429 | 500..),
            Self::Insecure { tls, .. } => tls.is_none(),
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Late(time) => write!(f, "no connection to WeChat within {} ms", time.as_millis()),
            Self::Unreachable { host, cause } => write!(f, "no connection to {host}: {cause}"),
            Self::Insecure { host, cause, tls } => {
                write!(f, "no secure connection to {host}: {cause}{}", certificate_advice(tls.as_ref()))
            }
            Self::NoTunnel => f.write_str("the proxy opened no tunnel to WeChat"),
            Self::ProxyStatus(status) => {
                write!(f, "{} and answered with the status {status}{}", Self::NoTunnel, proxy_advice(*status))
            }
        }
    }
}

/// What to do about a status of the proxy's own.
pub fn proxy_advice(status: u16) -> &'static str {
    match status {
        407 => ": set the right user and password in options.wechat.proxy",
        403 => ": let it allow WeChat's address",
        _ => "",
    }
}

fn certificate_advice(error: Option<&rustls::Error>) -> &'static str {
    use rustls::{CertificateError, Error};
    match error {
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            ". Name the authority that signed it in NODE_EXTRA_CA_CERTS, if it is to be trusted"
        }
        _ => "",
    }
}

/// What holds it may be an [`io::Error`] in another.
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref().or_else(|| tls_error(inner.downcast_ref()?))
}

/// Whether one of our own limits has passed, and not one of the system's.
pub fn is_late(error: &reqwest::Error) -> bool {
    error.is_timeout() && !all(error).any(|error| error.is::<io::Error>())
}

/// The causes of `error`, without what reqwest says itself: its URLs hold secrets.
pub fn causes(error: &reqwest::Error) -> String {
    beneath(error).map_or_else(|| "no request could be made".to_owned(), chain)
}

/// The first cause that is not reqwest's own.
fn beneath(error: &reqwest::Error) -> Option<&(dyn StdError + 'static)> {
    all(error).find(|error| !error.is::<reqwest::Error>())
}

/// An error and its causes.
fn chain(error: &(dyn StdError + 'static)) -> String {
    all(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn all<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

/// The host and port of `url`, where it names one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
