//! What index.js passes to make an object, already of the right types, and what is made of it.

use std::path::PathBuf;
use std::time::Duration;

use napi_derive::napi;

use crate::auth::Auth;
use crate::sessions::{Memory, Redis, Sessions};
use crate::users::{Native, Object, Question, Users};
use crate::wechat::{DEFAULT_ENDPOINT, DEFAULT_TIMEOUT, Exchange};

/// Where 1.3.2 looks for redis.
const DEFAULT_TOKENS: &str = "redis://127.0.0.1:6379";

const MEMORY: &str = "memory";

#[napi(object)]
pub struct Config {
    pub app_id: Option<String>,
    pub secret: Option<String>,
    pub sku: String,
    /// The password of redis.
    pub password: Option<String>,
    /// Life of a token, in seconds.
    pub ttl: i64,
    pub tokens: Option<String>,
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

impl Config {
    /// `ask` puts questions to the application's database object. `Err` says what is wrong.
    pub fn build(self, ask: Box<dyn Fn(Question) + Send + Sync>) -> Result<Auth, String> {
        let ttl = Duration::from_secs(u64::try_from(self.ttl).map_err(|error| error.to_string())?);
        let tokens = self.tokens.as_deref().unwrap_or(DEFAULT_TOKENS);
        let sessions = match tokens {
            MEMORY => Sessions::Memory(Memory::new(ttl)?),
            url => Sessions::Redis(Redis::new(url, self.password.as_deref(), &self.sku, ttl)?),
        };
        let endpoint = self.endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT);
        let timeout = self.timeout.map_or(DEFAULT_TIMEOUT, |ms| Duration::from_millis(ms.into()));
        let exchange = Exchange::new(endpoint, timeout, self.app_id, self.secret)?;
        let users = users(self.file.map(PathBuf::from), self.object, self.binds, self.create_table, ask)
            .map_err(|error| error.to_string())?;
        Ok(Auth::new(exchange, users, sessions, self.sku))
    }
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
