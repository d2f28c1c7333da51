//! Checks on the JavaScript thread: what they need to know, and who is logged in.

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::auth::Auth;
use crate::sessions::{Address, Direct};

/// In place of what is not stored.
const NONE: &str = "-";

/// Where redis is, and how records look there. Times are milliseconds.
#[napi(object)]
pub struct DirectPlan {
    pub host: Option<String>,
    pub port: Option<u16>,
    /// Of a socket.
    pub path: Option<String>,
    /// The commands that a connection begins with.
    pub login: Buffer,
    /// How many of these stand before those that ask for the role and the time.
    pub logins: u32,
    pub tagged: bool,
    /// The fields that a check reads.
    pub validity: Vec<String>,
    pub session: Vec<String>,
    pub connect_timeout: f64,
    pub deadline: f64,
}

impl From<Direct> for DirectPlan {
    fn from(direct: Direct) -> Self {
        let (host, port, path) = match direct.address {
            Address::Tcp { host, port, .. } => (Some(host), Some(port), None),
            Address::Unix(path) => (None, None, Some(path.to_string_lossy().into_owned())),
        };
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            host,
            port,
            path,
            login: direct.login.into(),
            logins: u32::try_from(direct.logins).unwrap_or_default(),
            tagged: direct.is_tagged,
            validity: texts(direct.validity),
            session: texts(direct.session),
            connect_timeout: direct.connect_timeout.as_secs_f64() * 1000.0,
            deadline: direct.deadline.as_secs_f64() * 1000.0,
        }
    }
}

/// Of tokens and what is stored of the openid of each, in turn, the id of the session and the
/// openid. What cannot be told at once has no id.
pub fn describe(auth: &Auth, lines: &str) -> Vec<Option<String>> {
    let mut lines = lines.split('\n');
    let mut described = Vec::new();
    while let (Some(token), Some(stored)) = (lines.next(), lines.next()) {
        let (id, open_id) = auth.describe(token, (stored != NONE).then_some(stored)).unzip();
        described.extend([id, open_id.flatten()]);
    }
    described
}
