//! What is asked to find out how the application is set up. It changes nothing of the tokens.

use super::request_error::Purpose;
use super::{Admission, Auth};
use crate::error::{Error, Result};
use crate::sessions::Sessions;
use crate::wechat::access_token;

impl Auth {
    /// What redis replies to plain commands, as JSON; see `sessions/redis/diagnosis.rs`.
    pub async fn ask_redis(&self, admission: &Admission, commands: &[Vec<String>]) -> Result<String> {
        admission.check()?;
        match self.sessions() {
            Sessions::Redis(redis) => redis.ask(commands).await,
            Sessions::Embedded(_) => Err(Error::internal()),
        }
    }

    /// Whether WeChat knows the app id and the secret. Its current access token is asked for, and
    /// dropped: that invalidates none, and the token store is not asked.
    pub async fn try_credentials(&self, admission: &Admission) -> Result<()> {
        admission.check()?;
        let credentials = self.dependencies.credentials.both();
        let (id, secret) = credentials.map_err(|cause| Error::server_api_failed(cause, false).by_configuration())?;
        let asked = access_token(&self.dependencies.client, id, secret, false, None).await;
        asked.map(drop).map_err(|error| Purpose::AccessToken.error(error))
    }
}
