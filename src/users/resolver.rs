//! The application's own function that finds or makes its user, whom WeChat has named.

use super::{Registered, host};
use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostCall, Identity};

pub struct Resolver {
    host: Host,
}

impl Resolver {
    pub fn new(dispatch: Dispatch) -> Self {
        Self { host: host(dispatch) }
    }

    /// What the function throws reaches the caller as it is: index.js keeps it under the number of
    /// the host call, which it gives as the cause.
    pub async fn resolve(&self, identity: Identity) -> Result<Registered> {
        let reply = self.host.call(HostCall::Resolve(identity)).await;
        let reply = reply.map_err(|cause| cause.parse().map_or_else(|_| Error::database(cause), Error::thrown))?;
        let mut reply = reply.into_iter();
        let user = reply.next().ok_or_else(Error::internal)?;
        let is_new = reply.next().and_then(|is_new| match is_new.as_str() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        });
        Ok(Registered { user, is_new })
    }
}
