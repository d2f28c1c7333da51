//! 1.3.2's functions that give tokens, as 1.3.2 has them: the login `authorize`, and
//! `refreshToken`, which is no login but gives a registered user a new token in the place of all
//! others.

use super::request_error::Purpose;
use super::{Admission, Auth, Dependencies};
use crate::error::{Error, Result};
use crate::sessions::Notes;
use crate::token::Token;
use crate::wechat::{Encoded, LoginReply, OpenData, SharedExchange, decrypt};

impl Auth {
    /// Logs the user in whom WeChat names for `code`.
    pub async fn authorize(
        &self,
        admission: &Admission,
        code: &SharedExchange,
        data: &Encoded,
        iv: &Encoded,
    ) -> Result<Token> {
        admission.has_room()?;
        let Dependencies { exchange, credentials, .. } = &self.dependencies;
        let app_id = exchange.app_id(credentials).map_err(Error::authorize_failed)?;
        let reply = self.login_reply(code).await.map_err(|error| Purpose::Authorize.error(error))?;
        let Some(session_key) = reply.session_key.as_deref() else {
            return Err(Error::authorize_refused(reply.refusal));
        };
        let open_data = decrypt(app_id, session_key, data, iv)?;
        let owner = self.owner(identify(&reply, open_data)?);
        let open_id = self.kept_open_id(&owner, reply.open_id.as_deref())?;
        let notes = Notes { open_id, device: None };
        admission.check()?;
        self.keep_session_key(&reply).await?;
        // Where a token is live, the user table is not asked, as in 1.3.2.
        let register = async { self.users().ensure(&owner.user).await.map(drop) };
        let token = self.sessions().login(&owner, &notes, None, register).await?.token;
        self.dependencies.events.logged_in(&token, None);
        Ok(token)
    }

    /// Ends the sessions of `user` and issues a new one.
    pub async fn refresh(&self, admission: &Admission, user: String) -> Result<Token> {
        admission.has_room()?;
        if !self.users().exists(&user).await? {
            return Err(Error::unknown_user());
        }
        admission.check()?;
        self.sessions().replace_all(&self.owner(user)).await
    }
}

/// The user's id: the unionId where the data carry one, else the openId, which must be the one that
/// WeChat named.
fn identify(reply: &LoginReply, data: OpenData) -> Result<String> {
    match (&reply.open_id, data.open_id) {
        (Some(named), Some(decrypted)) if *named == decrypted => Ok(data.union_id.unwrap_or(decrypted)),
        _ => Err(Error::id_mismatch()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

    #[test]
    fn the_ids_must_be_there_and_alike() {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let user = |named: Option<&str>, decrypted: Option<&str>, union: Option<&str>| {
            let reply =
                LoginReply { open_id: text(named), union_id: None, session_key: None, refusal: Refusal::default() };
            identify(&reply, OpenData { open_id: text(decrypted), union_id: text(union) })
        };
        assert_eq!(user(Some("o"), Some("o"), None).as_deref(), Ok("o"));
        assert_eq!(user(Some("o"), Some("o"), Some("u")).as_deref(), Ok("u"));
        for (named, decrypted) in [(Some("o"), Some("p")), (Some("o"), None), (None, Some("o")), (None, None)] {
            assert_eq!(user(named, decrypted, Some("u")), Err(Error::id_mismatch()));
        }
    }
}
