//! Whether a token is live, by itself or by the one that took its place.

use redis::Cmd;

use super::Redis;
use super::cache::InvalidateOnDrop;
use super::keys;
use super::record::{self, Expiry, Record, Recorded};
use super::scripts::Trace;
use crate::error::Result;
use crate::sessions::{Asked, Ended, Verdict};
use crate::token::Token;

/// A live token.
pub struct Live {
    /// The token itself, or the one that took its place.
    pub token: Token,
    /// The grace of the token that was asked about, where another one took its place.
    pub grace: Option<Grace>,
}

/// The grace of a token that was rotated. Times are Unix milliseconds.
pub struct Grace {
    /// When the rotated token ends.
    pub ends: u64,
    /// When the token in its place expires.
    pub expires: Option<u64>,
}

impl Redis {
    /// Whether `token` is valid. It counts as used. One round trip tells of one that is, unless it
    /// is rare or old.
    pub(super) async fn verdict(&self, token: &Token, asked: Asked) -> Result<Verdict> {
        let Recorded { kind, session, .. } = self.use_record(token, asked).await?;
        if matches!(kind, Record::Listed(expiry) if self.is_ahead(expiry)) {
            return Ok(Verdict::live(session));
        }
        // Boxed: rare, and every waiting call would hold the room for it.
        let is_valid =
            Box::pin(self.is_live_after_all(token, kind)).await? || Box::pin(self.is_valid_in_grace(token)).await?;
        match (is_valid, asked) {
            (false, _) => Ok(Verdict::Dead),
            (true, Asked::Validity) => Ok(Verdict::Live),
            (true, Asked::Session) => {
                let session = Box::pin(self.inspect(token)).await?;
                Ok(session.map_or(Verdict::Dead, |session| Verdict::live(Some(session))))
            }
        }
    }

    /// What stands under the token's name, which counts as used.
    async fn use_record(&self, token: &Token, asked: Asked) -> Result<Recorded> {
        let key = self.layout.record(token);
        match self.scripts.has_idle_limit() {
            false => self.link.run(|connection| record::read(connection, &key, token, asked)).await,
            true => self.link.run(|connection| self.scripts.check(connection, &key, token, asked)).await,
        }
    }

    pub(super) async fn used(&self, token: &Token) -> Result<Record> {
        Ok(self.use_record(token, Asked::Validity).await?.kind)
    }

    /// Whether a token without a record is valid for the one that took its place, which counts as
    /// used.
    pub(super) async fn is_valid_in_grace(&self, token: &Token) -> Result<bool> {
        Ok(self.live_successor(token, true).await?.is_some())
    }

    /// Whether a token of which `found` is the record is live by itself, though not plainly.
    async fn is_live_after_all(&self, token: &Token, found: Record) -> Result<bool> {
        match (found, &self.adoption) {
            (Record::Missing | Record::Other, _) => Ok(false),
            // 1.3.2 knows the compatible layout alone.
            (Record::Unlisted, None) if !self.is_ours(token).await? => Ok(false),
            (Record::Unlisted, Some(adoption)) => adoption.adopt(token).await,
            // An administrator made it live longer than the index that listed it, or an earlier
            // build of ours issued it.
            (Record::Listed(_) | Record::Unlisted, _) => {
                self.link.run(|connection| self.scripts.adopt(connection, token, None)).await
            }
        }
    }

    async fn is_ours(&self, token: &Token) -> Result<bool> {
        let version: Option<Vec<u8>> = self.link.query(&Cmd::hget(&*self.layout.record(token), keys::VERSION)).await?;
        Ok(version.is_some())
    }

    /// What `token` stands for, if it is live. It does not count as used.
    pub(super) async fn live(&self, token: &Token) -> Result<Option<Live>> {
        match self.is_live_by_itself(token).await? {
            true => Ok(Some(Live { token: token.clone(), grace: None })),
            false => self.live_successor(token, false).await,
        }
    }

    /// Whether `token` has a record that makes it live. It does not count as used.
    pub(super) async fn is_live_by_itself(&self, token: &Token) -> Result<bool> {
        match self.record(token).await? {
            Record::Listed(expiry) if self.is_ahead(expiry) => Ok(true),
            rare => self.is_live_after_all(token, rare).await,
        }
    }

    /// The live token that took the place of `token`, which has no record. With `is_use`, it counts
    /// as used.
    async fn live_successor(&self, token: &Token, is_use: bool) -> Result<Option<Live>> {
        let Some(live) = self.successor(token).await? else { return Ok(None) };
        let found = if is_use { self.used(&live.token).await? } else { self.record(&live.token).await? };
        if found != Record::Missing {
            return Ok(Some(live));
        }
        // It has expired or was deleted; or it was rotated between the two looks, and so was live
        // then.
        Ok(self.successor(token).await?.filter(|next| next.token != live.token))
    }

    async fn record(&self, token: &Token) -> Result<Record> {
        let key = self.layout.record(token);
        self.link.run(|connection| record::read(connection, &key, token, Asked::Validity)).await.map(|found| found.kind)
    }

    /// The token that took the place of `token`, which has no record, for what is left of its
    /// grace. A token that is used after its grace was copied: then its session ends.
    async fn successor(&self, token: &Token) -> Result<Option<Live>> {
        // Hardly any was rotated: a plain command finds that out.
        let current: Option<Vec<u8>> = self.link.query(&Cmd::hget(self.layout.note(token), keys::CURRENT)).await?;
        if current.is_none() {
            return Ok(None);
        }
        match self.trace(token).await? {
            Trace::Unknown | Trace::Ended(_) | Trace::Current { .. } => Ok(None),
            Trace::InGrace { current, expires, grace_ends } => {
                Ok(Some(Live { token: current, grace: Some(Grace { ends: grace_ends, expires }) }))
            }
            Trace::Past { current } => self.end_session(current, Ended::Reused).await.map(|_| None),
        }
    }

    /// What `token`, which has no record, is to its session.
    pub(super) async fn trace(&self, token: &Token) -> Result<Trace> {
        self.link.run(|connection| self.scripts.resolve(connection, token)).await
    }

    /// Ends the session of which `token` was current a moment ago, for good: nobody rotates out of
    /// it. Whether a token of it lived.
    pub(super) async fn end_session(&self, mut token: Token, why: Ended) -> Result<bool> {
        let mut has_lived = false;
        loop {
            let (lived, current) = self.try_end_session(&token, why, true).await?;
            has_lived |= lived;
            match current {
                // It was rotated between the two looks. From now on it cannot be.
                Some(current) => token = current,
                None => return Ok(has_lived),
            }
        }
    }

    /// Tries to end the session of which `token` was current a moment ago, in one step. Returns
    /// whether that token lived, and the one that has taken its place since, which must still be
    /// ended. Where there is one and the end is not `forced`, nothing is done.
    pub(super) async fn try_end_session(
        &self,
        token: &Token,
        why: Ended,
        forced: bool,
    ) -> Result<(bool, Option<Token>)> {
        let _guard = InvalidateOnDrop(std::slice::from_ref(token));
        let end = self.link.run(|connection| self.scripts.end_session(connection, token, why, forced));
        let (lived, current) = end.await?;
        if lived {
            self.events.session_ended(token, why);
        }
        Ok((lived, current))
    }

    /// Whether that time is still to come, on redis' clock. Where it has passed, or is not known,
    /// the index may have expired that listed the token.
    pub(super) fn is_ahead(&self, expiry: Expiry) -> bool {
        match expiry {
            Expiry::At(time) => time > self.link.now(),
            Expiry::Never => true,
        }
    }
}
