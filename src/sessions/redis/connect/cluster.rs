//! A Redis Cluster.
//!
//! redis-rs keeps the map of its slots, and has a way to let somebody else connect with the nodes,
//! so that they are reached like every other server. But it tells that one nothing of whose nodes
//! they are. So what it takes for the password is a ticket, under which the right dialer is found.
//! That way is not in its documentation: look at it when its version changes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use futures_util::FutureExt;
use redis::cluster::ClusterClient;
use redis::cluster_async::Connect;
use redis::{
    AsyncConnectionConfig, ConnectionAddr, ErrorKind, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo,
    RedisError, RedisFuture, RedisResult,
};
use tokio::time::Instant;

use super::connection::Connection;
use super::dialer::{Dialer, Login};
use super::node::{Manner, Node};
use super::place::{self, Address};
use super::settings::Settings;

const OPTION: &str = "options.tokens.cluster";

/// How long redis-rs waits before it repeats what a node cannot do yet, in milliseconds: at least
/// and at most. Its own waits start at 1280 and double, so that a call would sleep through its
/// deadline though the slot has arrived.
const RETRY_DELAYS: (u64, u64) = (50, 100);

/// The ways to the Clusters of the process, by ticket. Per process by nature: redis-rs calls a
/// function that has nothing else to look at.
static WAYS: LazyLock<Mutex<HashMap<String, Weak<Way>>>> = LazyLock::new(Mutex::default);
static NEXT_TICKET: AtomicU64 = AtomicU64::new(1);

pub struct Cluster {
    client: ClusterClient,
    way: Arc<Way>,
}

struct Way {
    ticket: String,
    dialer: Dialer,
    login: Login,
    is_tls: bool,
    /// The last attempt to connect with each node, where it failed.
    failures: Mutex<HashMap<Address, (Instant, RedisError)>>,
}

impl Cluster {
    pub fn new(urls: &[String], settings: &Settings) -> Result<Self, String> {
        let places = place::parse_all(urls, OPTION)?;
        let first = &places[0];
        let is_tls = first.address.is_tls();
        if places.iter().any(|place| matches!(place.address, Address::Unix(_)) || place.address.is_tls() != is_tls) {
            return Err(format!("{OPTION} must all be redis:// or all be rediss:// URLs"));
        }
        if places.iter().any(|place| place.user != first.user || place.password != first.password) {
            return Err(format!("{OPTION}: all URLs must have the same user and password"));
        }
        if places.iter().any(|place| place.database.is_some_and(|number| number != 0)) {
            return Err(format!("{OPTION}: a Cluster has one database, leave the number out of its URLs"));
        }
        let manner = Manner { patience: Some(settings.patience()), ..Manner::default() };
        let way = Way::open(
            Dialer::new(settings.tls_to(first)?, settings.connect_timeout, manner),
            Login::new(first, settings.password.as_deref()),
            is_tls,
        );
        let nodes = places.iter().filter_map(|place| match &place.address {
            // TLS is the dialer's business.
            Address::Tcp { host, port, .. } => Some(ConnectionAddr::Tcp(host.clone(), *port)),
            Address::Unix(_) => None,
        });
        let nodes: RedisResult<Vec<_>> = nodes.map(IntoConnectionInfo::into_connection_info).collect();
        let retries = settings.deadline.as_millis() / u128::from(RETRY_DELAYS.0); // the deadline ends them
        let client = nodes.and_then(|nodes| {
            let login = RedisConnectionInfo::default().set_password(&way.ticket);
            ClusterClient::builder(nodes.into_iter().map(|node| node.set_redis_settings(login.clone())))
                .connection_timeout(settings.connect_timeout)
                .response_timeout(settings.deadline)
                .retries(u32::try_from(retries).unwrap_or(u32::MAX))
                .min_retry_wait(RETRY_DELAYS.0)
                .retry_wait_formula(RETRY_DELAYS.1, 1)
                .build()
        });
        Ok(Self { client: client.map_err(|error| format!("{OPTION}: {error}"))?, way })
    }

    /// redis-rs follows MOVED and ASK, repeats what TRYAGAIN asks for, and finds the master that a
    /// failover made.
    pub async fn connect(&self) -> RedisResult<Connection> {
        let start = Instant::now();
        let connected = self.client.get_async_generic_connection::<Node>().await;
        let connected = connected.map(|connection| Connection::Cluster(connection, Arc::default()));
        connected.map_err(|error| self.explain(error, start))
    }

    /// redis-rs says little of why a node cannot be reached.
    pub fn explain(&self, error: RedisError, since: Instant) -> RedisError {
        let is_vague = error.is_io_error() || error.kind() == ErrorKind::ClusterConnectionNotFound;
        self.failure(since).filter(|_| is_vague).unwrap_or(error)
    }

    /// Why a node could not be reached since then.
    pub fn failure(&self, since: Instant) -> Option<RedisError> {
        let failures = self.way.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, error) = failures.values().max_by_key(|(time, _)| *time)?;
        (*time >= since).then(|| error.clone())
    }
}

impl Way {
    fn open(dialer: Dialer, login: Login, is_tls: bool) -> Arc<Self> {
        let ticket = NEXT_TICKET.fetch_add(1, Ordering::Relaxed).to_string();
        let way = Arc::new(Self { ticket: ticket.clone(), dialer, login, is_tls, failures: Mutex::default() });
        WAYS.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, Arc::downgrade(&way));
        way
    }

    fn of(ticket: Option<&str>) -> Option<Arc<Self>> {
        WAYS.lock().unwrap_or_else(PoisonError::into_inner).get(ticket?)?.upgrade()
    }

    async fn connect(&self, address: &Address, config: &AsyncConnectionConfig) -> RedisResult<Node> {
        let connected = self.dialer.connect(address, &self.login, ProtocolVersion::RESP2, config).await;
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match &connected {
            Ok(_) => failures.remove(address),
            Err(error) => failures.insert(address.clone(), (Instant::now(), error.clone())),
        };
        connected
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        WAYS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.ticket);
    }
}

impl Connect for Node {
    fn connect_with_config<'a, T>(info: T, config: AsyncConnectionConfig) -> RedisFuture<'a, Self>
    where
        T: IntoConnectionInfo + Send + 'a,
    {
        async move {
            let info = info.into_connection_info()?;
            let closed = || RedisError::from((ErrorKind::Client, "the Cluster was let go"));
            let way = Way::of(info.redis_settings().password()).ok_or_else(closed)?;
            let ConnectionAddr::Tcp(host, port) = info.addr() else { return Err(closed()) };
            let address = Address::Tcp { host: host.clone(), port: *port, tls: way.is_tls };
            way.connect(&address, &config.set_response_timeout(None)).await
        }
        .boxed()
    }
}
