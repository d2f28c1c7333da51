//! The rows of sessions: the reads and writes that changes are made of.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use subtle::ConstantTimeEq;

use super::clock::{milliseconds, unsigned};
use super::endings::Ends;
use super::grace;
use crate::sessions::{Ended, Issued, Notes, Policy, Session, Standing};
use crate::token::{Owner, Token};

/// What is read of a row, in the order in which `parse` takes it.
const COLUMNS: &str = "token, issued, expires, seen, device, open_id, grace";

/// How many rows that have expired each login removes: a table shrinks faster than it grows, and
/// no login has to clear away what a busy month left.
pub const CLEARED: u32 = 10;

/// A live token.
pub struct Found {
    /// The session as its current token has it: the token that was asked about, or the one that
    /// took its place.
    pub session: Session,
    /// Until when the token that was asked about is valid, in Unix milliseconds, where another one
    /// took its place.
    pub grace_ends: Option<u64>,
    grace: String,
}

impl Found {
    /// The session as `token` names it: one that was rotated away ends with its grace.
    pub fn session_of(self, token: &Token) -> Session {
        let expires = self.grace_ends.or(self.session.expires);
        Session { token: token.clone(), expires, ..self.session }
    }
}

/// A session's row.
struct Kept {
    found: Found,
    /// Why the session ended, if it has.
    ended: Option<String>,
    /// When it expires without use, in Unix milliseconds.
    ends: i64,
}

/// Where a token stands in its session.
enum Place {
    Current,
    /// Rotated away, and valid until then, in Unix milliseconds.
    InGrace(i64),
    /// Rotated away, and its grace is over.
    Past,
}

pub struct Rows<'a> {
    pub(super) db: &'a Connection,
    policy: &'a Policy,
    pub(super) ends: &'a Ends,
    pub(super) now: i64,
}

impl<'a> Rows<'a> {
    /// `now` is the time of the store's clock.
    pub fn new(db: &'a Connection, policy: &'a Policy, ends: &'a Ends, now: i64) -> Self {
        Self { db, policy, ends, now }
    }

    /// What `token` stands for, if it is live. A token that is used after its grace was copied: its
    /// session ends.
    pub fn live(&self, token: &Token) -> rusqlite::Result<Option<Found>> {
        let Some(Kept { found, ended: None, ends }) = self.kept(token)? else { return Ok(None) };
        match self.place(&found, token) {
            Place::Current => Ok((ends > self.now).then_some(found)),
            Place::InGrace(grace_ends) => {
                let grace_ends = Some(unsigned(grace_ends));
                Ok((ends > self.now).then_some(Found { grace_ends, ..found }))
            }
            Place::Past => self.end(token, Ended::Reused).map(|()| None),
        }
    }

    /// What is known of `token`. It ends nothing.
    pub fn standing(&self, token: &Token) -> rusqlite::Result<Standing> {
        let Some(Kept { found, ended, ends }) = self.kept(token)? else { return Ok(Standing::Unknown) };
        Ok(match (ended, self.place(&found, token)) {
            (Some(why), _) => Standing::ended(&why),
            (None, Place::Past) => Standing::Rotated,
            (None, Place::Current | Place::InGrace(_)) if ends > self.now => Standing::Live,
            (None, Place::Current | Place::InGrace(_)) => Standing::Expired,
        })
    }

    /// What is kept of the session of `token`, live or not.
    fn kept(&self, token: &Token) -> rusqlite::Result<Option<Kept>> {
        let sql =
            format!("SELECT {COLUMNS}, ended, ends FROM mpauthx_session WHERE user = ?1 AND sku = ?2 AND session = ?3");
        let owner = token.owner();
        let row = |row: &Row| Ok(Kept { found: parse(row)?, ended: row.get("ended")?, ends: row.get("ends")? });
        self.db.prepare_cached(&sql)?.query_row(params![owner.user, owner.sku, token.session()], row).optional()
    }

    /// Where `token` stands in its session.
    fn place(&self, found: &Found, token: &Token) -> Place {
        if found.session.token.secret().as_bytes().ct_eq(token.secret().as_bytes()).into() {
            return Place::Current;
        }
        grace::end_of(&found.grace, token.secret(), self.now).map_or(Place::Past, Place::InGrace)
    }

    /// The newest live token of `owner`.
    pub fn newest(&self, owner: &Owner) -> rusqlite::Result<Option<Session>> {
        Ok(self.list(owner)?.pop())
    }

    /// The live tokens of `owner`, oldest first.
    pub fn list(&self, owner: &Owner) -> rusqlite::Result<Vec<Session>> {
        self.list_in(&owner.user, Some(&owner.sku))
    }

