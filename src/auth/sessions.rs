//! Sessions that the application verifies, inspects, lists, rotates and revokes.

use std::time::Duration;

use ring::hmac::Key;

use super::login::Login;
use super::session_ids::session_id;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::{Asked, Session, Standing, Verdict};
use crate::token::Token;

/// A session as the application sees it.
pub struct Inspected {
    pub session: Session,
    pub id: String,
    pub open_id: Option<String>,
    /// Whether it is the one that the application has named.
    pub is_current: bool,
}

/// What a verification finds: the session, where the token is live.
pub type Verified = Option<Inspected>;

impl Auth {
    /// Verifies each of `tokens`. Passes what is found to `settle`, each with its token's number,
    /// as soon as it is known.
    pub async fn verify(&self, tokens: &[Token], settle: impl Fn(Vec<(usize, Result<Verified>)>) + Sync) {
        let key = match self.session_ids.key(self.sessions()).await {
            Ok(key) => key,
            Err(error) => return settle((0..tokens.len()).map(|number| (number, Err(error.clone()))).collect()),
        };
        let settle = |verdicts: Vec<(usize, Result<Verdict>)>| {
            let verified = verdicts.into_iter().map(|(number, verdict)| {
                let verified = verdict.map(|verdict| match verdict {
                    Verdict::Session(session) => Some(self.inspected(*session, &key)),
                    Verdict::Dead | Verdict::Live => None,
                });
                (number, verified)
            });
            settle(verified.collect());
        };
        self.sessions().check(tokens, Asked::Session, settle).await;
    }

    /// The id of the session of `token`, and the openid that is `stored` with it, without asking
    /// anybody. None where that cannot be told at once.
    pub fn describe(&self, token: &str, stored: Option<&str>) -> Option<(String, Option<String>)> {
        let token = Token::parse(token)?;
        Some((self.known_session_id(&token)?, stored.and_then(|stored| self.opened_open_id(&token, stored))))
    }

    /// The id of the session of `token`, where that can be told at once.
    pub fn known_session_id(&self, token: &Token) -> Option<String> {
        Some(session_id(&*self.session_ids.known()?, token))
    }

    /// The id of the session of `token`.
    pub async fn session_id(&self, token: &Token) -> Result<String> {
        Ok(session_id(&*self.session_ids.key(self.sessions()).await?, token))
    }

    pub async fn inspect(&self, admission: &Admission, token: &Token) -> Result<Option<Inspected>> {
        admission.check()?;
        let Some(session) = self.sessions().inspect(token).await? else { return Ok(None) };
        let key = self.session_ids.key(self.sessions()).await?;
        Ok(Some(self.inspected(session, &key)))
    }

    /// What is known of `token`, live or not.
    pub async fn explain(&self, admission: &Admission, token: &Token) -> Result<Standing> {
        admission.check()?;
        self.sessions().explain(token).await
    }

    /// The sessions of `user`; `current` is the token of one of them.
    pub async fn list(&self, admission: &Admission, user: String, current: Option<&str>) -> Result<Vec<Inspected>> {
        admission.check()?;
        let owner = self.owner(user);
        if !owner.is_usable() {
            return Ok(Vec::new());
        }
        let key = self.session_ids.key(self.sessions()).await?;
        let current = current.and_then(Token::parse).map(|token| session_id(&key, &token));
        let sessions = self.sessions().list(&owner).await?.into_iter();
        Ok(sessions
            .map(|session| {
                let inspected = self.inspected(session, &key);
                let is_current = current.as_deref() == Some(inspected.id.as_str());
                Inspected { is_current, ..inspected }
            })
            .collect())
    }

    /// Revokes `token`. Returns whether it was live.
    pub async fn revoke(&self, admission: &Admission, token: &Token) -> Result<bool> {
        admission.check()?;
        self.sessions().revoke(token).await
    }

    /// Revokes the session of `user` with this id. Returns whether it was live.
    pub async fn revoke_by_id(&self, admission: &Admission, user: String, id: &str) -> Result<bool> {
        admission.check()?;
        let owner = self.owner(user);
        if !owner.is_usable() {
            return Ok(false);
        }
        let key = self.session_ids.key(self.sessions()).await?;
        let sessions = self.sessions().list(&owner).await?;
        match sessions.iter().find(|session| session_id(&key, &session.token) == id) {
            Some(session) => self.sessions().revoke_session(&session.token).await,
            None => Ok(false),
        }
    }

    /// Revokes the sessions of `user`, but for that of `except`. Returns how many were live.
    pub async fn revoke_user(
        &self,
        admission: &Admission,
        user: String,
        except: Option<&str>,
        all_skus: bool,
    ) -> Result<u64> {
        admission.check()?;
        let owner = self.owner(user);
        let except = except.and_then(Token::parse);
        if except.as_ref().is_some_and(|token| token.owner().user != owner.user) {
            return Err(Error::foreign_session());
        }
        match owner.is_usable() {
            true => self.sessions().revoke_all(&owner, except.as_ref(), all_skus).await,
            false => Ok(0),
        }
    }

    /// Replaces a live token by a new one. The old one stays valid for `grace`.
    pub async fn rotate(&self, admission: &Admission, token: &Token, grace: Duration) -> Result<Login> {
        admission.check()?;
        let key = self.session_ids.key(self.sessions()).await?;
        // Looked at before, for what a rotation takes along.
        let session = self.sessions().inspect(token).await?.ok_or_else(Error::invalid_token)?;
        let open_id = self.open_id(&session);
        self.prolong(self.stored_key(open_id.as_deref())).await?;
        let issued = self.sessions().rotate(token, grace).await?.ok_or_else(Error::invalid_token)?;
        let id = session_id(&key, &issued.token);
        Ok(Login { issued, id, open_id, union_id: None, is_new_user: None })
    }

    fn inspected(&self, session: Session, key: &Key) -> Inspected {
        let (id, open_id) = (session_id(key, &session.token), self.open_id(&session));
        Inspected { session, id, open_id, is_current: false }
    }
}
