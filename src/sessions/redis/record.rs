//! What stands under a token's name.

use futures_util::future::join;
use redis::{Cmd, RedisError, RedisResult, Value};

use super::connect::{Connection, error_code};
use super::keys;
use crate::sessions::{Asked, Notes, Session};
use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Nothing, or nothing that makes the token live.
    Missing,
    /// A record that the index lists, or did.
    Listed(Expiry),
    /// A record that no index may list: 1.3.2 or an earlier build of ours wrote it.
    Unlisted,
    /// What is no hash.
    Other,
}

/// When a token expires at the latest, on redis' clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// In Unix milliseconds.
    At(u64),
    Never,
}

impl Expiry {
    fn of(field: &[u8]) -> Self {
        match field {
            b"" => Self::Never,
            digits => Self::At(number(digits).unwrap_or_default()),
        }
    }
}

/// The fields of a record, in the order in which they are asked for: a check wants the first ones.
const FIELDS: [&str; 6] = [keys::CTIME, keys::EXPIRES, keys::DEVICE, keys::OPEN_ID, keys::SEEN, keys::ORDER];

/// The fields that answer what is asked.
pub fn fields_of(asked: Asked, has_idle_limit: bool) -> &'static [&'static str] {
    match asked {
        Asked::Validity => &FIELDS[..2],
        Asked::Session if has_idle_limit => &FIELDS[..5],
        Asked::Session => &FIELDS[..4],
    }
}

/// A token's record.
#[derive(Debug)]
pub struct Recorded {
    pub kind: Record,
    /// The time that counts against the mark, in Unix milliseconds.
    pub order: u64,
    /// Where it was asked, and the record is a token's.
    pub session: Option<Session>,
}

/// Reads a token's record, in one round trip.
pub async fn read(mut connection: Connection, key: &str, token: &Token, asked: Asked) -> RedisResult<Recorded> {
    parse(command(key, asked).query_async(&mut connection).await, token)
}

/// The command that reads what is asked of a token's record, where there is no idle limit.
pub fn command(key: &str, asked: Asked) -> Cmd {
    reading(key, fields_of(asked, false))
}

fn reading(key: &str, fields: &[&str]) -> Cmd {
    let mut command = redis::cmd("HMGET");
    command.arg(key).arg(fields);
    command
}

/// What the reply to that command tells of the record.
pub fn parse(reply: RedisResult<Value>, token: &Token) -> RedisResult<Recorded> {
    match reply {
        Ok(Value::Array(fields)) => Ok(recorded(&fields, token)),
        Ok(_) => Ok(other(Record::Other)),
        Err(error) if is_wrong_type(&error) => Ok(other(Record::Other)),
        Err(error) => Err(error),
    }
}

/// What the reply of the script `check`, which notes the use as well, tells of the record.
pub fn parse_checked(reply: RedisResult<Value>, token: &Token) -> RedisResult<Recorded> {
    let Value::Array(reply) = reply? else { return Ok(other(Record::Other)) };
    let kind = match reply.first() {
        Some(Value::SimpleString(kind)) => kind.as_bytes(),
        Some(Value::BulkString(kind)) => kind,
        _ => b"",
    };
    Ok(match kind {
        b"none" => other(Record::Missing),
        b"hash" => recorded(&reply[1..], token),
        _ => other(Record::Other),
    })
}

/// Reads all that is known of a token, as far as its record is one.
pub async fn whole(mut connection: Connection, key: &str, token: &Token) -> RedisResult<Option<(u64, Session)>> {
    let (read, left, mut also) = (reading(key, &FIELDS), Cmd::pttl(key), connection.clone());
    let (reply, left) = join(read.query_async(&mut connection), left.query_async::<i64>(&mut also)).await;
    let Recorded { kind, order, session: Some(mut session) } = parse(reply, token)? else { return Ok(None) };
    let left = left?;
    // Written by 1.3.2 or an earlier build: it expires when its life is over, on redis' clock.
    if kind == Record::Unlisted && left >= 0 {
        let (seconds, microseconds): (u64, u64) = redis::cmd("TIME").query_async(&mut connection).await?;
        session.expires = Some(seconds * 1000 + microseconds / 1000 + left.unsigned_abs());
    }
    Ok(Some((order, session)))
}

/// Reads the fields in place, as it is done for every check.
fn recorded(fields: &[Value], token: &Token) -> Recorded {
    let field = |i: usize| match fields.get(i) {
        Some(Value::BulkString(bytes)) => Some(bytes.as_slice()),
        _ => None,
    };
    let kind = match (field(0), field(1)) {
        (None, _) => Record::Missing,
        (Some(_), None) => Record::Unlisted,
        (Some(_), Some(expires)) => Record::Listed(Expiry::of(expires)),
    };
    if fields.len() <= fields_of(Asked::Validity, false).len() {
        return other(kind);
    }
    let numeric = |i: usize| field(i).and_then(number);
    let text = |i: usize| field(i).and_then(|field| String::from_utf8(field.to_vec()).ok());
    let session = field(0).map(|issued| Session {
        token: token.clone(),
        issued: number(issued).unwrap_or_default(),
        expires: numeric(1),
        seen: numeric(4),
        notes: Notes { device: text(2), open_id: text(3) },
    });
    Recorded { kind, order: numeric(5).or_else(|| numeric(0)).unwrap_or_default(), session }
}

fn other(kind: Record) -> Recorded {
    Recorded { kind, order: 0, session: None }
}

fn number(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the key holds something else than a hash.
fn is_wrong_type(error: &RedisError) -> bool {
    error_code(error) == "WRONGTYPE"
}