    /// The live tokens of `user`, those of `sku` or of all, oldest first.
    pub fn list_in(&self, user: &str, sku: Option<&str>) -> rusqlite::Result<Vec<Session>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mpauthx_session
             WHERE user = ?1 AND (?2 IS NULL OR sku = ?2) AND ended IS NULL AND ends > ?3 ORDER BY issued"
        );
        let mut rows = self.db.prepare_cached(&sql)?;
        let rows = rows.query_map(params![user, sku, self.now], parse)?;
        rows.map(|row| row.map(|found| found.session)).collect()
    }

    /// Begins the session of `token`.
    pub fn insert(&self, token: Token, notes: &Notes) -> rusqlite::Result<Issued> {
        self.db
            .prepare_cached(
                "DELETE FROM mpauthx_session WHERE rowid IN (SELECT rowid FROM mpauthx_session WHERE expires <= ?1 LIMIT ?2)",
            )?
            .execute(params![self.now, CLEARED])?;
        let owner = token.owner();
        let (expires, ends, seen) = self.life();
        self.db
            .prepare_cached(
                "INSERT INTO mpauthx_session (user, sku, session, token, issued, expires, ends, seen, device, open_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                owner.user,
                owner.sku,
                token.session(),
                token.as_str(),
                self.next(&owner)?,
                expires,
                ends,
                seen,
                notes.device,
                notes.open_id
            ])?;
        Ok(Issued { token, expires: Some(unsigned(expires)) })
    }

    /// Puts `fresh` in the place of the token that was found, which stays valid for `grace`.
    pub fn rotate(&self, found: &Found, fresh: Token, grace: Duration) -> rusqlite::Result<Issued> {
        let owner = fresh.owner();
        let (expires, ends, seen) = self.life();
        let grace_ends = self.now.saturating_add(milliseconds(grace));
        let in_grace = grace::with(&found.grace, found.session.token.secret(), grace_ends, self.now);
        self.db
            .prepare_cached(
                "UPDATE mpauthx_session SET token = ?4, issued = ?5, expires = ?6, ends = ?7, seen = ?8, grace = ?9
                 WHERE user = ?1 AND sku = ?2 AND session = ?3",
            )?
            .execute(params![
                owner.user,
                owner.sku,
                fresh.session(),
                fresh.as_str(),
                self.next(&owner)?,
                expires,
                ends,
                seen,
                in_grace
            ])?;
        Ok(Issued { token: fresh, expires: Some(unsigned(expires)) })
    }

    /// Notes that a live session was used; at most once per tenth of the idle limit.
    pub fn touch(&self, session: &Session) -> rusqlite::Result<()> {
        let Some(idle) = self.policy.idle else { return Ok(()) };
        let fresh = unsigned(self.now.saturating_sub(milliseconds(idle / 10)));
        if session.seen.is_none_or(|seen| seen <= fresh) {
            // A check neither waits nor fails because its use cannot be written down now: the next
            // one will.
            let _ = self
                .db
                .prepare_cached(
                    "UPDATE mpauthx_session SET seen = ?2, ends = min(expires, ?3)
                     WHERE user = ?4 AND sku = ?5 AND session = ?6 AND token = ?1 AND ended IS NULL AND ends > ?2",
                )?
                .execute(params![
                    session.token.as_str(),
                    self.now,
                    self.now.saturating_add(milliseconds(idle)),
                    session.token.owner().user,
                    session.token.owner().sku,
                    session.token.session()
                ]);
        }
        Ok(())
    }

    /// Keeps `notes` with a live token.
    pub fn update(&self, token: &Token, notes: &Notes) -> rusqlite::Result<()> {
        let owner = token.owner();
        self.db
            .prepare_cached(
                "UPDATE mpauthx_session SET device = ifnull(?4, device), open_id = ifnull(?5, open_id)
                 WHERE user = ?1 AND sku = ?2 AND session = ?3",
            )?
            .execute(params![owner.user, owner.sku, token.session(), notes.device, notes.open_id])
            .map(drop)
    }

    /// The time of the next issue: later than every one before, whatever the clock says.
    fn next(&self, owner: &Owner) -> rusqlite::Result<i64> {
        self.db
            .prepare_cached(
                "SELECT max(?3, ifnull(max(issued) + 1, 0)) FROM mpauthx_session WHERE user = ?1 AND sku = ?2",
            )?
            .query_row(params![owner.user, owner.sku, self.now], |row| row.get(0))
    }

    /// When a token that is issued now expires, when it ends unless it is used, and when it was
    /// last used.
    fn life(&self) -> (i64, i64, Option<i64>) {
        let expires = self.now.saturating_add(milliseconds(self.policy.ttl));
        match self.policy.idle {
            Some(idle) => (expires, expires.min(self.now.saturating_add(milliseconds(idle))), Some(self.now)),
            None => (expires, expires, None),
        }
    }
}

/// The token in a row's first column.
pub(super) fn token_of(row: &Row) -> rusqlite::Result<Token> {
    let token: String = row.get(0)?;
    let no_token = || rusqlite::Error::InvalidColumnType(0, "token".to_owned(), Type::Text);
    Token::parse(&token).ok_or_else(no_token)
}

fn parse(row: &Row) -> rusqlite::Result<Found> {
    let session = Session {
        token: token_of(row)?,
        issued: unsigned(row.get(1)?),
        expires: Some(unsigned(row.get(2)?)),
        seen: row.get::<_, Option<i64>>(3)?.map(unsigned),
        notes: Notes { device: row.get(4)?, open_id: row.get(5)? },
    };
    Ok(Found { session, grace_ends: None, grace: row.get(6)? })
}
