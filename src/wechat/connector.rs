//! Connections to WeChat, straight or through the application's proxy, and why there is none.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::proxy::Proxy;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Bytes in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

#[derive(Clone)]
pub struct Connector {
    tcp: HttpConnector,
    tls: TlsConnector,
    proxy: Option<Arc<Proxy>>,
    /// For all that it takes to connect.
    timeout: Duration,
}

impl Connector {
    pub fn new(tls: ClientConfig, proxy: Option<Proxy>, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false); // TLS is our business
        tcp.set_nodelay(true);
        Self { tcp, tls: Arc::new(tls).into(), proxy: proxy.map(Arc::new), timeout }
    }

    async fn connect(&self, target: &Uri) -> Result<Line, ConnectError> {
        let Some(proxy) = &self.proxy else {
            return Ok(Line::new(self.open(target).await?));
        };
        let mut stream = self.open(&proxy.uri).await?;
        if !is_https(target) {
            return Ok(Line { shows_requests: true, ..Line::new(stream) });
        }
        proxy.tunnel(&mut *stream, target).await?;
        Ok(Line::new(self.secure(stream, target).await?))
    }

    /// Opens a connection as the scheme of `uri` says.
    async fn open(&self, uri: &Uri) -> Result<Box<dyn Stream>, ConnectError> {
        let unreachable = |cause| ConnectError::Unreachable { host: host_of(uri), cause };
        let stream = self.tcp.clone().call(uri.clone()).await.map_err(|cause| unreachable(cause.into()))?;
        let stream = Box::new(stream.into_inner());
        if is_https(uri) { self.secure(stream, uri).await } else { Ok(stream) }
    }

    /// Begins TLS with the host of `uri`.
    async fn secure(&self, stream: Box<dyn Stream>, uri: &Uri) -> Result<Box<dyn Stream>, ConnectError> {
        let insecure = |cause| ConnectError::Insecure { host: host_of(uri), cause };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|error| insecure(io::Error::other(error)))?;
        Ok(Box::new(self.tls.connect(name, stream).await.map_err(insecure)?))
    }
}

impl Service<Uri> for Connector {
    type Response = Line;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Line, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let late = |_| Err(ConnectError::Late(connector.timeout));
            timeout(connector.timeout, connector.connect(&target)).await.unwrap_or_else(late)
        })
    }
}

/// Why there is no connection. Nothing of a request was sent.
#[derive(Debug)]
pub enum ConnectError {
    Late(Duration),
    Unreachable {
        host: String,
        cause: BoxError,
    },
    /// TLS did not come about.
    Insecure {
        host: String,
        cause: io::Error,
    },
    /// The proxy opened no tunnel, and answered with this status.
    ProxyStatus(u16),
}

impl ConnectError {
    /// Whether it may go away by itself. What a proxy does not allow and a certificate that is not
    /// trusted stay as they are.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Late(_) | Self::Unreachable { .. } => true,
            Self::ProxyStatus(status) => matches!(status, 408 | 425 | 429 | 500..),
            Self::Insecure { cause, .. } => tls_error(cause).is_none(),
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Late(time) => write!(f, "no connection to WeChat within {} ms", time.as_millis()),
            Self::Unreachable { host, cause } => write!(f, "no connection to {host}: {}", causes(&**cause)),
            Self::Insecure { host, cause } => {
                write!(f, "no secure connection to {host}: {cause}{}", certificate_advice(cause))
            }
            Self::ProxyStatus(status) => {
                write!(f, "the proxy opened no tunnel to WeChat and answered with the status {status}")?;
                f.write_str(proxy_advice(*status))
            }
        }
    }
}

impl StdError for ConnectError {}

/// What to do about a status of the proxy's own.
pub fn proxy_advice(status: u16) -> &'static str {
    match status {
        407 => ": set the right user and password in options.wechat.proxy",
        403 => ": let it allow WeChat's address",
        _ => "",
    }
}

fn certificate_advice(cause: &io::Error) -> &'static str {
    use rustls::{CertificateError, Error};
    match tls_error(cause) {
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            ". Name the authority that signed it in NODE_EXTRA_CA_CERTS, if it is to be trusted"
        }
        _ => "",
    }
}

/// What TLS itself found to be wrong, beside a connection that broke.
fn tls_error(cause: &io::Error) -> Option<&rustls::Error> {
    cause.get_ref()?.downcast_ref()
}

/// An error and its causes.
pub fn causes(error: &(dyn StdError + 'static)) -> String {
    let all = std::iter::successors(Some(error), |&error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The host and port of `uri`, where it names one.
pub fn host_of(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

/// A connection for requests.
pub struct Line {
    stream: TokioIo<Box<dyn Stream>>,
    /// Whether it ends at the proxy, which passes requests on.
    shows_requests: bool,
}

impl Line {
    fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream: TokioIo::new(stream), shows_requests: false }
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.shows_requests)
    }
}

impl Read for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
