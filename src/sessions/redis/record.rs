//! What stands under a token's name.

use redis::{Cmd, RedisError, RedisResult, Value};

use super::connection::Connection;
use super::keys;
use crate::sessions::{Notes, Session};
use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Nothing, or nothing that makes the token live.
    None,
    /// A record that the index lists, or did; when it was issued, in Unix milliseconds.
    Listed { issued: u64 },
    /// A record that 1.3.2 wrote.
    Foreign,
    /// What is none of ours.
    Other,
}

impl Record {
    /// A hash with these fields.
    pub fn of(issued: Option<Vec<u8>>, listed: Option<Vec<u8>>) -> Self {
        match (issued, listed) {
            (None, _) => Self::None,
            (Some(_), None) => Self::Foreign,
            (Some(issued), Some(_)) => Self::Listed { issued: number(&issued).unwrap_or_default() },
        }
    }
}

/// Reads a token's record, in one round trip.
pub async fn record(mut connection: Connection, key: &str) -> RedisResult<Record> {
    read(command(key).query_async(&mut connection).await)
}

/// The command that does.
pub fn command(key: &str) -> Cmd {
    let mut command = redis::cmd("HMGET");
    command.arg(key).arg(keys::CTIME).arg(keys::LISTED);
    command
}

/// What its reply means.
pub fn read(reply: RedisResult<Value>) -> RedisResult<Record> {
    match reply {
        Ok(fields) => {
            let [issued, listed]: [Option<Vec<u8>>; 2] = redis::from_redis_value(fields)?;
            Ok(Record::of(issued, listed))
        }
        Err(error) if is_wrong_type(&error) => Ok(Record::Other),
        Err(error) => Err(error),
    }
}

/// What the reply of the script means that notes the use as well.
pub fn read_checked(reply: RedisResult<Value>) -> RedisResult<Record> {
    let (kind, issued, listed): (String, Option<Vec<u8>>, Option<Vec<u8>>) = redis::from_redis_value(reply?)?;
    Ok(match kind.as_str() {
        "none" => Record::None,
        "hash" => Record::of(issued, listed),
        _ => Record::Other,
    })
}

/// Reads all that is known of a token, as far as its record is one; `now` is the time in Unix milliseconds.
pub async fn session(mut connection: Connection, key: &str, token: &Token, now: u64) -> RedisResult<Option<Session>> {
    let mut fields = redis::cmd("HMGET");
    fields.arg(key).arg(keys::CTIME).arg(keys::ENDS).arg(keys::SEEN).arg(keys::DEVICE).arg(keys::SEALED);
    let mut life = redis::cmd("PTTL");
    life.arg(key);
    let mut other = connection.clone();
    let (fields, left) =
        tokio::join!(fields.query_async::<[Option<Vec<u8>>; 5]>(&mut connection), life.query_async::<i64>(&mut other));
    let [issued, ends, seen, device, sealed] = match fields {
        Err(error) if is_wrong_type(&error) => return Ok(None),
        fields => fields?,
    };
    let Some(issued) = issued else { return Ok(None) };
    let numeric = |field: Option<Vec<u8>>| field.and_then(|field| number(&field));
    let text = |field: Option<Vec<u8>>| field.and_then(|field| String::from_utf8(field).ok());
    let expires = numeric(ends).or_else(|| left.as_ref().ok().and_then(|&left| Some(now + u64::try_from(left).ok()?)));
    left?;
    Ok(Some(Session {
        token: token.clone(),
        issued: number(&issued).unwrap_or_default(),
        expires,
        seen: numeric(seen),
        notes: Notes { device: text(device), sealed: text(sealed) },
    }))
}

fn number(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the key holds something else than a hash.
fn is_wrong_type(error: &RedisError) -> bool {
    error.code() == Some("WRONGTYPE")
}
