//! One redis server.

use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ErrorKind, ProtocolVersion, RedisConnectionInfo, RedisError,
    RedisResult,
};

use super::connection::Connection;
use super::settings::{Settings, certificates, parse_url};

pub struct Server {
    client: Client,
    /// The same without the password, where there is one.
    unauthenticated: Option<Client>,
}

impl Server {
    pub fn new(url: &str, settings: &Settings, protocol: ProtocolVersion) -> Result<Self, String> {
        let info = parse_url(url, "options.tokens")?;
        let open = |info: ConnectionInfo| match certificates(&info, settings)? {
            Some(certificates) => Client::build_with_tls(info, certificates).map_err(|error| tls_error(&error)),
            None => Client::open(info).map_err(|error| error.category().to_owned()),
        };
        // CLIENT SETINFO is newer than redis 5, and one more command for an ACL to allow.
        let bare = info.redis_settings().clone().set_protocol(protocol).set_skip_set_lib_name();
        let Some(password) = bare.password().map(str::to_owned).or_else(|| settings.password.clone()) else {
            return Ok(Self { client: open(info.set_redis_settings(bare))?, unauthenticated: None });
        };
        let without =
            RedisConnectionInfo::default().set_db(bare.db()).set_protocol(bare.protocol()).set_skip_set_lib_name();
        Ok(Self {
            client: open(info.clone().set_redis_settings(bare.set_password(password)))?,
            unauthenticated: Some(open(info.set_redis_settings(without))?),
        })
    }

    pub async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        let refused = match self.client.get_multiplexed_async_connection_with_config(config).await {
            Err(error) if error.kind() == ErrorKind::AuthenticationFailed => error,
            result => return result.map(Connection::Node),
        };
        // Either the password is wrong, or the server wants none, which 1.3.2 did not mind.
        let Some(client) = &self.unauthenticated else { return Err(refused) };
        let mut connection = client.get_multiplexed_async_connection_with_config(config).await?;
        let ping: RedisResult<()> = redis::cmd("PING").query_async(&mut connection).await;
        ping.map(|()| Connection::Node(connection)).map_err(|_| refused)
    }
}

fn tls_error(error: &RedisError) -> String {
    format!("options.tokens.tls: ca, cert and key must be PEM texts ({})", error.category())
}
