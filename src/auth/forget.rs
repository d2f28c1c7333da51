//! The end of a user: their sessions, then their registration.

use super::{Admission, Auth};
use crate::error::Result;

impl Auth {
    /// Ends every session of `user` in every sku, and removes the user. Returns how many sessions
    /// were live.
    pub async fn forget(&self, admission: &Admission, user: String) -> Result<u64> {
        admission.check()?;
        let ended = self.end_all(&user).await?;
        if !self.users().are_kept() {
            return Ok(ended);
        }
        self.users().remove(&user).await?;
        // A login that found the user registered may have issued a token meanwhile.
        Ok(ended + self.end_all(&user).await?)
    }

    async fn end_all(&self, user: &str) -> Result<u64> {
        let owner = self.owner(user.to_owned());
        match owner.is_usable() {
            true => self.sessions().revoke_all(&owner, None, true).await,
            false => Ok(0),
        }
    }
}
