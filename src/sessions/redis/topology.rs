//! Where redis is: one server, the master that Sentinels name, or a Cluster.

use std::time::Duration;

use redis::cluster::ClusterClient;
use redis::{AsyncConnectionConfig, RedisResult};

use super::cluster;
use super::connection::Connection;
use super::sentinel::Sentinel;
use super::server::Server;
use super::settings::{Place, Settings};

pub enum Topology {
    Server(Box<Server>),
    Sentinel(Box<Sentinel>),
    Cluster(Box<ClusterClient>),
}

impl Topology {
    /// `Err` says what is wrong with `settings`, without the password.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Ok(match &settings.place {
            Place::Server(url) => Self::Server(Box::new(Server::new(url, settings)?)),
            Place::Sentinels { urls, master } => Self::Sentinel(Box::new(Sentinel::new(urls, master, settings)?)),
            Place::Cluster(urls) => Self::Cluster(Box::new(cluster::client(urls, settings)?)),
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
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(None); // whoever calls sees to it
        match self {
            Self::Server(server) => server.connect(&config).await,
            Self::Sentinel(sentinel) => sentinel.connect(&config).await,
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
        }
    }
}
