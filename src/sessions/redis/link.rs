//! The connection to redis: made when it is needed, made anew when it broke.
//!
//! redis-rs' own ConnectionManager is not used: it cannot do without a password that the server turns out not to need.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError,
    RedisResult, ServerErrorKind,
};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{Error, Result};

pub type Connection = MultiplexedConnection;

/// The longest that a call may take, retries included.
const DEADLINE: Duration = Duration::from_secs(5);

/// The longest that one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a call bridges an outage, such as a restart, before it fails.
const PATIENCE: Duration = Duration::from_secs(1);

const PAUSE: Duration = Duration::from_millis(25);

pub struct Link {
    client: Client,
    /// The same without the password, where there is one.
    unauthenticated: Option<Client>,
    /// Filled by the first call that needs it, for all that wait for it; replaced by an empty one when the connection breaks.
    current: Mutex<Arc<OnceCell<Connection>>>,
    closed: AtomicBool,
}

impl Link {
    pub fn new(url: &str, password: Option<&str>) -> std::result::Result<Self, String> {
        let wrong = || "options.tokens must be 'memory' or a URL such as 'redis://127.0.0.1:6379'".to_owned();
        if !url.starts_with("redis://") {
            return Err(wrong());
        }
        let info = url.into_connection_info().map_err(|_| wrong())?;
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        // CLIENT SETINFO is newer than redis 5, and one more command for an ACL to allow.
        let bare = info.redis_settings().clone().set_skip_set_lib_name();
        let password = info.redis_settings().password().or(password).map(str::to_owned);
        let open = |info: ConnectionInfo| Client::open(info).map_err(|_| wrong());
        Ok(match password {
            None => Self::with(open(info.set_redis_settings(bare))?, None),
            Some(password) => {
                let unauthenticated = without_password(&bare);
                let authenticated = bare.set_password(password);
                Self::with(
                    open(info.clone().set_redis_settings(authenticated))?,
                    Some(open(info.set_redis_settings(unauthenticated))?),
                )
            }
        })
    }

    fn with(client: Client, unauthenticated: Option<Client>) -> Self {
        Self { client, unauthenticated, current: Mutex::default(), closed: AtomicBool::new(false) }
    }

    /// Runs a whole call, for [`DEADLINE`] at most. A connection that let it pass without an answer is not used again.
    pub async fn bounded<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let used = self.current();
        timeout(DEADLINE, call).await.unwrap_or_else(|_| {
            self.replace(&used);
            Err(Error::database(format!("redis did not answer within {} s", DEADLINE.as_secs())))
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
            if self.closed.load(Ordering::Acquire) {
                return Err(Error::database("mpauthx was closed"));
            }
            let cell = self.current();
            let result = match cell.get_or_try_init(|| self.connect()).await {
                Ok(connection) => step(connection.clone()).await,
                Err(error) => Err(error),
            };
            match result {
                Ok(done) => return Ok(done),
                Err(error) => {
                    if error.is_io_error() || error.is_unrecoverable_error() {
                        self.replace(&cell);
                    }
                    if !is_passing(&error) || start.elapsed() > PATIENCE {
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

    fn current(&self) -> Arc<OnceCell<Connection>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets `broken` go, if nobody has yet.
    fn replace(&self, broken: &Arc<OnceCell<Connection>>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, broken) {
            *current = Arc::default();
        }
    }

    async fn connect(&self) -> RedisResult<Connection> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT_TIMEOUT)).set_response_timeout(None); // `bounded` sees to it
        match (self.client.get_multiplexed_async_connection_with_config(&config).await, &self.unauthenticated) {
            (Err(refused), Some(client)) if refused.kind() == ErrorKind::AuthenticationFailed => {
                // Either the password is wrong, or the server wants none, which 1.3.2 did not mind.
                let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
                let ping: RedisResult<()> = redis::cmd("PING").query_async(&mut connection).await;
                ping.map(|()| connection).map_err(|_| refused)
            }
            (result, _) => result,
        }
    }
}

fn without_password(settings: &redis::RedisConnectionInfo) -> redis::RedisConnectionInfo {
    redis::RedisConnectionInfo::default()
        .set_db(settings.db())
        .set_protocol(settings.protocol())
        .set_skip_set_lib_name()
}

/// Whether the same step may soon succeed.
fn is_passing(error: &RedisError) -> bool {
    error.is_io_error()
        || matches!(
            error.kind(),
            ErrorKind::Server(ServerErrorKind::BusyLoading | ServerErrorKind::TryAgain | ServerErrorKind::MasterDown)
        )
}

/// What happened, and what to do. Never a key's name, which would hold a user's id.
fn describe(error: &RedisError) -> String {
    let code = error.code().unwrap_or_default();
    match code {
        "NOAUTH" => "NOAUTH redis asks for a password, pass redisPass".to_owned(),
        "LOADING" => "LOADING redis is loading its data, try again shortly".to_owned(),
        "READONLY" => "READONLY this redis is a replica, connect to its master".to_owned(),
        "OOM" => "OOM redis is out of memory, raise its maxmemory".to_owned(),
        "NOPERM" => {
            "NOPERM redis does not allow this user a command or key, see the commands that the README lists".to_owned()
        }
        "" if error.kind() == ErrorKind::AuthenticationFailed => {
            "redis refused the password, check redisPass".to_owned()
        }
        "" if error.is_io_error() => format!("redis cannot be reached: {error}"),
        "" => format!("redis: {}", error.category()),
        code => format!("redis: {code} {}", error.detail().unwrap_or_default()),
    }
}
