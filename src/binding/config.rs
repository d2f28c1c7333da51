//! The configuration that JavaScript passes, with all defaults filled in, and what is built from
//! it.

use std::sync::Arc;
use std::time::Duration;

use napi_derive::napi;

use crate::auth::{Auth, Dependencies};
use crate::events::Events;
use crate::host::{Dispatch, Host};
use crate::sessions::{CacheLimits, Embedded, Endpoint, Layout, Mode, Policy, Redis, Sessions, Settings, Tls};
use crate::users::{self, DbObject, Otherwise, SqlStyle, Users};
use crate::wechat::{self, Client, Credentials, Exchange, Push};

const NO_CACHE: &str = "options.cache has no effect: it is for tokens in redis, on one server or behind Sentinels";

#[napi(object)]
pub struct Config {
    pub app_id: Option<String>,
    pub secret: Option<String>,
    pub sku: String,
    /// The password of redis.
    pub password: Option<String>,
    /// In seconds.
    pub ttl: i64,
    pub tokens: Tokens,
    /// The option `sessions`.
    pub sessions: Limits,
    pub cache: Option<Cache>,
    pub wechat: WeChat,
    pub session_keys: bool,
    /// The file of the user table, where our own SQLite is to open it. (That of the tokens is
    /// `tokens.file`.)
    pub file: Option<String>,
    /// The kind of the object that the application passed as `db`.
    pub object: Option<DbKind>,
    pub create_table: bool,
    /// Whether this is the door of new applications, where a user without a table is an openid.
    pub front: bool,
    /// Whether the application's function says who a user is.
    pub resolves: bool,
    /// Whether this is the doctor's: then nothing is begun in the background, neither the adoption
    /// nor the user table.
    pub only_diagnoses: bool,
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

/// The option `sessions`: how many tokens of one user live, and how long without use.
#[napi(object)]
pub struct Limits {
    /// Whether every login gets a token of its own.
    pub each: bool,
    /// How many live with `each`. JavaScript passes the largest number for no limit.
    pub max: u32,
    /// In seconds; None where there is no limit.
    pub idle: Option<u32>,
}

/// The option `cache`: the limits of the cache of checks.
#[napi(object)]
pub struct Cache {
    pub max_tokens: u32,
    /// In milliseconds.
    pub max_age: u32,
}

#[napi(object)]
pub struct WeChat {
    pub endpoint: String,
    pub proxy: Option<String>,
    /// For one request, in milliseconds.
    pub timeout: u32,
    pub retries: u32,
    /// Whether the application exchanges codes itself.
    pub exchange: bool,
    /// Whether the application gives the access token itself.
    pub access_token: bool,
    /// Whether this runs in WeChat's cloud hosting.
    pub cloud: bool,
    pub push: Option<PushConsole>,
}

/// The option `wechat.push`: what stands in WeChat's console.
#[napi(object)]
pub struct PushConsole {
    pub token: String,
    /// None in the plain mode.
    pub encoding_aes_key: Option<String>,
}

/// The token store: in memory, in a file, or in redis at one of `url`, `cluster` and `sentinels`.
#[napi(object)]
pub struct Tokens {
    pub memory: bool,
    /// Whether an application's tests control the store in memory.
    pub controlled: bool,
    /// The file of the tokens. (That of the user table is the configuration's own `file`.)
    pub file: Option<String>,
    pub url: Option<String>,
    pub cluster: Option<Vec<String>>,
    pub sentinels: Option<Vec<String>>,
    pub master: Option<String>,
    pub ca: Option<String>,
    pub cert: Option<String>,
    pub key: Option<String>,
    pub tagged: bool,
    /// For one attempt to connect to redis, in milliseconds.
    pub connect_timeout: u32,
    /// For all that one call does in redis, in milliseconds.
    pub deadline: u32,
}

impl Config {
    /// `Err` says what is wrong.
    pub fn build(mut self, dispatch: &Dispatch, events: &Arc<Events>) -> Result<Auth, String> {
        let policy = self.sessions.policy(self.ttl)?;
        let ttl = policy.ttl;
        let can_cache = self.tokens.can_be_cached();
        let warning = (self.cache.is_some() && !can_cache).then_some(NO_CACHE);
        let limits = self.cache.filter(|_| can_cache).map(|cache| cache.limits());
        let users = users::Settings {
            file: self.file.map(Into::into),
            object: self.object.map(Into::into),
            create_table: self.create_table,
            tokens_file: self.tokens.file.clone().map(Into::into),
            otherwise: match (self.front, self.resolves) {
                (true, true) => Otherwise::Resolved,
                (true, false) => Otherwise::OpenId,
                (false, _) => Otherwise::Nobody,
            },
        };
        let sessions = self.tokens.build(self.password, &self.sku, policy, limits.as_ref(), events.clone())?;
        let push = self.wechat.push.take().map(|console| console.build(self.app_id.as_deref())).transpose()?;
        let WeChatParts { client, cloud, access_token, exchange } = self.wechat.build(dispatch, events.clone())?;
        let users = Users::open(users, dispatch.clone()).map_err(|error| error.to_string())?;
        let dependencies = Dependencies {
            credentials: Credentials { app_id: self.app_id, secret: self.secret },
            sku: self.sku,
            client,
            cloud,
            access_token,
            exchange,
            push,
            users,
            sessions,
            keeps_session_keys: self.session_keys,
            ttl,
            events: events.clone(),
            warning,
        };
        Auth::new(dependencies).map_err(|error| error.message)
    }
}

/// What reaches WeChat, and what the application does in its place.
struct WeChatParts {
    client: Arc<Client>,
    cloud: Option<Client>,
    access_token: Option<Host>,
    exchange: Exchange,
}

impl WeChat {
    fn build(self, dispatch: &Dispatch, events: Arc<Events>) -> Result<WeChatParts, String> {
        let Self { endpoint, proxy, timeout, retries, exchange, access_token, cloud, .. } = self;
        let timeout = milliseconds(timeout);
        let settings = wechat::Settings { endpoint, proxy, timeout, retries, events };
        let cloud = cloud.then(|| Client::in_cloud(settings.clone())).transpose()?;
        let client = Arc::new(Client::new(settings)?);
        let host = |name| Host::new(dispatch.clone(), name, timeout);
        let exchange = match exchange {
            true => Exchange::Function(host("options.wechat.exchange")),
            false => Exchange::WeChat(client.clone()),
        };
        Ok(WeChatParts {
            client,
            cloud,
            access_token: access_token.then(|| host("options.wechat.accessToken")),
            exchange,
        })
    }
}

impl PushConsole {
    fn build(self, app_id: Option<&str>) -> Result<Push, String> {
        let app_id = app_id.ok_or("options.wechat.push needs the app id")?;
        Push::new(app_id.to_owned(), self.token, self.encoding_aes_key.as_deref())
    }
}

impl Limits {
    fn policy(&self, ttl: i64) -> Result<Policy, String> {
        let ttl = Duration::from_secs(u64::try_from(ttl).map_err(|error| error.to_string())?);
        let mode = match self.each {
            true => Mode::PerLogin { max: self.max },
            false => Mode::Shared,
        };
        Ok(Policy { ttl, mode, idle: self.idle.map(|seconds| Duration::from_secs(seconds.into())) })
    }
}

impl Cache {
    fn limits(&self) -> CacheLimits {
        CacheLimits { max_tokens: self.max_tokens as usize, max_age: milliseconds(self.max_age) }
    }
}

impl Tokens {
    /// Whether one server tells of all changes. In a Cluster each node tells of its own, and nodes
    /// come and go.
    fn can_be_cached(&self) -> bool {
        !self.memory && self.file.is_none() && self.cluster.is_none()
    }

