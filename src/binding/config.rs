//! What index.js passes to make an object, already of the right types, and what is made of it.

use std::path::PathBuf;
use std::time::Duration;

use napi_derive::napi;

use crate::auth::Auth;
use crate::sessions::{Layout, Memory, Place, Redis, Sessions, Settings, Tls};
use crate::users::{Native, Object, Question, Users};
use crate::wechat::{DEFAULT_ENDPOINT, DEFAULT_TIMEOUT, Exchange};

/// Where 1.3.2 looks for redis.
const DEFAULT_REDIS: &str = "redis://127.0.0.1:6379";

/// For one attempt to connect to redis.
const DEFAULT_CONNECT_TIMEOUT: u32 = 2000;

/// For a call, as far as redis is concerned.
const DEFAULT_DEADLINE: u32 = 5000;

#[napi(object)]
pub struct Config {
    pub app_id: Option<String>,
    pub secret: Option<String>,
    pub sku: String,
    /// The password of redis.
    pub password: Option<String>,
    /// Life of a token, in seconds.
    pub ttl: i64,
    pub tokens: Tokens,
    pub endpoint: Option<String>,
    /// For one request to WeChat, in milliseconds.
    pub timeout: Option<u32>,
    /// The file of the user table, where our own SQLite is to use it.
    pub file: Option<String>,
    /// Whether there is an object that can be asked.
    pub object: bool,
    /// Whether the object takes bound parameters.
    pub binds: bool,
    pub create_table: bool,
}

/// The token store: in memory, or a redis at one of `url`, `cluster`, `sentinels`, by default where 1.3.2 looks for it.
#[napi(object)]
pub struct Tokens {
    pub memory: bool,
    pub url: Option<String>,
    pub cluster: Option<Vec<String>>,
    pub sentinels: Option<Vec<String>>,
    pub master: Option<String>,
    pub ca: Option<String>,
    pub cert: Option<String>,
    pub key: Option<String>,
    pub tagged: bool,
    /// In milliseconds, like the deadline.
    pub connect_timeout: Option<u32>,
    pub deadline: Option<u32>,
}

impl Config {
    /// `ask` puts questions to the application's database object. `Err` says what is wrong.
    pub fn build(self, ask: Box<dyn Fn(Question) + Send + Sync>) -> Result<Auth, String> {
        let ttl = Duration::from_secs(u64::try_from(self.ttl).map_err(|error| error.to_string())?);
        let sessions = self.tokens.build(self.password, &self.sku, ttl)?;
        let endpoint = self.endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT);
        let timeout = self.timeout.map_or(DEFAULT_TIMEOUT, milliseconds);
        let exchange = Exchange::new(endpoint, timeout, self.app_id, self.secret)?;
        let users = users(self.file.map(PathBuf::from), self.object, self.binds, self.create_table, ask)
            .map_err(|error| error.to_string())?;
        Ok(Auth::new(exchange, users, sessions, self.sku))
    }
}

impl Tokens {
    fn build(self, password: Option<String>, sku: &str, ttl: Duration) -> Result<Sessions, String> {
        if self.memory {
            return Ok(Sessions::Memory(Memory::new(ttl)?));
        }
        let place = match (self.cluster, self.sentinels, self.master) {
            (Some(urls), ..) => Place::Cluster(urls),
            (None, Some(urls), Some(master)) => Place::Sentinels { urls, master },
            _ => Place::Server(self.url.unwrap_or_else(|| DEFAULT_REDIS.to_owned())),
        };
        // 1.3.2 never ran on a Cluster, and its layout cannot: one user's keys must share a slot.
        let tagged = self.tagged || matches!(place, Place::Cluster(_));
        let settings = Settings {
            place,
            password,
            tls: Tls { ca: self.ca, certificate: self.cert, key: self.key },
            connect_timeout: milliseconds(self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT)),
            deadline: milliseconds(self.deadline.unwrap_or(DEFAULT_DEADLINE)),
        };
        let layout = if tagged { Layout::Tagged } else { Layout::Compatible };
        Ok(Sessions::Redis(Redis::new(&settings, layout, sku, ttl)?))
    }
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

fn users(
    file: Option<PathBuf>,
    object: bool,
    binds: bool,
    create_table: bool,
    ask: Box<dyn Fn(Question) + Send + Sync>,
) -> std::io::Result<Users> {
    let object = object.then(|| Object::new(ask, binds, create_table));
    Ok(match (file, object) {
        (None, None) => Users::None,
        (None, Some(object)) => Users::Object(object),
        (Some(path), None) => Users::Native(Native::read_write(path, create_table)?),
        (Some(path), Some(object)) => Users::Shared { lookups: Native::lookups(path)?, object },
    })
}
