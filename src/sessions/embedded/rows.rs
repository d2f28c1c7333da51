//! The rows, as the steps of a change see them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::sessions::{Issued, Notes, Policy, Session};
use crate::token::{Owner, Token};

/// Rotations that a token in its grace is followed through. More than this within a grace are none's that has lost an answer.
const MAX_STEPS: usize = 16;

/// The token, then what a session is made of, then what a rotation left.
const COLUMNS: &str = "token, issued, expires, seen, device, sealed, family, next, grace_ends";

/// Removed at each login, of the rows that have ended: the table shrinks faster than it grows, and no login has to clear away what a
/// busy month left.
const CLEARED: u32 = 10;

/// A live token.
pub struct Found {
    /// Of the token itself, or of the one that took its place.
    pub session: Session,
    pub family: Option<String>,
    /// In the second case, how long the first one is still valid.
    pub grace_ends: Option<u64>,
}

struct Stored {
    session: Session,
    family: Option<String>,
    next: Option<String>,
    grace_ends: i64,
}

pub struct Rows<'a> {
    db: &'a Connection,
    policy: &'a Policy,
    now: i64,
}

impl<'a> Rows<'a> {
    pub fn new(db: &'a Connection, policy: &'a Policy) -> Self {
        Self { db, policy, now: now() }
    }

    /// What `token` stands for, if it is live. A token that is used after its grace was copied: its family ends.
    pub fn live(&self, token: &Token) -> rusqlite::Result<Option<Found>> {
        let Some(first) = self.stored(token.as_str())? else { return Ok(None) };
        let grace_ends = first.next.is_some().then_some(first.grace_ends);
        if grace_ends.is_some_and(|grace_ends| grace_ends <= self.now) {
            self.end_family(token, first.family.as_deref())?;
            return Ok(None);
        }
        let mut current = first;
        for _ in 0..MAX_STEPS {
            let Some(next) = current.next else {
                let Stored { session, family, .. } = current;
                return Ok(Some(Found { session, family, grace_ends: grace_ends.map(unsigned) }));
            };
            current = match self.stored(&next)? {
                Some(next) => next,
                None => break,
            };
        }
        Ok(None)
    }

    /// The newest live token of `owner`.
    pub fn newest(&self, owner: &Owner) -> rusqlite::Result<Option<Session>> {
        Ok(self.list(owner)?.pop())
    }

