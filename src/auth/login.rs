//! Logins without decrypted data: by code alone, or of a user whom the application has identified itself.

use super::{Admission, Auth, Login};
use crate::error::{Error, Result};
use crate::sessions::Notes;
use crate::token::Owner;
use crate::wechat::{Exchanging, Reply, Trouble};

impl Auth {
    /// Logs the user in whom WeChat names for `code`.
    pub async fn login(&self, admission: &Admission, code: &Exchanging, device: Option<String>) -> Result<Login> {
        admission.has_room()?;
        let reply = self.parts.exchange.reply(code).await.map_err(failed)?;
        let Some(open_id) = reply.open_id.clone() else { return Err(Error::login_refused(reply.refusal)) };
        admission.check()?;
        let owner = self.owner(self.identify(&reply, open_id).await?);
        let notes = Notes { sealed: self.sealed(&owner, &reply)?, device };
        self.log_in(&owner, &notes).await
    }

    /// Logs in `user`, whom the application has identified.
    pub async fn issue(&self, admission: &Admission, user: String, device: Option<String>) -> Result<Login> {
        admission.check()?;
        self.log_in(&self.owner(user), &Notes { sealed: None, device }).await
    }

    async fn log_in(&self, owner: &Owner, notes: &Notes) -> Result<Login> {
        if !owner.is_usable() {
            return Err(Error::unusable_user());
        }
        let is_new_user = self.users().ensure(&owner.user).await?;
        Ok(Login { issued: self.sessions().login(owner, notes, async { Ok(()) }).await?, is_new_user })
    }

    /// The unionid where there is one, unless the user is registered under the openid: from before the mini-program was bound to an open
    /// platform.
    async fn identify(&self, reply: &Reply, open_id: String) -> Result<String> {
        let Some(union_id) = reply.union_id.clone() else { return Ok(open_id) };
        let by_open_id = !self.users().exists(&union_id).await? && self.users().exists(&open_id).await?;
        Ok(if by_open_id { open_id } else { union_id })
    }
}

fn failed(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Failed { cause, unsent } => Error::login_failed(cause, unsent),
        Trouble::Refused(refusal) => Error::login_refused(refusal),
    }
}
