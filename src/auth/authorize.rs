//! 1.3.2's functions, as the contract tells them.

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::Notes;
use crate::token::Token;
use crate::wechat::{Encoded, Exchanging, OpenData, Reply, Trouble, decrypt};

impl Auth {
    /// Logs the user in whom WeChat names for `code`.
    pub async fn authorize(
        &self,
        admission: &Admission,
        code: &Exchanging,
        data: &Encoded,
        iv: &Encoded,
    ) -> Result<Token> {
        admission.has_room()?;
        let app_id = self.parts.exchange.app_id(self.parts.app_id.as_deref()).map_err(Error::exchange)?;
        let reply = self.parts.exchange.reply(code).await.map_err(failed)?;
        let Some(session_key) = reply.session_key.as_deref() else { return Err(Error::refused(reply.refusal)) };
        let open_data = decrypt(app_id, session_key, data, iv)?;
        let owner = self.owner(identify(&reply, open_data)?);
        let notes = Notes { sealed: self.sealed(&owner, &reply)?, device: None };
        admission.check()?;
        // The user table is left alone where a token is live, as 1.3.2 leaves it.
        let register = async { self.users().ensure(&owner.user).await.map(drop) };
        Ok(self.sessions().login(&owner, &notes, register).await?.token)
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

    /// Whether each of `tokens` is live, told to `settle` under its number, those first that can be told at once. Where they were asked
    /// after `close`, none is.
    pub async fn check(&self, is_closed: bool, tokens: &[Token], settle: impl Fn(Vec<(usize, Result<bool>)>) + Sync) {
        if is_closed {
            return settle((0..tokens.len()).map(|number| (number, Ok(false))).collect());
        }
        self.sessions().check(tokens, settle).await;
    }
}

fn failed(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Failed { cause, .. } => Error::exchange(cause),
        Trouble::Refused(refusal) => Error::refused(refusal),
    }
}

/// The user's id: the unionId where the data carry one, else the openId, which must be the one that WeChat named.
fn identify(reply: &Reply, data: OpenData) -> Result<String> {
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
            let reply = Reply { open_id: text(named), union_id: None, session_key: None, refusal: Refusal::default() };
            identify(&reply, OpenData { open_id: text(decrypted), union_id: text(union) })
        };
        assert_eq!(user(Some("o"), Some("o"), None).as_deref(), Ok("o"));
        assert_eq!(user(Some("o"), Some("o"), Some("u")).as_deref(), Ok("u"));
        for (named, decrypted) in [(Some("o"), Some("p")), (Some("o"), None), (None, Some("o")), (None, None)] {
            assert_eq!(user(named, decrypted, Some("u")), Err(Error::id_mismatch()));
        }
    }
}
