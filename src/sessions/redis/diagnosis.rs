//! What redis replies to plain commands, for whoever looks at how it is set up.

use redis::aio::ConnectionLike;
use redis::{Cmd, RedisError, Value};
use serde_json::{Value as Json, json};

use super::connect::Link;
use crate::error::Result;

/// Sends `commands` one after the other. JSON, of each `{ "reply": … }`, or `{ "error": … }` with
/// what redis refused it with, in redis' own words. `Err` where redis cannot be asked.
pub async fn ask(link: &Link, commands: &[Vec<String>]) -> Result<String> {
    let mut replies = Vec::with_capacity(commands.len());
    for words in commands {
        let mut command = Cmd::new();
        for word in words {
            command.arg(word);
        }
        let command = &command;
        let step = |mut connection: super::connect::Connection| async move {
            match connection.req_packed_command(command).await.and_then(Value::extract_error) {
                Ok(reply) => Ok(json!({ "reply": plain(reply) })),
                // What redis says of a command is what is asked for here, and not to be repeated.
                Err(error) => said(&error).map(|text| json!({ "error": text })).ok_or(error),
            }
        };
        replies.push(link.run(step).await?);
    }
    Ok(Json::Array(replies).to_string())
}

/// The words of redis, without the arguments that it repeats; None where the connection failed.
fn said(error: &RedisError) -> Option<String> {
    let detail = error.detail().unwrap_or_default();
    Some(format!("{} {}", error.code()?, detail.split(", with args").next().unwrap_or_default()))
}

/// A reply without what RESP3 adds: maps are lists of names and values in turn.
fn plain(value: Value) -> Json {
    match value {
        Value::Int(number) => number.into(),
        Value::BulkString(bytes) => String::from_utf8_lossy(&bytes).into(),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => text.into(),
        Value::Okay => "OK".into(),
        Value::Array(values) | Value::Set(values) => values.into_iter().map(plain).collect(),
        Value::Map(entries) => entries.into_iter().flat_map(|(name, value)| [plain(name), plain(value)]).collect(),
        _ => Json::Null,
    }
}
