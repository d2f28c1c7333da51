//! The admission of calls: how many run at once, and which were made before `close`.

use std::sync::atomic::Ordering;

use tokio::sync::OwnedSemaphorePermit;

use super::Auth;
use crate::error::{Error, Result};

/// Calls in flight per object. Past it a call is refused at once: a store that hangs must not fill
/// the memory.
pub(super) const MAX_CALLS: u32 = 1 << 16;

/// Requests to WeChat in flight per object, of logins and of all others: what comes then waits for
/// its turn.
pub(super) const MAX_REQUESTS: usize = 256;

/// Logins per object that are in flight or wait for their turn; and as many other calls to WeChat.
pub(super) const MAX_TO_WECHAT: u32 = 256 + 4096;

/// Whether a call may use the token store. It is decided when the call is made, so that `close`
/// lets the calls before it finish.
pub enum Admission {
    Admitted(OwnedSemaphorePermit),
    Closed,
    TooMany,
    TooManyLogins,
    TooManyRequests,
}

impl Admission {
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// Fails where there are too many calls. Comes before a call's first step.
    pub(super) fn has_room(&self) -> Result<()> {
        match self {
            Self::TooMany => Err(too_many_calls()),
            Self::TooManyLogins => Err(Error::too_many_logins()),
            Self::TooManyRequests => Err(Error::too_many_requests()),
            Self::Admitted(_) | Self::Closed => Ok(()),
        }
    }

    /// Fails where the call was not admitted. Comes before the token store is used.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::Admitted(_) => Ok(()),
            Self::Closed => Err(closed()),
            Self::TooMany => Err(too_many_calls()),
            Self::TooManyLogins => Err(Error::too_many_logins()),
            Self::TooManyRequests => Err(Error::too_many_requests()),
        }
    }
}

pub fn too_many_calls() -> Error {
    Error::database(format!("more than {MAX_CALLS} calls at once, try again"))
}

pub fn closed() -> Error {
    Error::database("mpauthx was closed")
}

impl Auth {
    /// Admits a call. The admission is held until index.js has the outcome: else a call that
    /// follows the outcome could find the place still taken.
    pub fn admit(&self) -> Admission {
        if !self.is_open() {
            return Admission::Closed;
        }
        self.permits.clone().try_acquire_owned().map_or(Admission::TooMany, Admission::Admitted)
    }

    /// Admits a login.
    pub fn admit_login(&self) -> Admission {
        if !self.is_open() {
            return Admission::Closed;
        }
        self.login_permits.clone().try_acquire_owned().map_or(Admission::TooManyLogins, Admission::Admitted)
    }

    /// Admits a call to WeChat after the login.
    pub fn admit_request(&self) -> Admission {
        if !self.is_open() {
            return Admission::Closed;
        }
        self.request_permits.clone().try_acquire_owned().map_or(Admission::TooManyRequests, Admission::Admitted)
    }

    /// Admits as many of `count` calls as there is room for.
    pub fn admit_many(&self, count: u32) -> (Admission, u32) {
        if !self.is_open() {
            return (Admission::Closed, count);
        }
        let room = u32::try_from(self.permits.available_permits()).unwrap_or(u32::MAX).min(count);
        match self.permits.clone().try_acquire_many_owned(room) {
            Ok(permits) if room > 0 => (Admission::Admitted(permits), room),
            _ => (Admission::TooMany, 0),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Admits no more calls from now on.
    pub fn shut(&self) {
        self.open.store(false, Ordering::Release);
    }

    /// Closes the connections once index.js has the outcomes of all admitted calls. Call `shut`
    /// first.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(MAX_CALLS).await;
        let logins = self.login_permits.acquire_many(MAX_TO_WECHAT).await;
        let requests = self.request_permits.acquire_many(MAX_TO_WECHAT).await;
        self.sessions().close().await;
        self.users().close().await;
        drop((all, logins, requests));
    }

    /// Nobody takes outcomes any more, so `close` waits for none.
    pub fn abandon(&self) {
        self.permits.close();
        self.login_permits.close();
        self.request_permits.close();
    }
}
