//! Values that all processes share, each for a while.

use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::Embedded;
use super::rows::{milliseconds, now};
use crate::error::Result;
use crate::token::random_hex;

/// How many values that have ended each new one clears away: so they get fewer.
const CLEARED: u32 = 4;

impl Embedded {
    pub async fn get(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.query(move |db| {
            db.prepare_cached("SELECT value FROM mpauthx_shared WHERE name = ?1 AND ends > ?2")?
                .query_row(params![name, now()], |row| row.get(0))
                .optional()
        })
        .await
    }

    pub async fn set(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let (name, value, ends) = (name.to_owned(), value.to_owned(), now().saturating_add(milliseconds(life)));
        self.query(move |db| {
            db.prepare_cached("INSERT OR REPLACE INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)")?
                .execute(params![name, value, ends])
                .map(drop)
        })
        .await
    }

    pub async fn set_if_absent(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let (name, value, ends) = (name.to_owned(), value.to_owned(), now().saturating_add(milliseconds(life)));
        self.query(move |db| {
            db.prepare_cached(
                "DELETE FROM mpauthx_shared WHERE name IN (SELECT name FROM mpauthx_shared WHERE ends <= ?1 LIMIT ?2)",
            )?
            .execute(params![now(), CLEARED])?;
            let set = db
                .prepare_cached(
                    "INSERT INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends = excluded.ends WHERE ends <= ?4",
                )?
                .execute(params![name, value, ends, now()])?;
            Ok(set > 0)
        })
        .await
    }

    /// Made by whoever is first.
    pub async fn id_key(&self) -> Result<String> {
        let fresh = random_hex(64)?;
        self.query(move |db| {
            db.prepare_cached("INSERT OR IGNORE INTO mpauthx_shared (name, value, ends) VALUES ('id-key', ?1, ?2)")?
                .execute(params![fresh, i64::MAX])?;
            db.prepare_cached("SELECT value FROM mpauthx_shared WHERE name = 'id-key'")?.query_row([], |row| row.get(0))
        })
        .await
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.query(move |db| {
            db.prepare_cached("DELETE FROM mpauthx_shared WHERE name = ?1")?.execute([&name]).map(drop)
        })
        .await
    }
}
