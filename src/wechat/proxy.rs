//! The application's proxy: what it is asked for a tunnel to WeChat, and what it answers.

use std::io;

use http::Uri;
use http::uri::Scheme;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use super::connector::{ConnectError, Stream, host_of};

/// In bytes. A proxy's answer is a few lines; one without an end comes from no proxy.
const MAX_ANSWER: usize = 8192;

/// Names this library to WeChat and to proxies.
pub const USER_AGENT: &str = concat!("mpauthx/", env!("CARGO_PKG_VERSION"));

pub struct Proxy {
    pub uri: Uri,
    /// The header that shows user and password.
    pub authorization: Option<String>,
}

impl Proxy {
    /// None where `url` names no proxy.
    pub fn parse(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let scheme = Scheme::try_from(url.scheme()).ok()?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return None;
        }
        let authority = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build().ok()?;
        Some(Self { uri, authorization: authorization(&url) })
    }

    /// Asks for a tunnel to `target` on a connection to the proxy.
    pub async fn tunnel(&self, stream: &mut dyn Stream, target: &Uri) -> Result<(), ConnectError> {
        let host = format!("{}:{}", target.host().unwrap_or_default(), target.port_u16().unwrap_or(443));
        let mut request = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        let broken = |cause: io::Error| ConnectError::Unreachable { host: host_of(&self.uri), cause: cause.into() };
        stream.write_all(request.as_bytes()).await.map_err(broken)?;
        stream.flush().await.map_err(broken)?;
        let answer = read_answer(stream).await.map_err(broken)?;
        match parse_status(&answer) {
            Some(200..300) => Ok(()),
            Some(status) => Err(ConnectError::ProxyStatus(status)),
            None => Err(broken(io::Error::other("it does not answer as a proxy does"))),
        }
    }
}

fn authorization(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut login: Vec<u8> = percent_decode_str(url.username()).collect();
    login.push(b':');
    login.extend(percent_decode_str(url.password().unwrap_or_default()));
    Some(format!("Basic {}", base64_simd::STANDARD.encode_to_string(login)))
}

/// The answer up to the empty line at its end.
async fn read_answer(stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() == MAX_ANSWER {
            return Err(io::Error::other(format!("its answer is longer than {MAX_ANSWER} bytes")));
        }
        // What follows the empty line is WeChat's, and stays in the stream.
        match stream.read_u8().await {
            Ok(byte) => answer.push(byte),
            // Some end with the first line.
            Err(_) if parse_status(&answer).is_some() => return Ok(answer),
            Err(cause) => return Err(cause),
        }
    }
    Ok(answer)
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
    use super::*;

    #[test]
    fn user_and_password_are_decoded() {
        let authorization = |url: &str| Proxy::parse(url).and_then(|proxy| proxy.authorization);
        assert_eq!(authorization("http://u%3a:p%40@proxy:1").as_deref(), Some("Basic dTo6cEA="));
        assert_eq!(authorization("http://u@proxy").as_deref(), Some("Basic dTo="));
        assert_eq!(authorization("http://proxy"), None);
    }

    #[test]
    fn the_address_keeps_its_port() {
        let uri = |url: &str| Proxy::parse(url).map(|proxy| proxy.uri.to_string());
        assert_eq!(uri("http://u:p@proxy:3128/").as_deref(), Some("http://proxy:3128/"));
        assert_eq!(uri("https://[::1]").as_deref(), Some("https://[::1]/"));
        for wrong in ["", "proxy:3128", "ftp://proxy", "http://"] {
            assert!(uri(wrong).is_none(), "{wrong}");
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
        }
    }
}
