//! The ends of sessions, among the rows.

use std::cell::RefCell;

use rusqlite::{ToSql, params};

use super::rows::{Rows, token_of};
use crate::sessions::Ended;
use crate::token::{Owner, Token};

/// The live sessions that were ended, by the token of each, and why.
pub type Ends = RefCell<Vec<(Token, Ended)>>;

impl Rows<'_> {
    /// Ends the session of `token`.
    pub fn end(&self, token: &Token, why: Ended) -> rusqlite::Result<()> {
        let owner = token.owner();
        self.end_rows(
            "WHERE user = ?3 AND sku = ?4 AND session = ?5 AND ended IS NULL",
            params![why.as_str(), self.now, owner.user, owner.sku, token.session()],
            why,
        )
        .map(drop)
    }

    /// Ends the sessions of `user`, those of `sku` or of all, but for the session of `except`. How
    /// many were live.
    pub fn end_all(&self, user: &str, sku: Option<&str>, except: Option<&Token>, why: Ended) -> rusqlite::Result<u64> {
        self.end_rows(
            "WHERE user = ?3 AND (?4 IS NULL OR sku = ?4) AND ended IS NULL AND ends > ?2
             AND NOT (?5 IS NOT NULL AND session = ?5 AND sku = ?6)",
            params![
                why.as_str(),
                self.now,
                user,
                sku,
                except.map(Token::session),
                except.map(|token| token.owner().sku)
            ],
            why,
        )
    }

    /// Ends all but the newest `max` tokens of `owner`.
    pub fn end_oldest(&self, owner: &Owner, max: u32) -> rusqlite::Result<()> {
        let why = Ended::Evicted;
        self.end_rows(
            "WHERE rowid IN (
                SELECT rowid FROM mpauthx_session WHERE user = ?3 AND sku = ?4 AND ended IS NULL AND ends > ?2
                ORDER BY issued DESC LIMIT -1 OFFSET ?5)",
            params![why.as_str(), self.now, owner.user, owner.sku, max],
            why,
        )
        .map(drop)
    }

    /// Ends the sessions `which`, of whose parameters the first two are the reason and the time.
    /// How many were live.
    fn end_rows(&self, which: &str, parameters: &[&dyn ToSql], why: Ended) -> rusqlite::Result<u64> {
        let sql = format!(
            "UPDATE mpauthx_session SET ended = ?1, device = NULL, open_id = NULL {which} RETURNING token, ends > ?2"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map(parameters, |row| Ok((token_of(row)?, row.get::<_, bool>(1)?)))?;
        let mut live = 0;
        for row in rows {
            let (token, was_live) = row?;
            if was_live {
                live += 1;
                self.ends.borrow_mut().push((token, why));
            }
        }
        Ok(live)
    }
}
