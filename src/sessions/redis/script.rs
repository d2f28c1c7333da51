//! A script that redis runs, by its hash where redis knows it. May import `hex`, and of redis' own
//! modules `connect`.

use redis::{Cmd, FromRedisValue, RedisError, RedisResult};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::connect::{Connection, error_code};
use crate::hex;

pub struct Script {
    source: String,
    /// SHA-1 in hex, as redis names scripts.
    hash: String,
}

/// A script with what it is given.
pub struct Call<'a> {
    script: &'a Script,
    keys: Vec<String>,
    arguments: Vec<Vec<u8>>,
}

impl Script {
    pub fn new(source: String) -> Self {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, source.as_bytes());
        Self { source, hash: hex::encode(hash.as_ref()) }
    }

    pub fn call(&self) -> Call<'_> {
        Call { script: self, keys: Vec::new(), arguments: Vec::new() }
    }

    #[cfg(test)]
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl Call<'_> {
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    pub fn arg(mut self, argument: impl ToString) -> Self {
        self.arguments.push(argument.to_string().into_bytes());
        self
    }

    pub fn args<T: ToString>(self, arguments: impl IntoIterator<Item = T>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// The command that redis refuses where it does not know the script yet.
    pub fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// Runs the script. Where redis does not know it, it is sent along: proxies refuse
    /// `SCRIPT LOAD`.
    pub async fn run<T: FromRedisValue>(&self, mut connection: Connection) -> RedisResult<T> {
        match self.by_hash().query_async(&mut connection).await {
            Err(error) if is_unknown(&error) => {
                self.command("EVAL", &self.script.source).query_async(&mut connection).await
            }
            result => result,
        }
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.arguments);
        command
    }
}

/// Whether redis does not know the script, or the command that names it.
fn is_unknown(error: &RedisError) -> bool {
    match error_code(error) {
        "NOSCRIPT" => true,
        "ERR" => error.detail().is_some_and(|detail| detail.to_ascii_lowercase().contains("unknown command")),
        _ => false,
    }
}
