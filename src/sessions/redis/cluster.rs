//! A Redis Cluster.

use redis::cluster::ClusterClient;

use super::settings::{Settings, all, certificates, nodelay};

/// redis-rs follows MOVED and ASK, repeats what TRYAGAIN asks for, and finds the master that a failover made.
pub fn client(urls: &[String], settings: &Settings) -> Result<ClusterClient, String> {
    let nodes = all(urls, "options.tokens.cluster")?;
    if nodes.iter().any(|node| node.redis_settings().db() != 0) {
        return Err("options.tokens.cluster: a Cluster has one database, leave the number out of its URLs".to_owned());
    }
    let certificates = certificates(&nodes[0], settings)?;
    let has_password = nodes[0].redis_settings().password().is_some();
    let mut builder = ClusterClient::builder(nodes)
        .connection_timeout(settings.connect_timeout)
        .response_timeout(settings.deadline)
        .tcp_settings(nodelay());
    if let (false, Some(password)) = (has_password, &settings.password) {
        builder = builder.password(password);
    }
    if let Some(certificates) = certificates {
        builder = builder.certs(certificates);
    }
    builder.build().map_err(|error| format!("options.tokens.cluster: {error}"))
}
