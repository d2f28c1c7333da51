//! Whether redis can be asked, and whether it is set up to keep what it is given.

use std::time::Instant;

use redis::{RedisResult, Value, cmd};

use super::connect::{Connection, Link, Role, field};
use crate::error::{Error, Result};
use crate::sessions::Health;

pub async fn check(link: &Link) -> Health {
    let start = Instant::now();
    let latency = link.bounded(link.query::<Value>(&cmd("PING"))).await.map(|_| start.elapsed());
    match latency {
        Err(error) => Health { latency: Err(error), warnings: Vec::new() },
        Ok(latency) => {
            let info: Result<Value> = link.bounded(link.run(ask)).await;
            let (writable, warnings) = match info {
                Ok(info) => parse_info(link.topology().name(), &texts(&info)),
                Err(_) => (Ok(()), vec!["redis does not allow INFO: maxmemory-policy cannot be checked".to_owned()]),
            };
            Health { latency: writable.map(|()| latency), warnings }
        }
    }
}

/// Asks for INFO. A connection that leads to a master no more is let go for what that tells.
async fn ask(mut connection: Connection) -> RedisResult<Value> {
    let info = cmd("INFO").query_async(&mut connection).await?;
    if let Some(role) = texts(&info).iter().find_map(|node| Role::of(node)) {
        connection.learn(role);
    }
    Ok(info)
}

/// What the replies to INFO, one per node, tell.
fn parse_info(kind: &str, nodes: &[String]) -> (Result<()>, Vec<String>) {
    let evicts = nodes
        .iter()
        .find_map(|node| field(node, "maxmemory_policy").filter(|policy| *policy != "noeviction"))
        .map(|policy| {
            format!(
                "maxmemory-policy is {policy}: redis may drop live tokens when memory runs short, set it to noeviction"
            )
        });
    // In a Cluster there are replicas by design.
    let replica = kind != "cluster" && nodes.iter().any(|node| Role::of(node) == Some(Role::Replica));
    let writable = match replica {
        true => Err(Error::database("READONLY this redis is a replica, connect to its master")),
        false => Ok(()),
    };
    (writable, evicts.into_iter().collect())
}

/// Every text in `value`: a Cluster replies with a map of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::BulkString(bytes) => vec![String::from_utf8_lossy(bytes).into_owned()],
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Map(entries) => entries.iter().flat_map(|(_, value)| texts(value)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evicting_policy_is_a_warning_and_a_replica_is_an_error() {
        let node = |role: &str, policy: &str| vec![format!("# Memory\r\nmaxmemory_policy:{policy}\r\nrole:{role}\r\n")];
        let (writable, warnings) = parse_info("redis", &node("master", "noeviction"));
        assert_eq!((writable, warnings.len()), (Ok(()), 0));
        let (writable, warnings) = parse_info("redis", &node("slave", "allkeys-lru"));
        assert!(writable.is_err());
        assert!(warnings[0].contains("allkeys-lru"));
        assert!(parse_info("cluster", &node("slave", "noeviction")).0.is_ok());
    }
}
