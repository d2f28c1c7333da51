//! A login: the live token that the user's logins share, or a new one.

use futures_util::future::join;
use tokio::time::Instant;

use super::Redis;
use super::cache::InvalidateOnDrop;
use super::record::Record;
use super::scripts::WriteOutcome;
use crate::error::Result;
use crate::sessions::{Issued, Mode, Notes, Session};
use crate::token::{Owner, Token};

impl Redis {
    /// A token of `owner` with `notes`: the live one that their logins share, else a new one, after
    /// `register`. What that takes is not redis' fault: it does not count against the deadline.
    pub async fn login(
        &self,
        owner: &Owner,
        notes: &Notes,
        replaced: Option<&Token>,
        register: impl Future<Output = Result<()>>,
    ) -> Result<Issued> {
        let started = Instant::now();
        if let Some(found) = self.link.bounded_since(started, self.share(owner, notes)).await? {
            return Ok(found);
        }
        let paused = Instant::now();
        register.await?;
        let started = started + paused.elapsed();
        self.link.bounded_since(started, self.issue(owner, notes, replaced, started)).await
    }

    /// The live token that the logins of `owner` share, which counts as used and gets the notes.
    async fn share(&self, owner: &Owner, notes: &Notes) -> Result<Option<Issued>> {
        if self.policy.mode != Mode::Shared {
            return Ok(None);
        }
        let mut found = self.newest(owner).await?;
        if found.is_none()
            && let Some(adoption) = &self.adoption
        {
            // Looked at again in any case: a backfill may have ended since the first look.
            adoption.wait().await?;
            found = self.newest(owner).await?;
        }
        let Some(Session { token, expires, notes: kept, .. }) = found else { return Ok(None) };
        let is_live =
            !notes.adds_to(&kept) || self.link.run(|connection| self.scripts.update(connection, &token, notes)).await?;
        Ok(is_live.then_some(Issued { token, expires }))
    }

    /// The newest listed token that lives; it counts as used. One that was rotated away since is
    /// passed over: a look of ours must not count as the use of an old token, which would end the
    /// session.
    async fn newest(&self, owner: &Owner) -> Result<Option<Session>> {
        let listed = self.listed(owner).await?;
        for token in listed.tokens.iter().rev() {
            let Some((order, session)) = self.read(token).await? else { continue };
            let is_live = listed.is_after_mark(order);
            if is_live && (!self.scripts.has_idle_limit() || self.used(token).await? != Record::Missing) {
                return Ok(Some(session));
            }
        }
        Ok(None)
    }

    async fn issue(&self, owner: &Owner, notes: &Notes, replaced: Option<&Token>, started: Instant) -> Result<Issued> {
        let fresh = Token::mint(owner)?;
        // A token in its grace stands for the one that took its place.
        let replaced = match replaced {
            Some(token) if token.owner() == *owner => self.live(token).await?.map(|live| live.token),
            _ => None,
        };
        let (listed, remembered) = join(self.listed(owner), self.remember_sku(&owner.sku)).await;
        remembered?;
        let mut listed = listed?;
        loop {
            // Who keeps changing the user's tokens must not hold a login off: one live token too
            // many harms nobody.
            let forced = started.elapsed() > self.link.deadline() / 2;
            let guard = InvalidateOnDrop(if self.policy.mode == Mode::Shared { &[] } else { &listed.tokens });
            let issue = self
                .link
                .run(|connection| self.scripts.issue(connection, &fresh, notes, &listed, replaced.as_ref(), forced));
            let outcome = issue.await?;
            drop(guard);
            match outcome {
                WriteOutcome::Written { expires, excess, ended } => {
                    self.note_ends(&ended);
                    if excess > 0 {
                        self.trim(owner).await?;
                    }
                    return Ok(Issued { token: fresh, expires });
                }
                WriteOutcome::Shared { token, expires } => return Ok(Issued { token, expires }),
                WriteOutcome::Conflict => {}
            }
            listed = self.listed(owner).await?;
        }
    }

    /// Ends the oldest tokens beyond the limit.
    async fn trim(&self, owner: &Owner) -> Result<()> {
        let listed = self.listed(owner).await?;
        let _guard = InvalidateOnDrop(&listed.tokens);
        self.note_ends(&self.link.run(|connection| self.scripts.trim(connection, &listed)).await?);
        Ok(())
    }
}
