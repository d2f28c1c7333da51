//! A connection to redis, wherever it is.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryFutureExt;
use redis::aio::ConnectionLike;
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, Pipeline, RedisFuture, Value};

use super::heard::Heard;
use super::info::Role;
use super::node::Node;

#[derive(Clone)]
pub enum Connection {
    Node(Node),
    Cluster(ClusterConnection<Node>, Arc<Heard>),
}

impl Connection {
    /// How long ago the last reply came.
    pub fn silence(&self) -> Duration {
        match self {
            Self::Node(node) => node.silence(),
            Self::Cluster(_, heard) => heard.silence(),
        }
    }

    /// How long it may be silent where a server may be so for `patience`: a Cluster first tries to
    /// help itself.
    pub fn patience(&self, patience: Duration) -> Duration {
        match self {
            Self::Node(_) => patience,
            Self::Cluster(..) => 2 * patience,
        }
    }

    /// Whether it leads to a replica that was a master. A Cluster knows by itself.
    pub fn is_demoted(&self) -> bool {
        match self {
            Self::Node(node) => node.is_demoted(),
            Self::Cluster(..) => false,
        }
    }

    /// Whether it leads to one server that has told that it is a master.
    pub fn is_to_master(&self) -> bool {
        matches!(self, Self::Node(node) if node.is_master())
    }

    /// Notes what the server told about itself.
    pub fn learn(&self, role: Role) {
        if let Self::Node(node) = self {
            node.learn(role);
        }
    }

    /// Looks at the role in the background where it is time to.
    pub fn look_when_due(&self) {
        if let Self::Node(node) = self {
            node.look_when_due();
        }
    }

    /// Looks at the role.
    pub async fn look(&self) {
        if let Self::Node(node) = self {
            node.look().await;
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Node(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection, heard) => {
                Box::pin(connection.req_packed_command(cmd).inspect_ok(|_| heard.note()))
            }
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Node(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection, heard) => {
                Box::pin(connection.req_packed_commands(pipeline, offset, count).inspect_ok(|_| heard.note()))
            }
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Node(connection) => connection.get_db(),
            Self::Cluster(connection, _) => connection.get_db(),
        }
    }
}
