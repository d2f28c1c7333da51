//! The tables. Their names leave room for the application's own in the same file.

use rusqlite::Connection;

use crate::sqlite::{Schema, prefer_write_ahead_log};

/// Times are Unix milliseconds. `expires` is the end of a token's `ttl`, `ends` that or the idle limit, whichever comes first. A token
/// that was rotated stays as the row whose `next` is the one in its place.
const CREATE: &str = "
    CREATE TABLE IF NOT EXISTS mpauthx_session (
        token TEXT PRIMARY KEY NOT NULL, user TEXT NOT NULL, sku TEXT NOT NULL,
        issued INTEGER NOT NULL, expires INTEGER NOT NULL, ends INTEGER NOT NULL, seen INTEGER,
        device TEXT, sealed TEXT,
        family TEXT, next TEXT, grace_ends INTEGER
    );
    CREATE INDEX IF NOT EXISTS mpauthx_session_owner ON mpauthx_session (user, sku, issued);
    CREATE INDEX IF NOT EXISTS mpauthx_session_ends ON mpauthx_session (ends);
    CREATE TABLE IF NOT EXISTS mpauthx_shared (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, ends INTEGER NOT NULL);";

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
