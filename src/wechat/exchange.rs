//! The exchange of a login code: by WeChat's `auth.code2Session`, or by a function of the application's for those who reach WeChat
//! another way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::client::{Client, Trouble, accepted, read_reply, refusal};
use super::json::Object;
use crate::error::Refusal;
use crate::host::{Host, HostCall};

/// What WeChat says of a login.
#[derive(Debug, Clone)]
pub struct Reply {
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    pub session_key: Option<String>,
    /// For who misses one of these.
    pub refusal: Refusal,
}

pub enum Exchange {
    WeChat { client: Arc<Client>, app_id: Option<String>, secret: Option<String> },
    Function { host: Host, secret: Option<String> },
}

type Shared = Arc<OnceCell<Result<Reply, Trouble>>>;

/// Codes that are being exchanged: a code counts once, so two calls with the same one are one request.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Mutex<HashMap<String, Shared>>>);

/// A code that a call exchanges. Who comes with the same one before the first of them has let go of it gets the same answer; who
/// comes later asks again.
pub struct Exchanging {
    code: String,
    shared: Shared,
    in_flight: InFlight,
}

impl Exchange {
    /// The app id that decrypted data must be made for. `Err` says what is missing for a login.
    pub fn app_id<'a>(&self, app_id: Option<&'a str>) -> Result<&'a str, &'static str> {
        let has_secret = match self {
            Self::WeChat { secret, .. } => secret.is_some(),
            // The application's function knows the secret itself, or needs none.
            Self::Function { .. } => true,
        };
        credentials(app_id, has_secret.then_some("")).map(|(app_id, _)| app_id)
    }

    /// Exchanges the code that `wx.login` gave.
    pub async fn reply(&self, exchanging: &Exchanging) -> Result<Reply, Trouble> {
        exchanging.shared.get_or_init(|| self.request(&exchanging.code)).await.clone()
    }

    async fn request(&self, code: &str) -> Result<Reply, Trouble> {
        match self {
            Self::WeChat { client, app_id, secret } => {
                let (app_id, secret) = credentials(app_id.as_deref(), secret.as_deref()).map_err(Trouble::failed)?;
                let query =
                    [("appid", app_id), ("secret", secret), ("js_code", code), ("grant_type", "authorization_code")];
                let secrets = [secret, code];
                let reply = client.get("/sns/jscode2session", &query, &secrets).await?;
                Ok(read(&reply, &secrets))
            }
            Self::Function { host, secret } => {
                let secrets = [secret.as_deref().unwrap_or_default(), code];
                let masked =
                    |cause: String| Trouble::failed(secrets.iter().fold(cause, |cause, secret| mask(cause, secret)));
                let answer = host.call(HostCall::Exchange(code.to_owned())).await.map_err(masked)?;
                let reply = accepted(read_reply(answer.concat().as_bytes())?, &secrets)?;
                Ok(read(&reply, &secrets))
            }
        }
    }
}

impl InFlight {
    pub fn enter(&self, code: String) -> Exchanging {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = codes.entry(code.clone()).or_default().clone();
        Exchanging { code, shared, in_flight: self.clone() }
    }
}

impl Drop for Exchanging {
    fn drop(&mut self) {
        let mut codes = self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.get(&self.code).is_some_and(|current| Arc::ptr_eq(current, &self.shared)) {
            codes.remove(&self.code);
        }
    }
}

/// The app id and the secret, if neither is missing.
pub fn credentials<'a>(app_id: Option<&'a str>, secret: Option<&'a str>) -> Result<(&'a str, &'a str), &'static str> {
    match (app_id, secret) {
        (Some(app_id), Some(secret)) => Ok((app_id, secret)),
        (None, Some(_)) => Err("appId is missing, pass it when you create mpauthx"),
        (Some(_), None) => Err("secret is missing, pass it when you create mpauthx"),
        (None, None) => Err("appId and secret are missing, pass them when you create mpauthx"),
    }
}

fn read(reply: &Object, secrets: &[&str]) -> Reply {
    Reply {
        open_id: reply.text("openid"),
        union_id: reply.text("unionid"),
        session_key: reply.text("session_key"),
        refusal: refusal(reply, secrets),
    }
}

/// A code is a secret until it is used. One that is as short as a word is a test's.
fn mask(cause: String, secret: &str) -> String {
    match secret.len() < 8 {
        true => cause,
        false => cause.replace(secret, "***"),
    }
}