    /// The live tokens of `owner`, oldest first.
    pub fn list(&self, owner: &Owner) -> rusqlite::Result<Vec<Session>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mpauthx_session
             WHERE user = ?1 AND sku = ?2 AND next IS NULL AND ends > ?3 ORDER BY issued, rowid"
        );
        let mut rows = self.db.prepare_cached(&sql)?;
        let rows = rows.query_map(params![owner.user, owner.sku, self.now], read)?;
        rows.map(|row| row.map(|row| row.session)).collect()
    }

    pub fn insert(&self, token: Token, notes: &Notes, family: Option<&str>) -> rusqlite::Result<Issued> {
        self.db
            .prepare_cached(
                "DELETE FROM mpauthx_session WHERE rowid IN (SELECT rowid FROM mpauthx_session WHERE ends <= ?1 LIMIT ?2)",
            )?
            .execute(params![self.now, CLEARED])?;
        let owner = token.owner();
        let expires = self.now.saturating_add(milliseconds(self.policy.ttl));
        let (seen, ends) = self.used(expires);
        self.db
            .prepare_cached(
                "INSERT INTO mpauthx_session (token, user, sku, issued, expires, ends, seen, device, sealed, family)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                token.as_str(),
                owner.user,
                owner.sku,
                self.now,
                expires,
                ends,
                seen,
                notes.device,
                notes.sealed,
                family
            ])?;
        Ok(Issued { token, expires: Some(unsigned(expires)) })
    }

    /// Notes that a live token was used; at most once per tenth of the idle limit.
    pub fn touch(&self, token: &Token) -> rusqlite::Result<()> {
        let Some(idle) = self.policy.idle else { return Ok(()) };
        let fresh = self.now.saturating_sub(milliseconds(idle / 10));
        let stale = self
            .db
            .prepare_cached("SELECT 1 FROM mpauthx_session WHERE token = ?1 AND ifnull(seen, 0) <= ?2")?
            .exists(params![token.as_str(), fresh])?;
        if stale {
            // A check neither waits nor fails because its use cannot be written down now: the next one will.
            if self.db.is_autocommit() {
                self.db.busy_timeout(Duration::ZERO)?;
            }
            let _ = self
                .db
                .prepare_cached(
                    "UPDATE mpauthx_session SET seen = ?2, ends = min(expires, ?3)
                     WHERE token = ?1 AND next IS NULL AND ends > ?2",
                )?
                .execute(params![token.as_str(), self.now, self.now.saturating_add(milliseconds(idle))])?;
        }
        Ok(())
    }

    /// Keeps `notes` with a live token. Whether it is one.
    pub fn note(&self, token: &Token, notes: &Notes) -> rusqlite::Result<bool> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE mpauthx_session SET device = ifnull(?2, device), sealed = ifnull(?3, sealed)
                 WHERE token = ?1 AND next IS NULL AND ends > ?4",
            )?
            .execute(params![token.as_str(), notes.device, notes.sealed, self.now])?;
        Ok(changed > 0)
    }

    pub fn end(&self, token: &Token) -> rusqlite::Result<()> {
        self.db.prepare_cached("DELETE FROM mpauthx_session WHERE token = ?1")?.execute([token.as_str()]).map(drop)
    }

    /// Ends the tokens of `user`, those of `sku` or of all. How many were live.
    pub fn end_all(&self, user: &str, sku: Option<&str>) -> rusqlite::Result<u64> {
        let of = "user = ?1 AND (?2 IS NULL OR sku = ?2)";
        let live = self
            .db
            .prepare_cached(&format!("DELETE FROM mpauthx_session WHERE {of} AND next IS NULL AND ends > ?3"))?
            .execute(params![user, sku, self.now])?;
        self.db.prepare_cached(&format!("DELETE FROM mpauthx_session WHERE {of}"))?.execute(params![user, sku])?;
        Ok(live as u64)
    }

    /// Ends all but the newest `max` tokens of `owner`.
    pub fn end_oldest(&self, owner: &Owner, max: u32) -> rusqlite::Result<()> {
        self.db
            .prepare_cached(
                "DELETE FROM mpauthx_session WHERE rowid IN (
                    SELECT rowid FROM mpauthx_session WHERE user = ?1 AND sku = ?2 AND next IS NULL AND ends > ?3
                    ORDER BY issued DESC, rowid DESC LIMIT -1 OFFSET ?4)",
            )?
            .execute(params![owner.user, owner.sku, self.now, max])
            .map(drop)
    }

    /// `token` leaves its place to `next`.
    pub fn leave(&self, token: &Token, next: &Token, family: &str, grace: Duration) -> rusqlite::Result<()> {
        let known = self.now.saturating_add(milliseconds(self.policy.ttl));
        self.db
            .prepare_cached(
                "UPDATE mpauthx_session
                 SET next = ?2, family = ?3, grace_ends = ?4, ends = ?5, device = NULL, sealed = NULL WHERE token = ?1",
            )?
            .execute(params![
                token.as_str(),
                next.as_str(),
                family,
                self.now.saturating_add(milliseconds(grace)),
                known
            ])
            .map(drop)
    }

    fn end_family(&self, token: &Token, family: Option<&str>) -> rusqlite::Result<()> {
        let owner = token.owner();
        self.db
            .prepare_cached(
                "DELETE FROM mpauthx_session WHERE user = ?1 AND sku = ?2 AND family = ?3 AND next IS NULL",
            )?
            .execute(params![owner.user, owner.sku, family])
            .map(drop)
    }

    fn stored(&self, token: &str) -> rusqlite::Result<Option<Stored>> {
        let sql = format!("SELECT {COLUMNS} FROM mpauthx_session WHERE token = ?1 AND ends > ?2");
        self.db.prepare_cached(&sql)?.query_row(params![token, self.now], read).optional()
    }

    /// When a token that is used now was last used, and when it ends.
    fn used(&self, expires: i64) -> (Option<i64>, i64) {
        match self.policy.idle {
            Some(idle) => (Some(self.now), expires.min(self.now.saturating_add(milliseconds(idle)))),
            None => (None, expires),
        }
    }
}

fn read(row: &Row) -> rusqlite::Result<Stored> {
    let token: String = row.get(0)?;
    let no_token = || rusqlite::Error::InvalidColumnType(0, "token".to_owned(), Type::Text);
    let session = Session {
        token: Token::parse(&token).ok_or_else(no_token)?,
        issued: unsigned(row.get(1)?),
        expires: Some(unsigned(row.get(2)?)),
        seen: row.get::<_, Option<i64>>(3)?.map(unsigned),
        notes: Notes { device: row.get(4)?, sealed: row.get(5)? },
    };
    let grace_ends: Option<i64> = row.get(8)?;
    Ok(Stored { session, family: row.get(6)?, next: row.get(7)?, grace_ends: grace_ends.unwrap_or_default() })
}

/// The time in Unix milliseconds.
pub fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn unsigned(time: i64) -> u64 {
    u64::try_from(time).unwrap_or_default()
}
