//! The end of sessions. It wins against whatever else changes them. At first it is tried in one
//! step, which ends all or nothing. Where others keep changing the index, it takes two: the first
//! marks what was issued so far as ended, whatever the index says by then, and ends what was read;
//! the second ends the rest, which nobody can add to. A check may find the rest live until then.

use futures_util::future::try_join_all;

use super::cache::InvalidateOnDrop;
use super::index::{Listed, tokens};
use super::scripts::EndedSession;
use super::{MAX_ATTEMPTS, Redis, STRICT_ATTEMPTS};
use crate::error::Result;
use crate::sessions::Ended;
use crate::token::{Owner, Token};

impl Redis {
    /// Ends every live token of `owner` and issues a new one.
    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        let fresh = Token::mint(owner)?;
        self.remember_sku(&owner.sku).await?;
        for attempt in 0.. {
            let listed = self.listed(owner).await?;
            let _guard = InvalidateOnDrop(&listed.tokens);
            let forced = attempt >= STRICT_ATTEMPTS;
            let replace = self.link.run(|connection| self.scripts.replace(connection, &fresh, &listed, forced));
            if let Some((ended, rest)) = replace.await? {
                self.note_ends(&ended);
                self.end_rest(&listed, &rest, Ended::Replaced).await?;
                break;
            }
        }
        Ok(fresh)
    }

    /// Ends `token`. Whether it was live.
    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        for _ in 0..STRICT_ATTEMPTS {
            let Some(live) = self.live(token).await? else { return Ok(false) };
            if let (true, None) = self.try_end_session(&live.token, Ended::Revoked, false).await? {
                return Ok(true);
            }
        }
        match self.live(token).await? {
            Some(live) => self.end_session(live.token, Ended::Revoked).await,
            None => Ok(false),
        }
    }

    /// Ends the session of which `token` was current a moment ago. Whether it was live.
    pub async fn revoke_session(&self, token: &Token) -> Result<bool> {
        let mut token = token.clone();
        for _ in 0..STRICT_ATTEMPTS {
            match self.try_end_session(&token, Ended::Revoked, false).await? {
                // It was rotated meanwhile.
                (_, Some(current)) => token = current,
                (lived, None) => return Ok(lived),
            }
        }
        self.end_session(token, Ended::Revoked).await
    }

    /// Ends every live session of `owner` but that of `except`, with `all_skus` those of the user's
    /// other skus too. How many there were.
    pub async fn revoke_all(&self, owner: &Owner, except: Option<&Token>, all_skus: bool) -> Result<u64> {
        if let Some(adoption) = &self.adoption {
            adoption.wait().await?;
        }
        let owners = if all_skus { self.in_all_skus(owner).await? } else { vec![owner.clone()] };
        let counts = try_join_all(owners.into_iter().map(|owner| self.revoke_owner(owner, except))).await?;
        Ok(counts.into_iter().sum())
    }

    async fn revoke_owner(&self, owner: Owner, except: Option<&Token>) -> Result<u64> {
        let except = except.filter(|token| token.owner() == owner);
        let mut count = 0;
        for attempt in 0.. {
            let spared = match except {
                Some(token) => self.live(token).await?.map(|live| live.token),
                None => None,
            };
            let listed = self.listed(&owner).await?;
            // It may have been rotated between the two looks: then it is another token of the same
            // session.
            let kept = spared.and_then(|token| listed.tokens.iter().find(|one| one.session() == token.session()));
            let _guard = InvalidateOnDrop(&listed.tokens);
            let strict = if kept.is_some() { MAX_ATTEMPTS } else { STRICT_ATTEMPTS };
            let revoke =
                self.link.run(|connection| self.scripts.revoke_all(connection, &listed, kept, attempt >= strict));
            if let Some((lived, ended, rest)) = revoke.await? {
                self.note_ends(&ended);
                count = lived + self.end_rest(&listed, &rest, Ended::Revoked).await?;
                break;
            }
        }
        Ok(count)
    }

    /// Ends what was listed between the look at the index and the script that set the mark. How
    /// many lived.
    async fn end_rest(&self, listed: &Listed, rest: &[String], why: Ended) -> Result<u64> {
        if rest.is_empty() {
            return Ok(0);
        }
        let rest = tokens(rest)?;
        let _guard = InvalidateOnDrop(&rest);
        let (lived, ended) =
            self.link.run(|connection| self.scripts.end_marked(connection, listed, &rest, why)).await?;
        self.note_ends(&ended);
        Ok(lived)
    }

    /// Counts and tells what a script has ended.
    pub(super) fn note_ends(&self, ended: &[EndedSession]) {
        for (token, why) in ended {
            self.events.session_ended(token, *why);
        }
    }
}
