//! Opens connections to servers: the stream, with TLS where it is wanted, and the login.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::select_ok;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Pipeline, RedisConnectionInfo, RedisError, RedisResult, Value, cmd};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::errors::{is_needless_password, is_too_old_for_users};
use super::node::{Manner, Node};
use super::place::{Address, Place};

/// When the system asks whether the other side of an idle connection is still there. Less than a
/// NAT or a load balancer takes to forget a connection, which is minutes.
const KEEPALIVE_TIME: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;

/// How long what was sent may remain unacknowledged: as long as it takes the above to give up.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(45);

pub struct Dialer {
    tls: Option<TlsConnector>,
    /// For the whole way.
    timeout: Duration,
    manner: Manner,
}

/// As whom to talk to a server, and about which of its databases.
#[derive(Clone)]
pub struct Login {
    pub user: Option<String>,
    pub password: Option<String>,
    pub database: u32,
}

impl Login {
    /// What `place` says; the password is `fallback` where it says none.
    pub fn new(place: &Place, fallback: Option<&str>) -> Self {
        let password = place.password.as_deref().or(fallback);
        // A user who needs no password is still another one than `default`.
        let password = password.or(place.user.as_ref().map(|_| ""));
        Self {
            user: place.user.clone(),
            password: password.map(str::to_owned),
            database: place.database.unwrap_or_default(),
        }
    }
}

impl Dialer {
    pub fn new(tls: Option<Arc<ClientConfig>>, timeout: Duration, manner: Manner) -> Self {
        Self { tls: tls.map(TlsConnector::from), timeout, manner }
    }

    /// The longest that an attempt takes.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Connects with the server at `address`, within the timeout. An error of the network names it.
    pub async fn connect(
        &self,
        address: &Address,
        login: &Login,
        protocol: redis::ProtocolVersion,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<Node> {
        let name = |error: io::Error| RedisError::from(io::Error::new(error.kind(), format!("{address}: {error}")));
        let connect = async {
            match address {
                Address::Tcp { host, port, .. } => match &self.tls {
                    None => self.log_in(tcp(host, *port).await.map_err(name)?, login, protocol, config).await,
                    Some(tls) => {
                        let stream = encrypted(tls, host, *port).await.map_err(name)?;
                        self.log_in(stream, login, protocol, config).await
                    }
                },
                #[cfg(unix)]
                Address::Unix(path) => {
                    let stream = tokio::net::UnixStream::connect(path).await.map_err(name)?;
                    self.log_in(stream, login, protocol, config).await
                }
                #[cfg(not(unix))]
                Address::Unix(_) => Err(name(io::ErrorKind::Unsupported.into())),
            }
        };
        timeout(self.timeout, connect).await.unwrap_or_else(|_| Err(name(io::ErrorKind::TimedOut.into())))
    }

    async fn log_in(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        login: &Login,
        protocol: redis::ProtocolVersion,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<Node> {
        // CLIENT SETINFO is newer than redis 5, and one more command for an ACL to allow.
        let mut info = RedisConnectionInfo::default().set_protocol(protocol).set_skip_set_lib_name();
        let has_hello = protocol.supports_resp3();
        if let (true, Some(password)) = (has_hello, &login.password) {
            info = info.set_password(password);
            if let Some(user) = &login.user {
                info = info.set_username(user);
            }
        }
        let (mut connection, driver) = MultiplexedConnection::new_with_config(&info, stream, config.clone()).await?;
        let node = Node::new(connection.clone(), driver, self.manner.clone());
        if !has_hello && let Some(password) = &login.password {
            authenticate(&mut connection, login.user.as_deref(), password, login.database).await?;
        } else if login.database != 0 {
            cmd("SELECT").arg(login.database).exec_async(&mut connection).await?;
        }
        Ok(node)
    }
}

/// In one round trip. A server that wants no password is content without one, as 1.3.2 was; but who
/// names a user must become that one.
async fn authenticate(
    connection: &mut MultiplexedConnection,
    user: Option<&str>,
    password: &str,
    database: u32,
) -> RedisResult<()> {
    let refused = match set_up(connection, user, password, database).await? {
        (Ok(_), selected) => return selected.map(drop),
        (Err(refused), selected) if user.is_none() && is_needless_password(&refused) => return selected.map(drop),
        (Err(refused), _) => refused,
    };
    match user {
        // redis up to 5 has one user alone, whatever its name.
        Some(_) if is_too_old_for_users(&refused) => {
            let (authenticated, selected) = set_up(connection, None, password, database).await?;
            authenticated.and(selected).map(drop)
        }
        _ => Err(refused),
    }
}

/// What redis says to the password, and to the database.
async fn set_up(
    connection: &mut MultiplexedConnection,
    user: Option<&str>,
    password: &str,
    database: u32,
) -> RedisResult<(RedisResult<Value>, RedisResult<Value>)> {
    let mut commands = Pipeline::new();
    commands.cmd("AUTH").arg(user).arg(password);
    if database != 0 {
        commands.cmd("SELECT").arg(database);
    }
    let replies = connection.req_packed_commands(&commands, 0, commands.len()).await?;
    let mut replies = replies.into_iter().map(Value::extract_error);
    let mut next = || replies.next().unwrap_or(Ok(Value::Okay));
    Ok((next(), next()))
}

/// Connects to whichever address of `host` answers first.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let attempts: Vec<_> = addresses(host, port).await?.into_iter().map(|address| open(address).boxed()).collect();
    select_ok(attempts).await.map(|(stream, _)| stream)
}

async fn encrypted(connector: &TlsConnector, host: &str, port: u16) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let connect = |address| {
        let (connector, name) = (connector.clone(), name.clone());
        async move { connector.connect(name, open(address).await?).await }.boxed()
    };
    let attempts: Vec<_> = addresses(host, port).await?.into_iter().map(connect).collect();
    select_ok(attempts).await.map(|(stream, _)| stream)
}

/// Never none.
async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    if addresses.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(addresses) }
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // For latency: a command is small, and somebody waits for it.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_TIME).with_interval(KEEPALIVE_INTERVAL);
    // Where the system has not all of these, a dead connection is found by what is asked on it.
    let _ = socket.set_tcp_keepalive(&keepalive.with_retries(KEEPALIVE_RETRIES));
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(USER_TIMEOUT));
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_says_now_and_then_that_it_is_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = open(listener.local_addr().unwrap()).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap() && stream.nodelay().unwrap());
        #[cfg(target_os = "linux")]
        {
            assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE_TIME);
            assert_eq!(socket.tcp_keepalive_interval().unwrap(), KEEPALIVE_INTERVAL);
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_RETRIES);
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(USER_TIMEOUT));
        }
    }
}
