//! The connection to redis: made when it is needed, made anew when it broke.
//!
//! redis-rs' own ConnectionManager is not used: it knows no Sentinels, and cannot do without a password that the server turns out not
//! to need.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Cmd, ErrorKind, FromRedisValue, ProtocolVersion, RedisError, RedisResult, ServerErrorKind};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout_at};

use super::connection::Connection;
use super::settings::Settings;
use super::topology::Topology;
use crate::error::{Error, Result};

/// How long a call bridges an outage, such as a restart, before it fails.
const PATIENCE: Duration = Duration::from_secs(1);

const PAUSE: Duration = Duration::from_millis(25);

/// To connect.
type Attempt = OnceCell<RedisResult<Connection>>;

pub struct Link {
    topology: Topology,
    connect_timeout: Duration,
    deadline: Duration,
    /// Made by the first call that needs it, for all that wait for it; replaced by an empty one when it failed, or the connection breaks.
    current: Mutex<Arc<Attempt>>,
    /// How many connections were let go.
    epoch: AtomicU64,
    closed: AtomicBool,
}

impl Link {
    pub fn new(settings: &Settings) -> std::result::Result<Self, String> {
        Ok(Self {
            topology: Topology::new(settings, ProtocolVersion::RESP2)?,
            connect_timeout: settings.connect_timeout,
            deadline: settings.deadline,
            current: Mutex::default(),
            epoch: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        })
    }

    /// The longest that a call may take.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Another one once the connection was let go.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Runs a whole call, for the deadline at most. A connection that let it pass without an answer is not used again.
    pub async fn bounded<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.bounded_since(Instant::now(), call).await
    }

    /// The same for what is left of a call that started then.
    pub async fn bounded_since<T>(&self, started: Instant, call: impl Future<Output = Result<T>>) -> Result<T> {
        let used = self.current();
        timeout_at(started + self.deadline, call).await.unwrap_or_else(|_| {
            self.replace(&used);
            Err(Error::database(format!("redis did not answer within {} ms", self.deadline.as_millis())))
        })
    }

    /// Runs one step of a call on the connection, and again where redis was away for a moment only. So `step` must do no harm when it
    /// is done twice.
    pub async fn run<T, F>(&self, step: impl Fn(Connection) -> F) -> Result<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let start = Instant::now();
        loop {
            self.check_open()?;
            let cell = self.current();
            // Boxed, as it is large and rare: every waiting call would hold the room for it.
            let connection = cell.get_or_init(|| Box::pin(self.topology.connect(self.connect_timeout))).await;
            // `close` may have come while this connected.
            self.check_open().inspect_err(|_| self.replace(&cell))?;
            let result = match connection {
                Ok(connection) => step(connection.clone()).await,
                Err(error) => {
                    self.replace(&cell);
                    Err(error.clone())
                }
            };
            match result {
                Ok(done) => return Ok(done),
                Err(error) => {
                    if is_broken(&error) {
                        self.replace(&cell);
                    }
                    let patient = is_moving(&error) || (is_passing(&error) && start.elapsed() < PATIENCE);
                    if !patient {
                        return Err(Error::database(describe(&error)));
                    }
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Runs one command.
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        self.run(|mut connection| async move { command.query_async(&mut connection).await }).await
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.replace(&self.current());
    }

    fn check_open(&self) -> Result<()> {
        match self.closed.load(Ordering::Acquire) {
            true => Err(Error::database("mpauthx was closed")),
            false => Ok(()),
        }
    }

    fn current(&self) -> Arc<Attempt> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets `broken` go, if nobody has yet.
    fn replace(&self, broken: &Arc<Attempt>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, broken) {
            *current = Arc::default();
            self.epoch.fetch_add(1, Ordering::Release);
        }
    }
}

/// Whether another connection would be better: this one is broken, or its server is no longer the master.
fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown))
        || error.code() == Some("NOAUTH")
}

/// Whether a slot of the Cluster is on its way: the step will succeed when it is there. The deadline ends the wait.
fn is_moving(error: &RedisError) -> bool {
    use ServerErrorKind::{Ask, Moved, TryAgain};
    matches!(error.kind(), ErrorKind::Server(Ask | Moved | TryAgain))
}

/// Whether the same step may soon succeed.
pub fn is_passing(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly};
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel => true,
        ErrorKind::Server(kind) => {
            matches!(kind, BusyLoading | ClusterDown | MasterDown | ReadOnly)
        }
        _ => false,
    }
}

/// What happened, and what to do. redis repeats the arguments of a command that it does not know, and they hold a user's id.
pub fn describe(error: &RedisError) -> String {
    let detail = error.detail().unwrap_or_default();
    let code = match error.code().unwrap_or_default() {
        // So redis 7 words it for a command within a script, and redis-rs passes on what SELECT is told.
        "ERR" if detail.contains("can't run this command") || detail.contains("no permissions") => "NOPERM",
        code => code,
    };
    match code {
        "NOAUTH" => "NOAUTH redis asks for a password, pass redisPass".to_owned(),
        "LOADING" => "LOADING redis is loading its data, try again shortly".to_owned(),
        "READONLY" => "READONLY this redis is a replica, connect to its master".to_owned(),
        "OOM" => "OOM redis is out of memory, raise its maxmemory".to_owned(),
        "NOPERM" => {
            "NOPERM redis does not allow this user a command or key, see the commands that the README lists".to_owned()
        }
        "" if error.kind() == ErrorKind::AuthenticationFailed => {
            "redis refused the password, check redisPass and the URL".to_owned()
        }
        "CLUSTERDOWN" => {
            "CLUSTERDOWN a part of the Cluster has no master, wait for its failover or repair it".to_owned()
        }
        "" if error.kind() == ErrorKind::MasterNameNotFoundBySentinel => {
            "the Sentinels know no master of that name that can be reached, check options.tokens.master".to_owned()
        }
        "" if error.is_io_error() => {
            let text = error.to_string();
            let advice = if text.contains("UnknownIssuer") { ", pass its CA as options.tokens.tls.ca" } else { "" };
            format!("redis cannot be reached: {text}{advice}")
        }
        "" => format!("redis: {}", error.category()),
        code => format!("redis: {code} {}", detail.split(", with args").next().unwrap_or_default()),
    }
}
