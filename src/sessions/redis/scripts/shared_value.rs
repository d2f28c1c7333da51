//! The script that prolongs the life of a shared value.

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
}
