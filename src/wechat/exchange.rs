//! The exchange of a login code: by WeChat's `auth.code2Session`, or by the application's own
//! function where it reaches WeChat another way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::call::Call;
use super::client::Client;
use super::credentials::Credentials;
use super::json::Object;
use super::mask::Mask;
use super::reply::{RequestError, check_errcode, parse_refusal, parse_reply};
use crate::error::Refusal;
use crate::host::{CALLER, Host, HostCall};

/// A shorter text than this is a test's code or secret, and may be a word of an error.
const MIN_SECRET_LENGTH: usize = 8;

/// What WeChat says about a login.
#[derive(Debug, Clone)]
pub struct LoginReply {
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    pub session_key: Option<String>,
    /// For the error of a flow that misses one of these.
    pub refusal: Refusal,
}

/// Who exchanges codes.
pub enum Exchange {
    WeChat(Arc<Client>),
    /// The application's function.
    Function(Host),
}

impl Exchange {
    /// The app id that decrypted data must be made for. `Err` says what a login misses.
    pub fn app_id<'a>(&self, credentials: &'a Credentials) -> Result<&'a str, &'static str> {
        match self {
            Self::WeChat(_) => credentials.both().map(|(app_id, _)| app_id),
            // The application's function knows the secret itself, or needs none.
            Self::Function(_) => credentials.app_id(),
        }
    }

    /// `Err` says what an exchange misses: the application's function needs nothing.
    pub fn ready(&self, credentials: &Credentials) -> Result<(), &'static str> {
        match self {
            Self::WeChat(_) => credentials.both().map(|_| ()),
            Self::Function(_) => Ok(()),
        }
    }

    /// Exchanges the code that `wx.login` gave.
    pub async fn reply(&self, credentials: &Credentials, code: &SharedExchange) -> Result<LoginReply, RequestError> {
        let request = || CALLER.scope(code.caller, self.request(credentials, &code.code));
        code.reply.get_or_init(request).await.clone()
    }

    async fn request(&self, credentials: &Credentials, code: &str) -> Result<LoginReply, RequestError> {
        match self {
            Self::WeChat(client) => {
                let (app_id, secret) = credentials.both().map_err(RequestError::failed)?;
                let query =
                    [("appid", app_id), ("secret", secret), ("js_code", code), ("grant_type", "authorization_code")];
                let secrets = [secret, code];
                let call = Call::get("/sns/jscode2session", &query, &secrets);
                client.ask(&call, |reply| parse_login(reply, &secrets)).await
            }
            Self::Function(host) => {
                let secrets = [credentials.secret.as_deref().unwrap_or_default(), code];
                let failed = |cause: String| RequestError::failed(mask(cause, &secrets));
                let reply = host.call(HostCall::Exchange(code.to_owned())).await.map_err(failed)?;
                parse_login(&parse_reply(reply.concat().as_bytes())?, &secrets)
            }
        }
    }
}

/// A reply that holds a session is a success, whatever errcode stands beside it.
fn parse_login(reply: &Object, secrets: &[&str]) -> Result<LoginReply, RequestError> {
    let (session_key, mask) = (reply.text("session_key"), Mask { secrets, sent: "" });
    if session_key.is_none() {
        check_errcode(reply, mask)?;
    }
    let (open_id, union_id) = (reply.text("openid"), reply.text("unionid"));
    let refusal = parse_refusal(reply, mask);
    Ok(LoginReply { open_id, union_id, session_key, refusal })
}

/// Masks `secrets` in what the application's function threw. A code is a secret until it is used.
fn mask(cause: String, secrets: &[&str]) -> String {
    let long: Vec<_> = secrets.iter().copied().filter(|secret| secret.len() >= MIN_SECRET_LENGTH).collect();
    Mask { secrets: &long, sent: "" }.apply(cause)
}

type Reply = Arc<OnceCell<Result<LoginReply, RequestError>>>;

/// The exchanges in flight, by their codes, with the first call of each. WeChat accepts a code
/// once, so calls with the same code share one request.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Mutex<HashMap<String, (Reply, u32)>>>);

/// An exchange that all calls with one code share. A call that joins it before the first of them
/// drops it gets the same reply; a later call sends a request of its own.
pub struct SharedExchange {
    code: String,
    reply: Reply,
    /// The number of the first call, in whose context the application's function runs.
    caller: u32,
    in_flight: InFlight,
}

impl InFlight {
    /// Lets the call `caller` join the exchange of `code`, or start one.
    pub fn join(&self, code: String, caller: u32) -> SharedExchange {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (reply, caller) = codes.entry(code.clone()).or_insert_with(|| (Reply::default(), caller)).clone();
        SharedExchange { code, reply, caller, in_flight: self.clone() }
    }
}

impl Drop for SharedExchange {
    fn drop(&mut self) {
        let mut codes = self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.get(&self.code).is_some_and(|(current, _)| Arc::ptr_eq(current, &self.reply)) {
            codes.remove(&self.code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_a_success_whatever_errcode_stands_beside_it() {
        let parse = |json: &str| parse_login(&parse_reply(json.as_bytes()).unwrap(), &[]);
        for errcode in ["0", "-1", "40029", "null"] {
            let reply = parse(&format!(r#"{{"session_key":"k","openid":"o","errcode":{errcode}}}"#)).unwrap();
            assert_eq!((reply.session_key.as_deref(), reply.open_id.as_deref()), (Some("k"), Some("o")));
        }
        assert!(parse(r#"{"openid":"o","errcode":0}"#).is_ok());
        assert!(matches!(parse(r#"{"openid":"o","errcode":40029}"#), Err(RequestError::Refused(_))));
    }
}
