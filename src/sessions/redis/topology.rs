//! Where redis is: one server, the master that Sentinels name, or a Cluster.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ClientTlsConfig, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo,
    Pipeline, RedisConnectionInfo, RedisFuture, RedisResult, TlsCertificates, TlsMode, Value,
};

use crate::tls;

/// What the application says of its redis.
pub struct Settings {
    pub place: Place,
    /// Where the URLs have none.
    pub password: Option<String>,
    pub tls: Tls,
    pub connect_timeout: Duration,
    /// The longest that a call may take, retries included.
    pub deadline: Duration,
}

pub enum Place {
    Server(String),
    Cluster(Vec<String>),
    Sentinels { urls: Vec<String>, master: String },
}

/// PEM texts.
#[derive(Default)]
pub struct Tls {
    pub ca: Option<String>,
    pub certificate: Option<String>,
    pub key: Option<String>,
}

pub enum Topology {
    Server {
        client: Client,
        /// The same without the password, where there is one.
        unauthenticated: Option<Client>,
    },
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        master: String,
        password: Option<String>,
        certificates: Option<TlsCertificates>,
    },
    Cluster(Box<ClusterClient>),
}

impl Topology {
    /// `Err` says what is wrong with `settings`, without the password.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        match &settings.place {
            Place::Server(url) => server(url, settings),
            Place::Cluster(urls) => cluster(urls, settings),
            Place::Sentinels { urls, master } => {
                let sentinels = all(urls, "options.tokens.sentinels")?;
                Ok(Self::Sentinel {
                    certificates: certificates(&sentinels[0], settings)?,
                    sentinels,
                    master: master.clone(),
                    password: settings.password.clone(),
                })
            }
        }
    }

    pub async fn connect(&self, timeout: Duration) -> RedisResult<Connection> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(None); // whoever calls sees to it
        match self {
            Self::Server { client, unauthenticated } => {
                let refused = match client.get_multiplexed_async_connection_with_config(&config).await {
                    Err(error) if error.kind() == ErrorKind::AuthenticationFailed => error,
                    result => return result.map(Connection::Node),
                };
                // Either the password is wrong, or the server wants none, which 1.3.2 did not mind.
                let Some(client) = unauthenticated else { return Err(refused) };
                let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
                let ping: RedisResult<()> = redis::cmd("PING").query_async(&mut connection).await;
                ping.map(|()| Connection::Node(connection)).map_err(|_| refused)
            }
            Self::Sentinel { sentinels, master, password, certificates } => {
                let mut client = sentinel(sentinels, master, password.as_deref(), certificates.as_ref())?.build()?;
                client.get_async_connection_with_config(&config).await.map(Connection::Node)
            }
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
        }
    }
}

fn server(url: &str, settings: &Settings) -> Result<Topology, String> {
    let info = read(url, "options.tokens")?;
    let bare = quiet(info.redis_settings());
    let open = |info: ConnectionInfo| match certificates(&info, settings)? {
        Some(certificates) => Client::build_with_tls(info, certificates).map_err(|error| tls_error(&error)),
        None => Client::open(info).map_err(|error| error.category().to_owned()),
    };
    let password = info.redis_settings().password().map(str::to_owned).or_else(|| settings.password.clone());
    Ok(match password {
        None => Topology::Server { client: open(info.set_redis_settings(bare))?, unauthenticated: None },
        Some(password) => {
            let without =
                RedisConnectionInfo::default().set_db(bare.db()).set_protocol(bare.protocol()).set_skip_set_lib_name();
            Topology::Server {
                client: open(info.clone().set_redis_settings(bare.set_password(password)))?,
                unauthenticated: Some(open(info.set_redis_settings(without))?),
            }
        }
    })
}