    fn build(
        self,
        password: Option<String>,
        sku: &str,
        policy: Policy,
        cache: Option<&CacheLimits>,
        events: Arc<Events>,
    ) -> Result<Sessions, String> {
        if self.memory {
            return Ok(Sessions::Embedded(Embedded::in_memory(policy, events, self.controlled)?));
        }
        if let Some(file) = self.file {
            return Ok(Sessions::Embedded(Embedded::in_file(file.into(), policy, events)?));
        }
        let endpoint = match (self.url, self.cluster, self.sentinels.zip(self.master)) {
            (Some(url), ..) => Endpoint::Server(url),
            (None, Some(urls), _) => Endpoint::Cluster(urls),
            (None, None, Some((urls, master))) => Endpoint::Sentinels { urls, master },
            (None, None, None) => return Err("options.tokens names no redis".to_owned()),
        };
        let settings = Settings {
            endpoint,
            password,
            tls: Tls { ca: self.ca, certificate: self.cert, key: self.key },
            connect_timeout: milliseconds(self.connect_timeout),
            deadline: milliseconds(self.deadline),
        };
        let layout = if self.tagged { Layout::Tagged } else { Layout::Compatible };
        Ok(Sessions::Redis(Redis::new(&settings, layout, sku, policy, cache, events)?))
    }
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}
