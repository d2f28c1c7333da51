//! Logins without decrypted data: by code alone, or of a user whom the application has identified.

use super::request_error::Purpose;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::{Issued, Notes};
use crate::token::Owner;
use crate::wechat::{LoginReply, SharedExchange};

/// What a login returns.
pub struct Login {
    pub issued: Issued,
    /// Whether the login registered the user.
    pub is_new_user: bool,
}

impl Auth {
    /// Logs the user in whom WeChat names for `code`.
    pub async fn login(&self, admission: &Admission, code: &SharedExchange, device: Option<String>) -> Result<Login> {
        admission.check()?; // WeChat takes a code once: after `close` it is not spent
        let reply = self.login_reply(code).await.map_err(|error| Purpose::Login.error(error))?;
        let Some(open_id) = reply.open_id.clone() else { return Err(Error::login_refused(reply.refusal)) };
        let owner = self.owner(self.identify(&reply, open_id).await?);
        let open_id = self.kept_open_id(&owner, reply.open_id.as_deref())?;
        let notes = Notes { sealed: self.sealed_secret(&owner, &reply)?, open_id, device };
        self.log_in(&owner, &notes).await
    }

    /// Logs in `user`, whom the application has identified.
    pub async fn issue(&self, admission: &Admission, user: String, device: Option<String>) -> Result<Login> {
        admission.check()?;
        self.log_in(&self.owner(user), &Notes { device, ..Notes::default() }).await
    }

    async fn log_in(&self, owner: &Owner, notes: &Notes) -> Result<Login> {
        if !owner.is_usable() {
            return Err(Error::unusable_user());
        }
        let is_new_user = self.users().ensure(&owner.user).await?;
        Ok(Login { issued: self.sessions().login(owner, notes, None, async { Ok(()) }).await?, is_new_user })
    }

    /// The user's id: the unionid where there is one, unless the user is registered under the
    /// openid, which was before the mini-program was bound to an open platform.
    async fn identify(&self, reply: &LoginReply, open_id: String) -> Result<String> {
        let Some(union_id) = reply.union_id.clone() else { return Ok(open_id) };
        let by_open_id = !self.users().exists(&union_id).await? && self.users().exists(&open_id).await?;
        Ok(if by_open_id { open_id } else { union_id })
    }
}
