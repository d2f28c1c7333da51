//! The scripts about a value that all processes share.

use redis::RedisResult;

use super::Scripts;
use crate::sessions::redis::connect::Connection;

impl Scripts {
    /// Keeps the value at `key` for `life` milliseconds at least: `value`, where there is none, or
    /// where that is to `replace` it.
    pub async fn keep(
        &self,
        connection: Connection,
        key: &str,
        value: Option<&str>,
        life: u64,
        replace: bool,
    ) -> RedisResult<()> {
        self.keep.call().key(key).arg(life).arg(u8::from(replace)).args(value).run(connection).await
    }

    /// Deletes the value at `key`, if it is `value`.
    pub async fn delete_own(&self, connection: Connection, key: &str, value: &str) -> RedisResult<()> {
        self.delete_own.call().key(key).arg(value).run(connection).await
    }
}
