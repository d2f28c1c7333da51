//! What index.js passes to make an object, already of the right types, and what is made of it.

use std::sync::Arc;
use std::time::Duration;

use napi_derive::napi;

use crate::auth::{Auth, Dependencies};
use crate::host::{Dispatch, Host};
use crate::sessions::{CacheLimits, Embedded, Layout, Place, Policy, Redis, Sessions, Settings, Tls};
use crate::users::{self, DbObject, SqlStyle, Users};
use crate::wechat::{self, Client, Credentials, Exchange};

/// Where 1.3.2 looks for redis.
const DEFAULT_REDIS: &str = "redis://127.0.0.1:6379";

/// For one attempt to connect to redis.
const DEFAULT_CONNECT_TIMEOUT: u32 = 2000;

/// For a call, as far as redis is concerned.
const DEFAULT_DEADLINE: u32 = 5000;

/// Where WeChat is.
const DEFAULT_ENDPOINT: &str = "https://api.weixin.qq.com";

/// For one request to WeChat.
const DEFAULT_WECHAT_TIMEOUT: u32 = 10_000;

/// How many tokens are cached, and for how long after redis was asked.
const DEFAULT_MAX_TOKENS: u32 = 10_000;
const DEFAULT_MAX_AGE: u32 = 1000;

const NO_CACHE: &str = "options.cache has no effect: it is for tokens in redis, on one server or behind Sentinels";

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
    pub sessions: Limits,
    pub cache: Option<Cache>,
    pub wechat: WeChat,
    pub session_keys: bool,
    /// The file of the user table, where our own SQLite is to use it.
    pub file: Option<String>,
    /// The kind of the object that the application passed as `db`.
    pub object: Option<DbKind>,
    pub create_table: bool,
}

/// The kinds of object that are passed as `db`.
#[napi(string_enum = "lowercase")]
pub enum DbKind {
    /// A database that takes bound parameters.
    Bound,
    /// A database that takes SQL alone.
    Literal,
    /// A user store of the application's own.
    Store,
}

impl From<DbKind> for DbObject {
    fn from(kind: DbKind) -> Self {
        match kind {
            DbKind::Bound => Self::Database(SqlStyle::Bound),
            DbKind::Literal => Self::Database(SqlStyle::Literal),
            DbKind::Store => Self::Store,
        }
    }
}

/// How many tokens of one user live, and how long.
#[napi(object)]
pub struct Limits {
    /// Whether every login gets a token of its own.
    pub each: bool,
    pub max: Option<u32>,
    /// In seconds.
    pub idle: Option<u32>,
}

/// What is cached of checks.
#[napi(object)]
pub struct Cache {
    pub max_tokens: Option<u32>,
    /// In milliseconds.
    pub max_age: Option<u32>,
}

#[napi(object)]
pub struct WeChat {
    pub endpoint: Option<String>,
    pub proxy: Option<String>,
    /// For one request, in milliseconds.
    pub timeout: Option<u32>,
    pub retries: Option<u32>,
    /// Whether the application exchanges codes itself.
    pub exchange: bool,
}

/// The token store: in memory, in a file, or a redis at one of `url`, `cluster`, `sentinels`, by default where 1.3.2 looks for it.
#[napi(object)]
pub struct Tokens {
    pub memory: bool,
    pub file: Option<String>,
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
    /// `ask` puts questions to what the application has given. `Err` says what is wrong.
    pub fn build(self, ask: &Dispatch) -> Result<Auth, String> {
        let policy = self.sessions.policy(self.ttl)?;
        let can_cache = self.tokens.can_be_cached();
        let warning = (self.cache.is_some() && !can_cache).then_some(NO_CACHE);
        let limits = self.cache.filter(|_| can_cache).map(|cache| cache.limits());
        let users = users::Settings {
            file: self.file.map(Into::into),
            object: self.object.map(Into::into),
            create_table: self.create_table,
            tokens_file: self.tokens.file.clone().map(Into::into),
        };
        let sessions = self.tokens.build(self.password, &self.sku, policy, limits.as_ref())?;
        let (client, exchange) = self.wechat.build(ask)?;
        let users = Users::open(users, ask.clone()).map_err(|error| error.to_string())?;
        let dependencies = Dependencies {
            credentials: Credentials { app_id: self.app_id, secret: self.secret },
            sku: self.sku,
            client,
            exchange,
            users,
            sessions,
            keeps_session_keys: self.session_keys,
            warning,
        };
        Auth::new(dependencies).map_err(|error| error.message)
    }
}

impl WeChat {
    fn build(self, dispatch: &Dispatch) -> Result<(Arc<Client>, Exchange), String> {
        let Self { endpoint, proxy, timeout, retries, exchange } = self;
        let endpoint = endpoint.unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let timeout = milliseconds(timeout.unwrap_or(DEFAULT_WECHAT_TIMEOUT));
        let retries = retries.unwrap_or_default();
        let client = Arc::new(Client::new(wechat::Settings { endpoint, proxy, timeout, retries })?);
        let exchange = match exchange {
            true => Exchange::Function(Host::new(dispatch.clone(), "options.wechat.exchange", timeout)),
            false => Exchange::WeChat(client.clone()),
        };
        Ok((client, exchange))
    }
}

impl Limits {
    fn policy(&self, ttl: i64) -> Result<Policy, String> {
        let ttl = Duration::from_secs(u64::try_from(ttl).map_err(|error| error.to_string())?);
        let each = self.each.then(|| self.max.unwrap_or(u32::MAX));
        Ok(Policy { ttl, each, idle: self.idle.map(|seconds| Duration::from_secs(seconds.into())) })
    }
}

impl Cache {
    fn limits(&self) -> CacheLimits {
        CacheLimits {
            max_tokens: self.max_tokens.unwrap_or(DEFAULT_MAX_TOKENS) as usize,
            max_age: milliseconds(self.max_age.unwrap_or(DEFAULT_MAX_AGE)),
        }
    }
}

impl Tokens {
    /// Whether there is one server that tells of changes: in a Cluster each node tells of its own, and they come and go.
    fn can_be_cached(&self) -> bool {
        !self.memory && self.file.is_none() && self.cluster.is_none()
    }

    fn build(
        self,
        password: Option<String>,
        sku: &str,
        policy: Policy,
        cache: Option<&CacheLimits>,
    ) -> Result<Sessions, String> {
        if self.memory {
            return Ok(Sessions::Embedded(Embedded::in_memory(policy)?));
        }
        if let Some(file) = self.file {
            return Ok(Sessions::Embedded(Embedded::in_file(file.into(), policy)?));
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
        Ok(Sessions::Redis(Redis::new(&settings, layout, sku, policy, cache)?))
    }
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}
