//! Where redis is: one server, the master that Sentinels name, or a Cluster.

use std::sync::Arc;

use redis::aio::AsyncPushSender;
use redis::{AsyncConnectionConfig, ProtocolVersion, RedisError, RedisResult};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::connection::Connection;
use super::node::Manner;
use super::role::Schedule;
use super::sentinel::Sentinel;
use super::server::Server;
use super::settings::{Endpoint, Settings};

pub enum Topology {
    Server(Box<Server>),
    Sentinel(Box<Sentinel>),
    Cluster(Box<Cluster>),
}

impl Topology {
    /// `Err` says what is wrong with `settings`, without the password. A connection that speaks
    /// RESP3 sees by itself to it that it is not dead.
    pub fn new(settings: &Settings, protocol: ProtocolVersion) -> Result<Self, String> {
        let manner = Manner {
            patience: protocol.supports_resp3().then(|| settings.patience()),
            schedule: Some(Arc::<Schedule>::default()),
            masters_only: false,
        };
        Ok(match &settings.endpoint {
            Endpoint::Server(url) => Self::Server(Box::new(Server::new(url, settings, manner, protocol)?)),
            Endpoint::Sentinels { urls, master } => {
                Self::Sentinel(Box::new(Sentinel::new(urls, master, settings, manner, protocol)?))
            }
            Endpoint::Cluster(urls) => Self::Cluster(Box::new(Cluster::new(urls, settings)?)),
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

    pub async fn connect(&self) -> RedisResult<Connection> {
        self.connect_with(&config()).await
    }

    /// The same, to a server that tells `on_push` what it was not asked. It must speak RESP3, and
    /// be no Cluster.
    pub async fn connect_tracking(&self, on_push: impl AsyncPushSender) -> RedisResult<Connection> {
        self.connect_with(&config().set_push_sender(on_push)).await
    }

    /// What `error` of a call that began then comes from, as far as that is known.
    pub fn explain(&self, error: RedisError, since: Instant) -> RedisError {
        match self {
            Self::Cluster(cluster) => cluster.explain(error, since),
            _ => error,
        }
    }

    /// Why a node of the Cluster could not be reached since then, as far as that is known.
    pub fn failure(&self, since: Instant) -> Option<RedisError> {
        match self {
            Self::Cluster(cluster) => cluster.failure(since),
            _ => None,
        }
    }

    async fn connect_with(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        match self {
            Self::Server(server) => server.connect(config).await,
            Self::Sentinel(sentinel) => sentinel.connect(config).await,
            Self::Cluster(cluster) => cluster.connect().await,
        }
    }
}

fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_response_timeout(None) // whoever calls sees to it
}
