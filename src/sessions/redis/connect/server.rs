//! One redis server.

use redis::{AsyncConnectionConfig, ProtocolVersion, RedisResult};

use super::connection::Connection;
use super::dialer::{Dialer, Login};
use super::node::Manner;
use super::place::{self, Address};
use super::settings::Settings;

pub struct Server {
    dialer: Dialer,
    address: Address,
    login: Login,
    protocol: ProtocolVersion,
}

impl Server {
    pub fn new(url: &str, settings: &Settings, manner: Manner, protocol: ProtocolVersion) -> Result<Self, String> {
        let place = place::parse(url, "options.tokens")?;
        let dialer = Dialer::new(settings.tls_to(&place)?, settings.connect_timeout, manner);
        let login = Login::new(&place, settings.password.as_deref());
        Ok(Self { dialer, address: place.address, login, protocol })
    }

    /// Where it is and what a connection begins with there, if anybody may speak to it plainly.
    pub fn plain(&self) -> Option<(&Address, &Login)> {
        (!self.address.is_tls()).then_some((&self.address, &self.login))
    }

    pub async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        self.dialer.connect(&self.address, &self.login, self.protocol, config).await.map(Connection::Node)
    }
}
