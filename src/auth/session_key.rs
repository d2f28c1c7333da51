//! What a session key serves after the login. WeChat has one valid key for a user and mini-program,
//! which each exchange may replace: the newest is kept, once, sealed, for as long as the longest
//! token that it serves. It never leaves this process unsealed.

use std::time::Duration;

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::seal::Seal;
use crate::sessions::Session;
use crate::token::{Owner, Token};
use crate::wechat::{Encoded, LoginReply, decrypt_text, is_signature, sign};

/// A login has this long to issue its token after the exchange.
const LOGIN_TIME: Duration = Duration::from_secs(300);

/// The session key of an exchange, as it is stored.
pub(super) struct KeptKey {
    name: String,
    /// Sealed; None where only a key that is stored already is to live on.
    value: Option<String>,
}

impl Auth {
    /// Decrypts data that the mini-program got since the user's last login, as JSON.
    pub async fn decrypt_data(
        &self,
        admission: &Admission,
        token: &Token,
        data: &Encoded,
        iv: &Encoded,
    ) -> Result<String> {
        let app_id = self.dependencies.credentials.app_id().map_err(Error::decryption_not_set_up)?;
        let session_key = self.session_key(admission, token).await?;
        decrypt_text(app_id, &session_key, data, iv)?.ok_or_else(|| Error::stale_session_key("the data do not decrypt"))
    }

    /// Whether `signature` is WeChat's for `raw_data`.
    pub async fn check_signature(
        &self,
        admission: &Admission,
        token: &Token,
        raw_data: &str,
        signature: &str,
    ) -> Result<bool> {
        Ok(is_signature(&self.session_key(admission, token).await?, raw_data, signature))
    }

    /// Signs `data` for WeChat.
    pub async fn sign(&self, admission: &Admission, token: &Token, data: &[u8]) -> Result<String> {
        Ok(sign(&self.session_key(admission, token).await?, data))
    }

    async fn session_key(&self, admission: &Admission, token: &Token) -> Result<String> {
        match self.user_key(admission, token).await? {
            Some((_, session_key)) => Ok(session_key),
            None => Err(Error::stale_session_key("no session key of this user is kept")),
        }
    }

    /// The openid of a token's session, and the user's session key, where one is kept.
    pub(super) async fn user_key(&self, admission: &Admission, token: &Token) -> Result<Option<(String, String)>> {
        admission.check()?;
        let session = self.sessions().inspect(token).await?.ok_or_else(Error::invalid_token)?;
        let Some(seal) = self.key_seal() else {
            return Err(Error::decryption_not_set_up("session keys are not kept: set options.sessionKeys to true"));
        };
        let Some(open_id) = self.open_id(&session) else { return Ok(None) };
        let name = self.key_name(seal, &open_id);
        let sealed = self.sessions().get(&name).await?;
        Ok(sealed.and_then(|sealed| seal.open(&name, &sealed)).map(|session_key| (open_id, session_key)))
    }

    /// Stores the session key of an exchange for `life`, where session keys are kept: whatever
    /// comes of this login, it is the one that WeChat takes from now on.
    async fn store_for(&self, reply: &LoginReply, life: Duration) -> Result<Option<KeptKey>> {
        let (Some(seal), Some(open_id), Some(session_key)) = (self.key_seal(), &reply.open_id, &reply.session_key)
        else {
            return Ok(None);
        };
        let name = self.key_name(seal, open_id);
        let value = seal.seal(&name, session_key)?;
        self.sessions().replace(&name, &value, life).await?;
        Ok(Some(KeptKey { name, value: Some(value) }))
    }

    /// Stores the session key of an exchange, whose login may still fail.
    pub(super) async fn store_session_key(&self, reply: &LoginReply) -> Result<Option<KeptKey>> {
        self.store_for(reply, LOGIN_TIME).await
    }

    /// The same for the life of a token that is issued now.
    pub(super) async fn keep_session_key(&self, reply: &LoginReply) -> Result<()> {
        self.store_for(reply, self.dependencies.ttl).await.map(drop)
    }

    /// The session key of this user, if one is stored.
    pub(super) fn stored_key(&self, open_id: Option<&str>) -> Option<KeptKey> {
        let name = self.key_name(self.key_seal()?, open_id?);
        Some(KeptKey { name, value: None })
    }

    /// Lets a session key live as long as a token that is issued now.
    pub(super) async fn prolong(&self, key: Option<KeptKey>) -> Result<()> {
        let Some(KeptKey { name, value }) = key else { return Ok(()) };
        self.sessions().keep(&name, value.as_deref(), self.dependencies.ttl).await
    }

    /// Lets go of the session keys of these users.
    pub(super) async fn delete_session_keys(&self, open_ids: &[String]) -> Result<()> {
        let Some(seal) = self.key_seal() else { return Ok(()) };
        for open_id in open_ids {
            self.sessions().delete(&self.key_name(seal, open_id)).await?;
        }
        Ok(())
    }

    /// What seals session keys, where they are kept.
    fn key_seal(&self) -> Option<&Seal> {
        self.seal.as_ref().filter(|_| self.dependencies.keeps_session_keys)
    }

    /// The name under which a user's session key is stored, and the additional data under which it
    /// is sealed. The openid is not to be read there.
    fn key_name(&self, seal: &Seal, open_id: &str) -> String {
        let app_id = self.dependencies.credentials.app_id.as_deref().unwrap_or_default();
        format!("session-key:{}", seal.name(&format!("{app_id} {open_id}")))
    }

    /// The openid of a session of `owner`, as it is stored: empty where it is the user's id, else
    /// sealed; None where nothing can seal it.
    pub(super) fn kept_open_id(&self, owner: &Owner, open_id: Option<&str>) -> Result<Option<String>> {
        match (open_id, &self.seal) {
            (Some(open_id), _) if open_id == owner.user => Ok(Some(String::new())),
            (Some(open_id), Some(seal)) => seal.seal(&open_id_aad(owner), open_id).map(Some),
            _ => Ok(None),
        }
    }

    /// The openid of a session, where it is known.
    pub(super) fn open_id(&self, session: &Session) -> Option<String> {
        self.opened_open_id(&session.token, session.notes.open_id.as_deref()?)
    }

    /// The openid that is stored with `token`.
    pub(super) fn opened_open_id(&self, token: &Token, stored: &str) -> Option<String> {
        match stored {
            "" => Some(token.owner().user),
            sealed => self.seal.as_ref()?.open(&open_id_aad(&token.owner()), sealed),
        }
    }
}

/// An openid opens only for its session's owner.
fn open_id_aad(owner: &Owner) -> String {
    format!("openid {}", owner.prefix())
}
