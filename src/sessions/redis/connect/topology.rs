//! Where redis is: one server, the master that Sentinels name, or a Cluster.

use std::time::Duration;

use redis::aio::AsyncPushSender;
use redis::cluster::ClusterClient;
use redis::{AsyncConnectionConfig, ProtocolVersion, RedisResult};

use super::cluster;
use super::connection::Connection;
use super::sentinel::Sentinel;
use super::server::Server;
use super::settings::{Endpoint, Settings};

pub enum Topology {
    Server(Box<Server>),
    Sentinel(Box<Sentinel>),
    Cluster(Box<ClusterClient>),
}

impl Topology {
    /// `Err` says what is wrong with `settings`, without the password.
    pub fn new(settings: &Settings, protocol: ProtocolVersion) -> Result<Self, String> {
        Ok(match &settings.endpoint {
            Endpoint::Server(url) => Self::Server(Box::new(Server::new(url, settings, protocol)?)),
            Endpoint::Sentinels { urls, master } => {
                Self::Sentinel(Box::new(Sentinel::new(urls, master, settings, protocol)?))
            }
            Endpoint::Cluster(urls) => Self::Cluster(Box::new(cluster::client(urls, settings)?)),
        })
    }

    /// How it is called in `health`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Server(_) => "redis",
            Self::Sentinel(_) => "sentinel",
            Self::Cluster(_) => "cluster",
        }
    }

    pub async fn connect(&self, timeout: Duration) -> RedisResult<Connection> {
        self.connect_with(&config(timeout)).await
    }

    /// The same, to a server that tells `on_push` what it was not asked. It must speak RESP3, and be no
    /// Cluster.
    pub async fn connect_tracking(&self, timeout: Duration, on_push: impl AsyncPushSender) -> RedisResult<Connection> {
        self.connect_with(&config(timeout).set_push_sender(on_push)).await
    }

    async fn connect_with(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        match self {
            Self::Server(server) => server.connect(config).await,
            Self::Sentinel(sentinel) => sentinel.connect(config).await,
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
        }
    }
}

fn config(timeout: Duration) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(None) // whoever calls sees to it
}