fn cluster(urls: &[String], settings: &Settings) -> Result<Topology, String> {
    let nodes = all(urls, "options.tokens.cluster")?;
    let certificates = certificates(&nodes[0], settings)?;
    let has_password = nodes[0].redis_settings().password().is_some();
    let mut builder = ClusterClient::builder(nodes)
        .connection_timeout(settings.connect_timeout)
        .response_timeout(settings.deadline)
        .tcp_settings(TcpSettings::default().set_nodelay(true));
    if let (false, Some(password)) = (has_password, &settings.password) {
        builder = builder.password(password);
    }
    if let Some(certificates) = certificates {
        builder = builder.certs(certificates);
    }
    let client = builder.build().map_err(|error| format!("options.tokens.cluster: {}", error.category()))?;
    Ok(Topology::Cluster(Box::new(client)))
}

fn sentinel(
    sentinels: &[ConnectionInfo],
    master: &str,
    password: Option<&str>,
    certificates: Option<&TlsCertificates>,
) -> RedisResult<SentinelClientBuilder> {
    let addresses = sentinels.iter().map(|info| info.addr().clone());
    let own = sentinels[0].redis_settings();
    let nodelay = || TcpSettings::default().set_nodelay(true);
    let mut builder = SentinelClientBuilder::new(addresses, master, SentinelServerType::Master)?
        .set_client_to_redis_tcp_settings(nodelay())
        .set_client_to_sentinel_tcp_settings(nodelay())
        .set_client_to_redis_db(own.db());
    if let Some(username) = own.username() {
        builder = builder.set_client_to_sentinel_username(username);
    }
    if let Some(password) = own.password() {
        builder = builder.set_client_to_sentinel_password(password);
    }
    if let Some(password) = password {
        builder = builder.set_client_to_redis_password(password);
    }
    if let Some(certificates) = certificates {
        builder = builder
            .set_client_to_redis_tls_mode(TlsMode::Secure)
            .set_client_to_redis_certificates(certificates.clone())
            .set_client_to_sentinel_certificates(certificates.clone());
    }
    Ok(builder)
}

fn all(urls: &[String], option: &str) -> Result<Vec<ConnectionInfo>, String> {
    match urls {
        [] => Err(format!("{option} must list at least one URL")),
        urls => urls.iter().map(|url| read(url, option)).collect(),
    }
}

/// Reads a URL. The error must not repeat it: a password may stand there.
fn read(url: &str, option: &str) -> Result<ConnectionInfo, String> {
    let wrong = || {
        format!(
            "{option}: a URL of redis must look like 'redis://user:password@host:6379/0', 'rediss://host' (TLS) \
             or 'unix:///path/to/socket'"
        )
    };
    let known = ["redis://", "rediss://", "unix:///"].iter().any(|scheme| url.starts_with(scheme));
    if !known || url.contains('#') {
        return Err(wrong());
    }
    let info = url.into_connection_info();
    let info = info.map_err(|_| wrong())?;
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

/// CLIENT SETINFO is newer than redis 5, and one more command for an ACL to allow.
fn quiet(settings: &RedisConnectionInfo) -> RedisConnectionInfo {
    settings.clone().set_skip_set_lib_name()
}

/// What TLS to the server `info` trusts and shows; None where there is no TLS.
fn certificates(info: &ConnectionInfo, settings: &Settings) -> Result<Option<TlsCertificates>, String> {
    let given = &settings.tls;
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
        let any = given.ca.is_some() || given.certificate.is_some() || given.key.is_some();
        return match any {
            true => Err("options.tokens.tls needs a rediss:// URL".to_owned()),
            false => Ok(None),
        };
    }
    let client_tls = match (&given.certificate, &given.key) {
        (Some(certificate), Some(key)) => Some(ClientTlsConfig {
            client_cert: certificate.clone().into_bytes(),
            client_key: key.clone().into_bytes(),
        }),
        (None, None) => None,
        _ => return Err("options.tokens.tls: cert and key go together".to_owned()),
    };
    tls::install_provider();
    let root_cert = tls::trusted_pem(given.ca.as_deref());
    Ok(Some(TlsCertificates { client_tls, root_cert: Some(root_cert.into_bytes()) }))
}

fn tls_error(error: &redis::RedisError) -> String {
    format!("options.tokens.tls: ca, cert and key must be PEM texts ({})", error.category())
}

/// A connection, whatever the topology.
#[derive(Clone)]
pub enum Connection {
    Node(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Node(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
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
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Node(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
