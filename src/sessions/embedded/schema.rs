//! The tables. Their names leave room for the application's own in the same file.

use rusqlite::Connection;

use crate::sqlite::{Schema, prefer_write_ahead_log};

/// One row for each session: `token` is its current one, `grace` lists the secrets of those that it
/// has replaced and that are still valid, `ended` says why it ended. Times are Unix milliseconds.
/// `issued` rises strictly within a user and sku; `expires` is the end of `ttl`, `ends` that or the
/// idle limit, whichever comes first.
const CREATE: &str = "
    CREATE TABLE IF NOT EXISTS mpauthx_session (
        user TEXT NOT NULL, sku TEXT NOT NULL, session TEXT NOT NULL, token TEXT NOT NULL,
        issued INTEGER NOT NULL, expires INTEGER NOT NULL, ends INTEGER NOT NULL, seen INTEGER,
        device TEXT, open_id TEXT, sealed TEXT, grace TEXT NOT NULL DEFAULT '', ended TEXT,
        PRIMARY KEY (user, sku, session)
    );
    CREATE INDEX IF NOT EXISTS mpauthx_session_expires ON mpauthx_session (expires);
    CREATE TABLE IF NOT EXISTS mpauthx_shared (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, ends INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS mpauthx_shared_ends ON mpauthx_shared (ends);";

/// Who can read the file has every token: it is its owner's alone.
const MODE: u32 = 0o600;

pub const SCHEMA: Schema = Schema { make: prepare, mode: MODE };

pub fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(CREATE)
}

fn prepare(db: &Connection) -> rusqlite::Result<()> {
    prefer_write_ahead_log(db)?;
    create(db)
}
