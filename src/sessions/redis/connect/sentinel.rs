//! The master that Sentinels name.

use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, ConnectionAddr, ConnectionInfo, ProtocolVersion, RedisResult, TlsCertificates, TlsMode,
};

use super::connection::Connection;
use super::settings::{Settings, certificates, nodelay, parse_urls};

pub struct Sentinel {
    sentinels: Vec<ConnectionInfo>,
    master: String,
    /// Of the master.
    password: Option<String>,
    certificates: Option<TlsCertificates>,
    /// Spoken with the master.
    protocol: ProtocolVersion,
}

impl Sentinel {
    pub fn new(urls: &[String], master: &str, settings: &Settings, protocol: ProtocolVersion) -> Result<Self, String> {
        let sentinels = parse_urls(urls, "options.tokens.sentinels")?;
        let is_tls = |sentinel: &ConnectionInfo| matches!(sentinel.addr(), ConnectionAddr::TcpTls { .. });
        let is_unix = |sentinel: &ConnectionInfo| matches!(sentinel.addr(), ConnectionAddr::Unix(_));
        if sentinels.iter().any(|sentinel| is_unix(sentinel) || is_tls(sentinel) != is_tls(&sentinels[0])) {
            return Err("options.tokens.sentinels must all be redis:// or all be rediss:// URLs".to_owned());
        }
        let certificates = certificates(&sentinels[0], settings)?;
        Ok(Self { sentinels, master: master.to_owned(), password: settings.password.clone(), certificates, protocol })
    }

    /// Asks the Sentinels anew each time: the master may be another one by now.
    pub async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        let mut client = self.builder()?.build()?;
        client.get_async_connection_with_config(config).await.map(Connection::Node)
    }

    fn builder(&self) -> RedisResult<SentinelClientBuilder> {
        let addresses = self.sentinels.iter().map(|info| info.addr().clone());
        let own = self.sentinels[0].redis_settings();
        let mut builder = SentinelClientBuilder::new(addresses, &self.master, SentinelServerType::Master)?
            .set_client_to_redis_tcp_settings(nodelay())
            .set_client_to_sentinel_tcp_settings(nodelay())
            .set_client_to_redis_db(own.db())
            .set_client_to_redis_protocol(self.protocol);
        if let Some(username) = own.username() {
            builder = builder.set_client_to_sentinel_username(username);
        }
        if let Some(password) = own.password() {
            builder = builder.set_client_to_sentinel_password(password);
        }
        if let Some(password) = &self.password {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(certificates) = &self.certificates {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_certificates(certificates.clone());
        }
        Ok(builder)
    }
}
