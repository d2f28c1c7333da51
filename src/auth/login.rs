//! Logins without decrypted data: by code alone, or of a user whom the application has identified.

use super::request_error::Purpose;
use super::session_ids::session_id;
use super::session_key::KeptKey;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::host::Identity;
use crate::sessions::{Issued, Notes};
use crate::token::{Owner, Token};
use crate::wechat::SharedExchange;

/// What a login and a rotation return.
pub struct Login {
    pub issued: Issued,
    pub id: String,
    pub open_id: Option<String>,
    /// Where WeChat named one.
    pub union_id: Option<String>,
    /// Whether the login registered the user, where somebody knows.
    pub is_new_user: Option<bool>,
}

/// What the application says about a login.
pub struct LoginOptions {
    pub device: Option<String>,
    /// The token whose session gives way to the new one.
    pub replace: Option<String>,
}

impl Auth {
    /// Logs the user in whom WeChat names for `code`.
    pub async fn login(&self, admission: &Admission, code: &SharedExchange, options: LoginOptions) -> Result<Login> {
        admission.check()?; // WeChat takes a code once: after `close` it is not spent
        self.dependencies
            .exchange
            .ready(&self.dependencies.credentials)
            .map_err(|cause| Error::login_failed(cause, false).by_configuration())?;
        let reply = self.login_reply(code).await.map_err(|error| Purpose::Login.error(error))?;
        let Some(open_id) = reply.open_id.clone() else { return Err(Error::login_refused(reply.refusal)) };
        let key = self.store_session_key(&reply).await?;
        let app_id = self.dependencies.credentials.app_id.clone();
        let identity = Identity { app_id, open_id: open_id.clone(), union_id: reply.union_id.clone() };
        let registered = self.users().register(identity).await?;
        let owner = self.owner(registered.user);
        let kept = self.kept_open_id(&owner, Some(&open_id))?;
        let notes = Notes { open_id: kept, device: options.device };
        let login = self.log_in(&owner, &notes, key, options.replace.as_deref()).await?;
        self.dependencies.events.logged_in(&login.issued.token, registered.is_new);
        Ok(Login { open_id: Some(open_id), union_id: reply.union_id, is_new_user: registered.is_new, ..login })
    }

    /// Logs in `user`, whom the application has identified.
    pub async fn issue(
        &self,
        admission: &Admission,
        user: String,
        open_id: Option<String>,
        options: LoginOptions,
    ) -> Result<Login> {
        admission.check()?;
        let owner = self.owner(user);
        if !owner.is_usable() {
            return Err(Error::unusable_user());
        }
        let is_new = self.users().ensure(&owner.user).await?;
        let kept = self.kept_open_id(&owner, open_id.as_deref())?;
        let notes = Notes { device: options.device, open_id: kept };
        let key = self.stored_key(open_id.as_deref());
        let login = self.log_in(&owner, &notes, key, options.replace.as_deref()).await?;
        let is_new_user = self.users().are_kept().then_some(is_new);
        self.dependencies.events.logged_in(&login.issued.token, is_new_user);
        Ok(Login { open_id, is_new_user, ..login })
    }

    async fn log_in(
        &self,
        owner: &Owner,
        notes: &Notes,
        session_key: Option<KeptKey>,
        replace: Option<&str>,
    ) -> Result<Login> {
        if !owner.is_usable() {
            return Err(Error::unusable_user());
        }
        let replaced = replace.and_then(Token::parse);
        // Before anything is issued, so that what fails has issued nothing.
        let key = self.session_ids.key(self.sessions()).await?;
        self.prolong(session_key).await?;
        let issued = self.sessions().login(owner, notes, replaced.as_ref(), async { Ok(()) }).await?;
        Ok(Login { id: session_id(&key, &issued.token), issued, open_id: None, union_id: None, is_new_user: None })
    }
}
