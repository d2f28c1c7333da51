//! The end of a user: their sessions and their session keys, then their registration.

use super::{Admission, Auth};
use crate::error::Result;

impl Auth {
    /// Ends every session of `user` in every sku, and removes the user. Returns how many sessions
    /// were live.
    pub async fn forget(&self, admission: &Admission, user: String) -> Result<u64> {
        admission.check()?;
        // The sessions tell whose session keys are kept. Where they change too fast to be listed,
        // they end all the same, and the keys live on for as long as a token would.
        let open_ids = self.open_ids(&user).await.unwrap_or_else(|_| vec![user.clone()]);
        let ended = self.end_all(&user).await?;
        self.delete_session_keys(&open_ids).await?;
        if !self.users().are_kept() {
            return Ok(ended);
        }
        self.users().remove(&user).await?;
        // A login that found the user registered may have issued a token meanwhile.
        Ok(ended + self.end_all(&user).await?)
    }

    /// The openids under which the user is logged in, and the one that the id may be.
    async fn open_ids(&self, user: &str) -> Result<Vec<String>> {
        let owner = self.owner(user.to_owned());
        let sessions = if owner.is_usable() { self.sessions().list_all(&owner).await? } else { Vec::new() };
        let open_ids = sessions.iter().filter_map(|session| self.open_id(session));
        Ok(open_ids.chain([user.to_owned()]).collect())
    }

    async fn end_all(&self, user: &str) -> Result<u64> {
        let owner = self.owner(user.to_owned());
        match owner.is_usable() {
            true => self.sessions().revoke_all(&owner, None, true).await,
            false => Ok(0),
        }
    }
}
