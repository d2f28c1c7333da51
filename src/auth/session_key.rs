//! What a session key serves after the login. It is stored with the token, sealed, and never leaves
//! this process unsealed.

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::Session;
use crate::token::{Owner, Token};
use crate::wechat::{Encoded, LoginReply, decrypt_text, is_signature};

/// What is sealed with a token. Neither an openid nor a base64 text holds a space.
pub(super) struct SessionSecret {
    pub session_key: String,
    pub open_id: String,
}

impl Auth {
    /// Decrypts data that the mini-program got since the token's login, as JSON.
    pub async fn decrypt_data(
        &self,
        admission: &Admission,
        token: &Token,
        data: &Encoded,
        iv: &Encoded,
    ) -> Result<String> {
        let app_id = self.dependencies.credentials.app_id().map_err(Error::decryption_without_app_id)?;
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

    async fn session_key(&self, admission: &Admission, token: &Token) -> Result<String> {
        admission.check()?;
        let session = self.sessions().inspect(token).await?.ok_or_else(Error::invalid_token)?;
        match self.session_secret(&session) {
            Some(secret) => Ok(secret.session_key),
            None if self.dependencies.keeps_session_keys => {
                Err(Error::stale_session_key("no session key is kept with this token"))
            }
            None => Err(Error::stale_session_key("session keys are not kept: set options.sessionKeys to true")),
        }
    }

    /// The secret of a login of `owner`, sealed, where it is to be stored.
    pub(super) fn sealed_secret(&self, owner: &Owner, reply: &LoginReply) -> Result<Option<String>> {
        match (&self.seal, &reply.open_id, &reply.session_key) {
            (Some(seal), Some(open_id), Some(session_key)) if self.dependencies.keeps_session_keys => {
                seal.seal(&aad(owner), &format!("{session_key} {open_id}")).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The secret that is stored with a session.
    pub(super) fn session_secret(&self, session: &Session) -> Option<SessionSecret> {
        if !self.dependencies.keeps_session_keys {
            return None;
        }
        let text = self.seal.as_ref()?.open(&aad(&session.token.owner()), session.notes.sealed.as_deref()?)?;
        let (session_key, open_id) = text.split_once(' ')?;
        Some(SessionSecret { session_key: session_key.to_owned(), open_id: open_id.to_owned() })
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
        match session.notes.open_id.as_deref() {
            Some("") => Some(session.token.owner().user),
            Some(sealed) => self.seal.as_ref()?.open(&open_id_aad(&session.token.owner()), sealed),
            None => self.session_secret(session).map(|secret| secret.open_id),
        }
    }
}

/// A secret opens only for its owner. It is not bound to one token, as a rotation hands it on.
fn aad(owner: &Owner) -> String {
    format!("session {}", owner.prefix())
}

fn open_id_aad(owner: &Owner) -> String {
    format!("openid {}", owner.prefix())
}
