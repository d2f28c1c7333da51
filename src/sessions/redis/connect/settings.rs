//! What the application says of its redis.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::place::Place;
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

impl Settings {
    /// How long a connection may be silent when it was asked before it is taken for dead: a fresh
    /// one must still have time to answer.
    pub fn patience(&self) -> Duration {
        (self.deadline / 5).min(Duration::from_secs(1))
    }

    /// What TLS to `place` trusts and shows; None where there is no TLS.
    pub fn tls_to(&self, place: &Place) -> Result<Option<Arc<ClientConfig>>, String> {
        let Tls { ca, certificate, key } = &self.tls;
        if !place.address.is_tls() {
            let any = ca.is_some() || certificate.is_some() || key.is_some();
            return match any {
                true => Err("options.tokens.tls needs a rediss:// URL".to_owned()),
                false => Ok(None),
            };
        }
        let own = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.as_str(), key.as_str())),
            (None, None) => None,
            _ => return Err("options.tokens.tls: cert and key go together".to_owned()),
        };
        if ca.as_deref().is_some_and(|ca| !tls::is_pem(ca)) {
            return Err("options.tokens.tls: ca must be a PEM text with certificates".to_owned());
        }
        let config = tls::client_config_with(ca.as_deref(), own)
            .map_err(|cause| format!("options.tokens.tls: ca, cert and key must be PEM texts ({cause})"))?;
        Ok(Some(Arc::new(config)))
    }
}
