//! What stands under a token's name.

use futures_util::future::join;
use redis::{Cmd, RedisError, RedisResult, Value, from_redis_value};

use super::connect::{Connection, error_code};
use super::keys;
use crate::sessions::{Notes, Session};
use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Nothing, or nothing that makes the token live.
    None,
    /// A record that the index lists, or did.
    Listed(Expiry),
    /// A record that 1.3.2 wrote.
    Foreign,
    /// What is none of ours.
    Other,
}

/// When a token expires at the latest, on redis' clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// In Unix milliseconds.
    At(u64),
    Never,
    /// The record does not say.
    Unknown,
}

impl Record {
    /// A hash with these fields.
    fn of(issued: Option<&[u8]>, version: Option<&[u8]>, expires: Option<&[u8]>) -> Self {
        match (issued, version) {
            (None, _) => Self::None,
            (Some(_), None) => Self::Foreign,
            (Some(_), Some(_)) => Self::Listed(Expiry::of(expires)),
        }
    }
}

impl Expiry {
    fn of(field: Option<&[u8]>) -> Self {
        match field {
            None => Self::Unknown,
            Some(b"") => Self::Never,
            Some(digits) => number(digits).map_or(Self::Unknown, Self::At),
        }
    }
}

/// A token's record, whole.
pub struct Recorded {
    /// The time that counts against the mark, in Unix milliseconds.
    pub order: u64,
    pub session: Session,
}

/// Reads a token's record, in one round trip.
pub async fn record(mut connection: Connection, key: &str) -> RedisResult<Record> {
    parse(command(key).query_async(&mut connection).await)
}

/// The command that does.
pub fn command(key: &str) -> Cmd {
    let mut command = redis::cmd("HMGET");
    command.arg(key).arg(keys::CTIME).arg(keys::VERSION).arg(keys::EXPIRES);
    command
}

/// What its reply means.
pub fn parse(reply: RedisResult<Value>) -> RedisResult<Record> {
    match reply {
        Ok(fields) => {
            let [issued, version, expires]: [Option<Vec<u8>>; 3] = from_redis_value(fields)?;
            Ok(Record::of(issued.as_deref(), version.as_deref(), expires.as_deref()))
        }
        Err(error) if is_wrong_type(&error) => Ok(Record::Other),
        Err(error) => Err(error),
    }
}

/// What the reply of the script means that notes the use as well.
pub fn parse_checked(reply: RedisResult<Value>) -> RedisResult<Record> {
    type Fields = (String, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);
    let (kind, issued, version, expires): Fields = from_redis_value(reply?)?;
    Ok(match kind.as_str() {
        "none" => Record::None,
        "hash" => Record::of(issued.as_deref(), version.as_deref(), expires.as_deref()),
        _ => Record::Other,
    })
}

/// Reads all that is known of a token, as far as its record is one.
pub async fn recorded(mut connection: Connection, key: &str, token: &Token) -> RedisResult<Option<Recorded>> {
    let mut fields = redis::cmd("HMGET");
    fields.arg(key).arg(keys::CTIME).arg(keys::VERSION).arg(keys::EXPIRES);
    fields.arg(keys::ORDER).arg(keys::SEEN).arg(keys::DEVICE).arg(keys::SEALED);
    let (left, mut other) = (Cmd::pttl(key), connection.clone());
    let (fields, left) = join(fields.query_async::<Value>(&mut connection), left.query_async::<i64>(&mut other)).await;
    let fields = match fields {
        Err(error) if is_wrong_type(&error) => return Ok(None),
        fields => fields?,
    };
    let left = left?;
    let [issued, version, expires, order, seen, device, sealed]: [Option<Vec<u8>>; 7] = from_redis_value(fields)?;
    let expiry = Record::of(issued.as_deref(), version.as_deref(), expires.as_deref());
    let Some(issued) = issued.map(|field| number(&field).unwrap_or_default()) else { return Ok(None) };
    let numeric = |field: Option<Vec<u8>>| field.and_then(|field| number(&field));
    let expires = match expiry {
        Record::Listed(Expiry::At(time)) => Some(time),
        Record::Listed(Expiry::Never) => None,
        // Written by 1.3.2 or an earlier build: it expires when its life is over, on redis' clock.
        _ if left >= 0 => {
            let (seconds, microseconds): (u64, u64) = redis::cmd("TIME").query_async(&mut connection).await?;
            Some(seconds * 1000 + microseconds / 1000 + left.unsigned_abs())
        }
        _ => None,
    };
    let text = |field: Option<Vec<u8>>| field.and_then(|field| String::from_utf8(field).ok());
    let session = Session {
        token: token.clone(),
        issued,
        expires,
        seen: numeric(seen),
        notes: Notes { device: text(device), sealed: text(sealed) },
    };
    Ok(Some(Recorded { order: numeric(order).unwrap_or(issued), session }))
}

fn number(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the key holds something else than a hash.
fn is_wrong_type(error: &RedisError) -> bool {
    error_code(error) == "WRONGTYPE"
}
