//! Values that all processes share, each for a while.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::Embedded;
use super::clock::Clock;
use super::rows::CLEARED;
use crate::error::Result;
use crate::token::random_hex;

impl Embedded {
    pub async fn get(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.query(move |db, clock| {
            db.prepare_cached("SELECT value FROM mpauthx_shared WHERE name = ?1 AND ends > ?2")?
                .query_row(params![name, clock.now()], |row| row.get(0))
                .optional()
        })
        .await
    }

    pub async fn set(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.query(move |db, clock| {
            let sql = "INSERT OR REPLACE INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)";
            write(db, clock, sql, params![name, value, clock.after(life)]).map(drop)
        })
        .await
    }

    pub async fn replace(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.query(move |db, clock| {
            let sql = "INSERT INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends = max(ends, excluded.ends)";
            write(db, clock, sql, params![name, value, clock.after(life)]).map(drop)
        })
        .await
    }

    pub async fn keep(&self, name: &str, value: Option<&str>, life: Duration) -> Result<()> {
        let (name, value) = (name.to_owned(), value.map(str::to_owned));
        self.query(move |db, clock| match &value {
            Some(value) => {
                let sql = "INSERT INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE SET ends = max(ends, excluded.ends),
                     value = CASE WHEN ends > ?4 THEN value ELSE excluded.value END";
                write(db, clock, sql, params![name, value, clock.after(life), clock.now()]).map(drop)
            }
            None => {
                let sql = "UPDATE mpauthx_shared SET ends = max(ends, ?2) WHERE name = ?1 AND ends > ?3";
                write(db, clock, sql, params![name, clock.after(life), clock.now()]).map(drop)
            }
        })
        .await
    }

    pub async fn set_if_absent(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.query(move |db, clock| {
            let sql = "INSERT INTO mpauthx_shared (name, value, ends) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends = excluded.ends WHERE ends <= ?4";
            write(db, clock, sql, params![name, value, clock.after(life), clock.now()]).map(|set| set > 0)
        })
        .await
    }

    /// Made by whoever is first.
    pub async fn id_key(&self) -> Result<String> {
        let fresh = random_hex(64)?;
        self.query(move |db, _| {
            db.prepare_cached("INSERT OR IGNORE INTO mpauthx_shared (name, value, ends) VALUES ('id-key', ?1, ?2)")?
                .execute(params![fresh, i64::MAX])?;
            db.prepare_cached("SELECT value FROM mpauthx_shared WHERE name = 'id-key'")?.query_row([], |row| row.get(0))
        })
        .await
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.query(move |db, _| {
            db.prepare_cached("DELETE FROM mpauthx_shared WHERE name = ?1")?.execute([&name]).map(drop)
        })
        .await
    }

    pub async fn delete_own(&self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.query(move |db, _| {
            let sql = "DELETE FROM mpauthx_shared WHERE name = ?1 AND value = ?2";
            db.prepare_cached(sql)?.execute([&name, &value]).map(drop)
        })
        .await
    }
}

/// Writes a value, and clears away some that have ended: no value outlives its time for long. How
/// many were written.
fn write(db: &Connection, clock: &Clock, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM mpauthx_shared WHERE rowid IN (SELECT rowid FROM mpauthx_shared WHERE ends <= ?1 LIMIT ?2)",
    )?
    .execute(params![clock.now(), CLEARED])?;
    db.prepare_cached(sql)?.execute(params)
}
