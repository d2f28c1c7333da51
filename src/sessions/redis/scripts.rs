//! The scripts, as they are sent to redis. `scripts/` says what each is given and what its replies
//! mean: `one_user.rs` for those that change a user's sessions, `one_token.rs` for those about one
//! token, `shared_value.rs` for those about a value that all processes share. May import `sessions`
//! and `token`, and of redis' own modules `connect`, `index`, `keys`, `record` and `script`.

mod one_token;
mod one_user;
mod shared_value;

pub use one_token::Trace;
pub use one_user::{EndedSession, Rotation, WriteOutcome};

use super::keys::{self, Layout};
use super::milliseconds;
use super::script::Script;
use crate::sessions::{Mode, Notes, Policy};

pub struct Scripts {
    layout: Layout,
    /// In milliseconds.
    ttl: u64,
    /// In milliseconds; 0 where there is no limit.
    idle: u64,
    /// How many tokens of one user live; 0 where their logins share one.
    max: u32,
    issue: Script,
    trim: Script,
    replace: Script,
    revoke_all: Script,
    end_marked: Script,
    end_session: Script,
    rotate: Script,
    resolve: Script,
    check: Script,
    update: Script,
    adopt: Script,
    finish_backfill: Script,
    keep: Script,
    delete_own: Script,
}

/// A script behind the names of the fields and what several scripts need.
macro_rules! script {
    ($name:literal) => {
        Script::new(names() + include_str!("lua/common.lua") + include_str!(concat!("lua/", $name, ".lua")))
    };
}

impl Scripts {
    pub fn new(layout: Layout, policy: &Policy) -> Self {
        Self {
            layout,
            ttl: milliseconds(policy.ttl),
            idle: policy.idle.map_or(0, milliseconds),
            max: match policy.mode {
                Mode::Shared => 0,
                Mode::PerLogin { max } => max.max(1),
            },
            issue: script!("issue"),
            trim: script!("trim"),
            replace: script!("replace"),
            revoke_all: script!("revoke_all"),
            end_marked: script!("end_marked"),
            end_session: script!("end_session"),
            rotate: script!("rotate"),
            resolve: script!("resolve"),
            check: script!("check"),
            update: script!("update"),
            adopt: script!("adopt"),
            keep: script!("keep"),
            finish_backfill: Script::new(include_str!("lua/finish_backfill.lua").to_owned()),
            delete_own: Script::new(include_str!("lua/delete_own.lua").to_owned()),
        }
    }

    pub fn has_idle_limit(&self) -> bool {
        self.idle > 0
    }
}

/// The names of the fields, as the scripts call them.
fn names() -> String {
    [
        ("CTIME", keys::CTIME),
        ("VERSION", keys::VERSION),
        ("EXPIRES", keys::EXPIRES),
        ("ORDER", keys::ORDER),
        ("SEEN", keys::SEEN),
        ("DEVICE", keys::DEVICE),
        ("OPEN_ID", keys::OPEN_ID),
        ("CURRENT", keys::CURRENT),
        ("CURRENT_EXPIRES", keys::CURRENT_EXPIRES),
        ("GRACE", keys::GRACE),
        ("ENDED", keys::ENDED),
    ]
    .map(|(name, field)| format!("local {name} = '{field}'\n"))
    .concat()
}

/// Notes as fields of a record and their values.
fn fields(notes: &Notes) -> Vec<&str> {
    let pairs = [(keys::DEVICE, &notes.device), (keys::OPEN_ID, &notes.open_id)];
    pairs.into_iter().filter_map(|(field, value)| Some([field, value.as_deref()?])).flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn scripts() -> Scripts {
        let policy = Policy { ttl: Duration::from_secs(1), mode: Mode::Shared, idle: None };
        Scripts::new(Layout::Tagged, &policy)
    }

    /// Proxies that shard read scripts: each key must stand as `KEYS[…]` in the call, without
    /// arithmetic. Some of them lack the global `unpack`.
    #[test]
    fn every_key_of_every_script_stands_in_the_call() {
        let scripts = scripts();
        let all = [
            &scripts.issue,
            &scripts.trim,
            &scripts.replace,
            &scripts.revoke_all,
            &scripts.end_marked,
            &scripts.end_session,
            &scripts.rotate,
            &scripts.resolve,
            &scripts.check,
            &scripts.update,
            &scripts.adopt,
            &scripts.keep,
            &scripts.finish_backfill,
            &scripts.delete_own,
        ];
        for script in all {
            let source = script.source();
            assert!(!source.contains("unpack("), "{source}");
            let mut calls = 0;
            for (at, _) in source.match_indices("redis.call(").chain(source.match_indices("redis.pcall(")) {
                let call = &source[at..source[at..].find('\n').map_or(source.len(), |end| at + end)];
                let arguments = call.split_once('(').map(|(_, rest)| rest).unwrap_or_default();
                if arguments.starts_with("'TIME'") {
                    continue;
                }
                let key = arguments.split_once(", ").map(|(_, rest)| rest).unwrap_or_default();
                let index = key.strip_prefix("KEYS[").and_then(|rest| rest.split_once(']')).map(|(index, _)| index);
                assert!(index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_alphanumeric())), "{call}");
                calls += 1;
            }
            assert!(calls > 0);
        }
    }
}
