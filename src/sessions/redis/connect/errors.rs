//! What an error of redis means, in the words of each of its versions: whether the connection is
//! still good, whether the same step may soon succeed, and what to tell the application. How long a
//! step is retried is `retry.rs`'s.

use redis::{ErrorKind, RedisError};

const PASSWORD_REFUSED: &str = "redis refused the password, check redisPass and the URL";

/// The error itself; of a pipeline, the first of its commands that redis refused: redis-rs tells
/// neither code nor detail of it otherwise.
pub fn first(error: RedisError) -> RedisError {
    let first = error.clone().into_server_errors().and_then(|errors| errors.first().cloned());
    first.map_or(error, |(_, refused)| refused.into())
}

/// Whether another connection would be better: this one is broken, or its server is no longer the
/// master.
pub fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error_code(error), "READONLY" | "MASTERDOWN" | "NOAUTH")
}

/// Whether a slot of the Cluster is on its way: the step will succeed when it is there.
pub fn is_moving(error: &RedisError) -> bool {
    matches!(error_code(error), "ASK" | "MOVED" | "TRYAGAIN")
}

/// Whether the same step may soon succeed.
pub fn is_transient(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Io
            | ErrorKind::ClusterConnectionNotFound
            | ErrorKind::MasterNameNotFoundBySentinel
            | ErrorKind::NoValidReplicasFoundBySentinel
    ) || matches!(error_code(error), "LOADING" | "CLUSTERDOWN" | "MASTERDOWN" | "READONLY")
}

/// The code that redis gave; '' where it gave none. redis up to 6.2 wraps the error of a command
/// within a script: `ERR Error running script …: -READONLY You can't write …`.
pub fn error_code(error: &RedisError) -> &str {
    let detail = error.detail().unwrap_or_default();
    match error.code().unwrap_or_default() {
        "ERR" if detail.starts_with("Error running script") => wrapped_code(detail).unwrap_or("ERR"),
        // So redis words it for a command within a script.
        "ERR" if detail.contains("can't run this command") || detail.contains("no permissions") => "NOPERM",
        code => code,
    }
}

fn wrapped_code(detail: &str) -> Option<&str> {
    let (_, inner) = detail.rsplit_once(": -")?;
    let code = inner.split(' ').next()?;
    (!code.is_empty() && code != "ERR" && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
}

/// Whether redis refused a password because it wants none: so up to 5, and from 6 on.
pub fn is_needless_password(error: &RedisError) -> bool {
    ["no password is set", "without any password configured"].iter().any(|words| says(error, words))
}

/// Whether redis knows no users but one: up to 5.
pub fn is_too_old_for_users(error: &RedisError) -> bool {
    says(error, "wrong number of arguments for 'auth'")
}

fn says(error: &RedisError, words: &str) -> bool {
    error_code(error) == "ERR" && error.detail().is_some_and(|detail| detail.to_ascii_lowercase().contains(words))
}

/// What happened, and what to do. redis repeats the arguments of a command that it does not know,
/// and they hold a user's id.
pub fn describe(error: &RedisError) -> String {
    let detail = error.detail().unwrap_or_default();
    match error_code(error) {
        "NOAUTH" => "NOAUTH redis asks for a password, pass redisPass".to_owned(),
        "LOADING" => "LOADING redis is loading its data, try again shortly".to_owned(),
        "READONLY" => "READONLY this redis is a replica, connect to its master".to_owned(),
        "OOM" => "OOM redis is out of memory, raise its maxmemory".to_owned(),
        "NOPERM" => "NOPERM redis does not allow this user a command or key, see the commands that docs/redis.md lists"
            .to_owned(),
        "WRONGPASS" => PASSWORD_REFUSED.to_owned(),
        "ERR" if says(error, "invalid password") || is_needless_password(error) => PASSWORD_REFUSED.to_owned(),
        "CLUSTERDOWN" => {
            "CLUSTERDOWN a part of the Cluster has no master, wait for its failover or repair it".to_owned()
        }
        "" if error.kind() == ErrorKind::MasterNameNotFoundBySentinel => {
            "the Sentinels know no master of that name that can be reached, check options.tokens.master".to_owned()
        }
        "" if error.is_io_error() => {
            let text = error.to_string();
            // The second is of a server that shows a certificate that it signed itself.
            let is_unknown = ["UnknownIssuer", "CaUsedAsEndEntity"].iter().any(|cause| text.contains(cause));
            let advice = if is_unknown { ", pass its CA as options.tokens.tls.ca" } else { "" };
            format!("redis cannot be reached: {text}{advice}")
        }
        "" => format!("redis: {}", error.category()),
        code => format!("redis: {code} {}", detail.split(", with args").next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use redis::parse_redis_value;

    use super::*;

    fn refusal(reply: &str) -> RedisError {
        let value = parse_redis_value(format!("-{reply}\r\n").as_bytes()).unwrap();
        value.extract_error().unwrap_err()
    }

    #[test]
    fn only_a_redis_that_wants_no_password_says_that_one_is_needless() {
        for (reply, needless) in [
            ("ERR Client sent AUTH, but no password is set", true),
            ("ERR AUTH <password> called without any password configured for the default user. Are you sure?", true),
            ("ERR invalid password", false),
            ("WRONGPASS invalid username-password pair or user is disabled.", false),
            ("NOAUTH Authentication required.", false),
            ("ERR max number of clients reached", false),
        ] {
            assert_eq!(is_needless_password(&refusal(reply)), needless, "{reply}");
        }
    }

    #[test]
    fn what_redis_says_is_told_and_what_to_do() {
        for (reply, told) in [
            ("WRONGPASS invalid username-password pair or user is disabled.", "redis refused the password"),
            ("ERR invalid password", "redis refused the password"),
            ("ERR max number of clients reached", "ERR max number of clients reached"),
            ("MISCONF Redis is configured to save RDB snapshots", "MISCONF Redis is configured to save"),
            ("NOPERM this user has no permissions", "docs/redis.md"),
            ("ERR unknown command 'x', with args beginning with: 'secret'", "ERR unknown command 'x'"),
        ] {
            let text = describe(&refusal(reply));
            assert!(text.contains(told) && !text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn the_code_of_a_command_within_a_script_is_found() {
        for (detail, code) in [
            (
                "Error running script (call to f_1): @user_script:5: @user_script: 5: -READONLY You can't write",
                "READONLY",
            ),
            ("Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory", "OOM"),
            ("Error running script (call to f_1): @user_script:1: user_script:1: attempt to index a nil value", "ERR"),
            ("Error running script (call to f_1): @user_script: 5: -ERR unknown command", "ERR"),
        ] {
            let code_found = wrapped_code(detail).unwrap_or("ERR");
            assert_eq!(code_found, code, "{detail}");
        }
    }
}
