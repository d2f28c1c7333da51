//! A connection to one server.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::heard::Heard;
use super::info::Role;
use super::role::{LOOK_INTERVAL, Schedule, Watch};

/// How a connection behaves.
#[derive(Clone, Default)]
pub struct Manner {
    /// How long it may be silent when it was asked before it says that it is broken; None where the
    /// caller sees to it.
    pub patience: Option<Duration>,
    /// Looks at the role; None where that does not matter.
    pub schedule: Option<Arc<Schedule>>,
    /// Whether no replica will do.
    pub masters_only: bool,
}

#[derive(Clone)]
pub struct Node {
    connection: MultiplexedConnection,
    shared: Arc<Shared>,
}

struct Shared {
    driver: AbortHandle,
    heard: Heard,
    patience: Option<Duration>,
    watch: Option<Watch>,
}

impl Node {
    pub fn new(
        connection: MultiplexedConnection,
        driver: impl Future<Output = ()> + Send + 'static,
        manner: Manner,
    ) -> Self {
        let Manner { patience, schedule, masters_only } = manner;
        let shared = Shared {
            driver: tokio::spawn(driver).abort_handle(),
            heard: Heard::default(),
            patience,
            watch: schedule.map(|schedule| Watch::new(schedule, masters_only)),
        };
        Self { connection, shared: Arc::new(shared) }
    }

    /// How long ago the last reply came.
    pub fn silence(&self) -> Duration {
        self.shared.heard.silence()
    }

    /// Whether the server is no longer what it was wanted for.
    pub fn is_demoted(&self) -> bool {
        self.shared.watch.as_ref().is_some_and(Watch::is_demoted)
    }

    /// Whether the server has told that it is a master.
    pub fn is_master(&self) -> bool {
        self.shared.watch.as_ref().is_some_and(Watch::is_master)
    }

    /// Notes what the server told about itself.
    pub fn learn(&self, role: Role) {
        if let Some(watch) = &self.shared.watch {
            watch.learn(role);
        }
    }

    /// Looks at the role in the background where it is time to.
    pub fn look_when_due(&self) {
        if self.shared.watch.as_ref().is_some_and(Watch::is_due) {
            let node = self.clone();
            tokio::spawn(async move { node.look().await });
        }
    }

    /// Looks at the role.
    pub async fn look(&self) {
        if let Some(watch) = &self.shared.watch {
            // The end of the time says nothing: who calls sees to connections that are silent.
            let _ = timeout(LOOK_INTERVAL, watch.look(&mut self.clone())).await;
        }
    }

    async fn hear<T>(shared: &Shared, reply: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
        let reply = match shared.patience {
            None => reply.await,
            Some(patience) => shared.wait(reply, patience).await,
        };
        shared.heard.note();
        reply
    }
}

impl Shared {
    async fn wait<T>(&self, reply: impl Future<Output = RedisResult<T>>, patience: Duration) -> RedisResult<T> {
        let mut reply = pin!(reply);
        let mut wait = patience;
        loop {
            let result = timeout(wait, &mut reply).await;
            match (result, patience.checked_sub(self.heard.silence())) {
                (Ok(reply), _) => return reply,
                (Err(_), Some(rest)) => wait = rest,
                (Err(_), None) => {
                    // Whoever waits for it too need not find that out again.
                    self.driver.abort();
                    let text = format!("it was silent for {} ms", patience.as_millis());
                    return Err(io::Error::new(io::ErrorKind::ConnectionAborted, text).into());
                }
            }
        }
    }
}

impl Drop for Shared {
    /// Otherwise what drives the connection would wait for replies that nobody waits for.
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl ConnectionLike for Node {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Self::hear(&self.shared, self.connection.req_packed_command(cmd)).boxed()
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Self::hear(&self.shared, self.connection.req_packed_commands(pipeline, offset, count)).boxed()
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}
