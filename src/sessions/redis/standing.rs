//! Whether a token is live, by itself or by the one that took its place.

use redis::Cmd;

use super::cache::Ending;
use super::keys::{self, Keys};
use super::record::{Record, record};
use super::scripts::Trace;
use super::{MAX_TRIES, Redis, contended, now};
use crate::error::Result;
use crate::token::Token;

/// Rotations that a token in its grace is followed through. More than this within a grace are none's that has lost an answer.
const MAX_STEPS: usize = 16;

/// A live token.
pub struct Live {
    /// The token itself, or the one that took its place.
    pub token: Token,
    /// In the second case, how long the first one is still valid, in Unix milliseconds.
    pub grace_ends: Option<u64>,
}

impl Redis {
    /// Whether `token` is valid. It counts as used. One round trip for one that is, unless it is rare or old.
    pub(super) async fn is_valid(&self, token: &Token) -> Result<bool> {
        match self.used(token).await? {
            Record::Other => Ok(false),
            Record::Listed { issued } if self.is_listed_still(issued) => Ok(true),
            // Boxed: rare, and every waiting call would hold the room for it.
            Record::None => Box::pin(self.is_used_in_grace(token)).await,
            rare => {
                Ok(Box::pin(self.is_live_after_all(token, rare)).await?
                    || Box::pin(self.is_used_in_grace(token)).await?)
            }
        }
    }

    /// What stands under the token's name, which counts as used.
    async fn used(&self, token: &Token) -> Result<Record> {
        let key = self.layout.record(token);
        match self.scripts.idle_limit() {
            0 => self.link.run(|connection| record(connection, &key)).await,
            _ => self.link.run(|connection| self.scripts.check(connection, &key)).await,
        }
    }

    async fn is_used_in_grace(&self, token: &Token) -> Result<bool> {
        // The one in its place may be rotated between the two looks.
        while let Some(live) = self.successor(token).await? {
            if self.used(&live.token).await? != Record::None {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether `token` has a record that makes it live. It counts as used.
    pub(super) async fn is_recorded(&self, token: &Token) -> Result<bool> {
        match self.used(token).await? {
            Record::Listed { issued } if self.is_listed_still(issued) => Ok(true),
            rare => self.is_live_after_all(token, rare).await,
        }
    }

    async fn is_live_after_all(&self, token: &Token, found: Record) -> Result<bool> {
        match found {
            Record::None | Record::Other => Ok(false),
            // An administrator made it live longer than the index that listed it.
            Record::Listed { .. } => self.link.run(|connection| self.scripts.adopt(connection, token)).await,
            Record::Foreign => match &self.adoption {
                Some(adoption) => adoption.adopt_on_sight(token).await,
                None => Ok(false),
            },
        }
    }

    /// What `token` stands for, if it is live. It does not count as used.
    pub(super) async fn live(&self, token: &Token) -> Result<Option<Live>> {
        let key = self.layout.record(token);
        match self.link.run(|connection| record(connection, &key)).await? {
            Record::None => self.successor(token).await,
            Record::Listed { issued } if self.is_listed_still(issued) => Ok(Some(itself(token))),
            rare => match self.is_live_after_all(token, rare).await? {
                true => Ok(Some(itself(token))),
                // It may have been rotated between the two looks.
                false => self.successor(token).await,
            },
        }
    }

    /// The live token that took the place of `token`. A token that is used after its grace was copied: then there is none any more.
    async fn successor(&self, token: &Token) -> Result<Option<Live>> {
        let Some(first) = self.trace(token).await? else { return Ok(None) };
        if !first.in_grace {
            self.end_family(token, &first.family).await?;
            return Ok(None);
        }
        let mut next = first.next;
        for _ in 0..MAX_STEPS {
            let key = self.layout.record(&next);
            match self.link.run(|connection| record(connection, &key)).await? {
                Record::Listed { .. } => return Ok(Some(Live { token: next, grace_ends: Some(first.grace_ends) })),
                Record::None => match self.trace(&next).await? {
                    Some(trace) => next = trace.next,
                    None => break,
                },
                Record::Foreign | Record::Other => break,
            }
        }
        Ok(None)
    }

    /// What became of a token that has no record, if it was rotated. Hardly any was: a plain command finds that out.
    pub(super) async fn trace(&self, token: &Token) -> Result<Option<Trace>> {
        let note: Option<Vec<u8>> = self.link.query(&Cmd::get(keys::rotated(token))).await?;
        match note {
            Some(_) => self.link.run(|connection| self.scripts.trace(connection, token)).await,
            None => Ok(None),
        }
    }

    async fn end_family(&self, token: &Token, family: &str) -> Result<()> {
        let keys = Keys::of(&token.owner());
        for _ in 0..MAX_TRIES {
            let listed = self.listed(&keys).await?;
            let _ending = Ending(&listed);
            let end = self.link.run(|connection| self.scripts.end_family(connection, &keys, family, &listed));
            if end.await? {
                return Ok(());
            }
        }
        Err(contended())
    }

    /// Whether an index that lists a token issued then (Unix milliseconds) cannot have expired yet.
    pub(super) fn is_listed_still(&self, issued: u64) -> bool {
        issued.saturating_add(self.scripts.ttl_milliseconds()) > now()
    }
}

fn itself(token: &Token) -> Live {
    Live { token: token.clone(), grace_ends: None }
}
