//! What a session key is good for after the login: it is kept with the token, sealed, and never leaves this process.

use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::Session;
use crate::token::{Owner, Token};
use crate::wechat::{Encoded, Reply, decrypt_text, is_signature};

/// What is kept with a token. Neither an openid nor a base64 text holds a space.
pub struct Kept {
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
        let app_id = self
            .parts
            .app_id
            .as_deref()
            .ok_or_else(|| Error::no_session_key("appId is missing, pass it when you create mpauthx"))?;
        let session_key = self.session_key(admission, token).await?;
        decrypt_text(app_id, &session_key, data, iv).ok_or_else(|| Error::stale_key("the data do not decrypt"))
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
        match self.kept(&session) {
            Some(kept) => Ok(kept.session_key),
            None if self.parts.keeps_session_keys => Err(Error::stale_key("no session key is kept with this token")),
            None => Err(Error::stale_key("session keys are not kept: set options.sessionKeys to true")),
        }
    }

    /// What is to be kept of a login of `owner`.
    pub(super) fn sealed(&self, owner: &Owner, reply: &Reply) -> Result<Option<String>> {
        match (&self.seal, &reply.open_id, &reply.session_key) {
            (Some(seal), Some(open_id), Some(session_key)) if self.parts.keeps_session_keys => {
                seal.close(&place(owner), &format!("{session_key} {open_id}")).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn kept(&self, session: &Session) -> Option<Kept> {
        if !self.parts.keeps_session_keys {
            return None;
        }
        let text = self.seal.as_ref()?.open(&place(&session.token.owner()), session.notes.sealed.as_deref()?)?;
        let (session_key, open_id) = text.split_once(' ')?;
        Some(Kept { session_key: session_key.to_owned(), open_id: open_id.to_owned() })
    }
}

/// What is kept opens for its owner alone. Not for its token alone: a rotation takes it along.
fn place(owner: &Owner) -> String {
    format!("session {}", owner.prefix())
}
