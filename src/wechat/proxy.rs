//! The application's proxy, and with which status it refuses a tunnel to WeChat: reqwest keeps that
//! to itself.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use super::connect_error::{ConnectError, host_of};

/// Names this library to WeChat and to proxies.
pub const USER_AGENT: &str = concat!("mpauthx/", env!("CARGO_PKG_VERSION"));

/// In bytes, to the end of the status in the first line.
const STATUS_LENGTH: u64 = "HTTP/1.1 200 ".len() as u64;

pub struct Proxy {
    pub url: Url,
    tls: TlsConnector,
}

impl Proxy {
    pub fn new(url: Url, tls: ClientConfig) -> Self {
        Self { url, tls: Arc::new(tls).into() }
    }

    /// Asks once more for a tunnel to `target` that it opened none to, and tells why not.
    pub async fn refusal(&self, target: &Url, limit: Duration) -> ConnectError {
        match timeout(limit, self.ask(target)).await {
            Ok(Ok(answer)) => match parse_status(&answer) {
                Some(200) => ConnectError::NoTunnel, // it would open one now
                Some(status) => ConnectError::ProxyStatus(status),
                None => {
                    let cause = "it does not answer as a proxy does".to_owned();
                    ConnectError::Unreachable { host: host_of(&self.url), cause }
                }
            },
            _ => ConnectError::NoTunnel,
        }
    }

    /// How the answer begins.
    async fn ask(&self, target: &Url) -> io::Result<Vec<u8>> {
        let request = self.request(target);
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = self.url.port_or_known_default().unwrap_or_default();
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        if self.url.scheme() == "https" {
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            exchange(self.tls.connect(name, stream).await?, &request).await
        } else {
            exchange(stream, &request).await
        }
    }

    fn request(&self, target: &Url) -> String {
        let port = target.port_or_known_default().unwrap_or_default();
        let host = format!("{}:{port}", target.host_str().unwrap_or_default());
        let authorization =
            authorization(&self.url).map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
        format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n{authorization}\r\n")
    }
}

/// The address in `url`. None where it names no proxy.
pub fn parse(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// What shows user and password.
fn authorization(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut login: Vec<u8> = percent_decode_str(url.username()).collect();
    login.push(b':');
    login.extend(percent_decode_str(url.password().unwrap_or_default()));
    Some(format!("Basic {}", base64_simd::STANDARD.encode_to_string(login)))
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    match stream.take(STATUS_LENGTH).read_to_end(&mut answer).await {
        Ok(_) if answer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(cause) if answer.is_empty() => Err(cause),
        _ => Ok(answer), // the connection may break after it
    }
}

/// The status in `HTTP/1.1 200 Connection established` and its like.
fn parse_status(answer: &[u8]) -> Option<u16> {
    let answer = answer.strip_prefix(b"HTTP/1.")?;
    let status = std::str::from_utf8(answer.get(2..5)?).ok()?;
    let is_end = answer.get(5).is_none_or(|byte| byte.is_ascii_whitespace());
    status.parse().ok().filter(|status| answer[1] == b' ' && is_end && (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;
    use tokio::net::TcpListener;

    use super::*;
    use crate::tls;

    fn proxy(url: &str) -> Proxy {
        Proxy::new(parse(url).unwrap(), tls::client_config().unwrap())
    }

    #[test]
    fn user_and_password_are_decoded() {
        let authorization = |url: &str| parse(url).and_then(|url| authorization(&url));
        assert_eq!(authorization("http://u%3a:p%40@proxy:1").as_deref(), Some("Basic dTo6cEA="));
        assert_eq!(authorization("http://u@proxy").as_deref(), Some("Basic dTo="));
        assert_eq!(authorization("http://proxy"), None);
    }

    #[test]
    fn the_request_is_for_a_tunnel_to_the_port_that_is_meant() {
        let request = |url: &str, target: &str| proxy(url).request(&Url::parse(target).unwrap());
        let rest = format!("User-Agent: {USER_AGENT}\r\n");
        assert_eq!(
            request("http://proxy", "https://api.weixin.qq.com/x"),
            format!("CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nHost: api.weixin.qq.com:443\r\n{rest}\r\n")
        );
        assert_eq!(
            request("http://u@proxy", "https://[::1]:8443"),
            format!("CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n{rest}Proxy-Authorization: Basic dTo=\r\n\r\n")
        );
    }

    #[test]
    fn the_address_keeps_its_port() {
        let host = |url: &str| parse(url).map(|url| host_of(&url));
        assert_eq!(host("http://u:p@proxy:3128/").as_deref(), Some("proxy:3128"));
        assert_eq!(host("https://[::1]").as_deref(), Some("[::1]"));
        for wrong in ["", "proxy:3128", "ftp://proxy", "http://"] {
            assert!(host(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_status_is_read_from_the_first_line() {
        for (answer, status) in [
            ("HTTP/1.1 407 Proxy Authentication Required\r\nA: b\r\n\r\n", Some(407)),
            ("HTTP/1.0 200\r\n\r\n", Some(200)),
            ("HTTP/1.1 403", Some(403)),
            ("HTTP/1.1 2000 OK\r\n\r\n", None),
            ("HTTP/1.1 20\r\n\r\n", None),
            ("HTTP/2 200\r\n\r\n", None),
            ("220 welcome\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(parse_status(answer.as_bytes()), status, "{answer}");
            let beginning = &answer.as_bytes()[..answer.len().min(STATUS_LENGTH as usize)];
            assert_eq!(parse_status(beginning), status, "{answer}");
        }
    }

    /// What is told where the proxy gives `answer`, or none in time.
    async fn refusal(answer: Option<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = proxy(&format!("http://{}", listener.local_addr().unwrap()));
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        let limit = Duration::from_millis(if answer.is_some() { 10_000 } else { 50 });
        let refusal = proxy.refusal(&Url::parse("https://api.weixin.qq.com").unwrap(), limit).await.to_string();
        server.abort();
        refusal.replace(&host_of(&proxy.url), "proxy")
    }

    #[tokio::test]
    async fn what_a_proxy_does_not_say_is_not_told() {
        const NO_TUNNEL: &str = "the proxy opened no tunnel to WeChat";
        let with_status = format!("{NO_TUNNEL} and answered with the status 503");
        assert_eq!(refusal(Some("HTTP/1.1 503 Service Unavailable\r\n\r\n")).await, with_status);
        assert_eq!(refusal(Some("HTTP/1.1 200 OK\r\n\r\n")).await, NO_TUNNEL);
        assert_eq!(refusal(Some("")).await, NO_TUNNEL);
        assert_eq!(refusal(None).await, NO_TUNNEL);
        assert_eq!(refusal(Some("220 hi")).await, "no connection to proxy: it does not answer as a proxy does");
    }

    /// A connection that gives these bytes and then breaks.
    struct Breaking(&'static [u8]);

    impl AsyncRead for Breaking {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if self.0.is_empty() {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            into.put_slice(self.0);
            self.0 = &[];
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn what_came_before_a_connection_broke_is_the_answer() {
        let exchanged = |bytes| exchange(tokio::io::join(Breaking(bytes), tokio::io::sink()), "");
        assert_eq!(exchanged(b"HTTP/1.1 407").await.unwrap(), b"HTTP/1.1 407");
        assert_eq!(exchanged(b"").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let nothing = exchange(tokio::io::join(tokio::io::empty(), tokio::io::sink()), "").await;
        assert_eq!(nothing.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
