//! A Redis Cluster.

use redis::cluster::ClusterClient;

use super::settings::{Settings, certificates, nodelay, parse_urls};

/// How long redis-rs waits before it repeats what a node cannot do yet, in milliseconds: at least and at most. Its own waits start at
/// 1280 and double, so that a call would sleep through its deadline though the slot has arrived.
const RETRY_DELAYS: (u64, u64) = (50, 100);

/// redis-rs follows MOVED and ASK, repeats what TRYAGAIN asks for, and finds the master that a failover made.
pub fn client(urls: &[String], settings: &Settings) -> Result<ClusterClient, String> {
    let nodes = parse_urls(urls, "options.tokens.cluster")?;
    if nodes.iter().any(|node| node.redis_settings().db() != 0) {
        return Err("options.tokens.cluster: a Cluster has one database, leave the number out of its URLs".to_owned());
    }
    let certificates = certificates(&nodes[0], settings)?;
    let has_password = nodes[0].redis_settings().password().is_some();
    let retries = settings.deadline.as_millis() / u128::from(RETRY_DELAYS.0); // the deadline ends them
    let mut builder = ClusterClient::builder(nodes)
        .connection_timeout(settings.connect_timeout)
        .response_timeout(settings.deadline)
        .tcp_settings(nodelay())
        .retries(u32::try_from(retries).unwrap_or(u32::MAX))
        .min_retry_wait(RETRY_DELAYS.0)
        .retry_wait_formula(RETRY_DELAYS.1, 1);
    if let (false, Some(password)) = (has_password, &settings.password) {
        builder = builder.password(password);
    }
    if let Some(certificates) = certificates {
        builder = builder.certs(certificates);
    }
    builder.build().map_err(|error| format!("options.tokens.cluster: {error}"))
}
