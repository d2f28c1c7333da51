//! What the application says of its redis, and what redis-rs makes of it.

use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{ClientTlsConfig, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, TlsCertificates};

use crate::tls;

pub struct Settings {
    pub endpoint: Endpoint,
    /// Where the URLs have none.
    pub password: Option<String>,
    pub tls: Tls,
    pub connect_timeout: Duration,
    /// The longest that a call may take, retries included.
    pub deadline: Duration,
}

pub enum Endpoint {
    Server(String),
    Cluster(Vec<String>),
    Sentinels { urls: Vec<String>, master: String },
}

/// PEM texts.
#[derive(Default)]
pub struct Tls {
    pub ca: Option<String>,
    pub certificate: Option<String>,
    pub key: Option<String>,
}

pub fn parse_urls(urls: &[String], option: &str) -> Result<Vec<ConnectionInfo>, String> {
    match urls {
        [] => Err(format!("{option} must list at least one URL")),
        urls => urls.iter().map(|url| parse_url(url, option)).collect(),
    }
}

/// Parses a URL. The error must not repeat it: a password may stand there.
pub fn parse_url(url: &str, option: &str) -> Result<ConnectionInfo, String> {
    let wrong = || {
        format!(
            "{option}: a URL of redis must look like 'redis://user:password@host:6379/0', 'rediss://host' (TLS) \
             or 'unix:///path/to/socket'"
        )
    };
    let known = ["redis://", "rediss://", "unix:///"].iter().any(|scheme| url.starts_with(scheme));
    if !known || url.contains('#') {
        return Err(wrong());
    }
    let info = url.into_connection_info();
    let info = info.map_err(|_| wrong())?;
    if info.redis_settings().db() < 0 {
        return Err(wrong());
    }
    Ok(info.set_tcp_settings(nodelay()))
}

/// What TLS to the server `info` trusts and shows; None where there is no TLS.
pub fn certificates(info: &ConnectionInfo, settings: &Settings) -> Result<Option<TlsCertificates>, String> {
    let given = &settings.tls;
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
        let any = given.ca.is_some() || given.certificate.is_some() || given.key.is_some();
        return match any {
            true => Err("options.tokens.tls needs a rediss:// URL".to_owned()),
            false => Ok(None),
        };
    }
    let client_tls = match (&given.certificate, &given.key) {
        (Some(certificate), Some(key)) => Some(ClientTlsConfig {
            client_cert: certificate.clone().into_bytes(),
            client_key: key.clone().into_bytes(),
        }),
        (None, None) => None,
        _ => return Err("options.tokens.tls: cert and key go together".to_owned()),
    };
    if given.ca.as_deref().is_some_and(|ca| !tls::is_pem(ca)) {
        return Err("options.tokens.tls: ca must be a PEM text with certificates".to_owned());
    }
    tls::install_provider();
    let root_cert = tls::trusted_pem(given.ca.as_deref());
    Ok(Some(TlsCertificates { client_tls, root_cert: Some(root_cert.into_bytes()) }))
}

/// For latency: a command is small, and somebody waits for it.
pub fn nodelay() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}
