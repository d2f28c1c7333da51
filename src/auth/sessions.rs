//! Sessions that the application inspects, lists, rotates and revokes.

use std::time::Duration;

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::{Issued, Session};
use crate::token::Token;

/// A session, and its openid where that is stored.
pub struct Inspected {
    pub session: Session,
    pub open_id: Option<String>,
}

impl Auth {
    pub async fn inspect(&self, admission: &Admission, token: &Token) -> Result<Option<Inspected>> {
        admission.check()?;
        let session = self.sessions().inspect(token).await?;
        Ok(session.map(|session| self.inspected(session)))
    }

    pub async fn list(&self, admission: &Admission, user: String) -> Result<Vec<Inspected>> {
        admission.check()?;
        let owner = self.owner(user);
        if !owner.is_usable() {
            return Ok(Vec::new());
        }
        let sessions = self.sessions().list(&owner).await?;
        Ok(sessions.into_iter().map(|session| self.inspected(session)).collect())
    }

    /// Revokes `token`. Returns whether it was live.
    pub async fn revoke(&self, admission: &Admission, token: &Token) -> Result<bool> {
        admission.check()?;
        self.sessions().revoke(token).await
    }

    /// Revokes the tokens of `user`. Returns how many were live.
    pub async fn revoke_user(&self, admission: &Admission, user: String, all_skus: bool) -> Result<u64> {
        admission.check()?;
        let owner = self.owner(user);
        match owner.is_usable() {
            true => self.sessions().revoke_all(&owner, None, all_skus).await,
            false => Ok(0),
        }
    }

    /// Replaces a live token by a new one. The old one stays valid for `grace`.
    pub async fn rotate(&self, admission: &Admission, token: &Token, grace: Duration) -> Result<Issued> {
        admission.check()?;
        self.sessions().rotate(token, grace).await?.ok_or_else(Error::invalid_token)
    }

    fn inspected(&self, session: Session) -> Inspected {
        let open_id = self.open_id(&session);
        Inspected { session, open_id }
    }
}
