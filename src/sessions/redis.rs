//! The live tokens in redis. May import `error`, `events`, `hex`, `token` and
//! `tls`.
//!
//! A token's record is a hash, in the compatible layout under the token's own name, as 1.3.2 keeps
//! it. An index per user and sku lists the tokens, so that a login costs the same with a thousand
//! keys as with a hundred million. A listed token is live only if its record exists: that alone
//! decides, for administrators delete, expire and persist records.
//!
//! A change reads the index, then runs one script on what was listed; an end of sessions that
//! others keep from matching the index runs a second one. The end of all of a user's sessions sets
//! a mark: what was issued until then has ended, whether it was listed or not. A session that was
//! rotated has a note, which tells its current token, those in their grace, and whether it has
//! ended.

mod adoption;
mod cache;
mod checks;
mod connect;
mod diagnosis;
mod direct;
mod explanation;
mod health;
mod index;
mod keys;
mod listing;
mod liveness;
mod login;
mod record;
mod revocation;
mod rotation;
mod script;
mod scripts;
mod shared_values;

pub use connect::{Address, Endpoint, Settings, Tls};
pub use direct::Direct;
pub use keys::Layout;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use redis::ProtocolVersion;

use super::{Health, Policy};
use crate::error::{Error, Result};
use crate::events::Events;
use adoption::Adoption;
use cache::{Cache, Tracking};
pub use cache::{CacheLimits, Cached};
use connect::{Link, Topology};
use scripts::Scripts;

/// How often a look at a user's sessions is repeated while others keep changing them. Each attempt
/// that fails means that another call succeeded.
const MAX_ATTEMPTS: usize = 64;

/// How often the end of sessions is tried in one step, all or nothing, before it takes effect in
/// two: others may keep changing the sessions, and must not hold it off.
const STRICT_ATTEMPTS: usize = 3;

pub struct Redis {
    link: Arc<Link>,
    scripts: Arc<Scripts>,
    layout: Layout,
    policy: Policy,
    /// Where 1.3.2 may have left tokens: it knows the compatible layout alone.
    adoption: Option<Arc<Adoption>>,
    /// Where checks are cached.
    tracking: Option<Arc<Tracking>>,
    events: Arc<Events>,
}

impl Redis {
    /// `Err` says what is wrong with `settings`.
    pub fn new(
        settings: &Settings,
        layout: Layout,
        sku: &str,
        policy: Policy,
        cache: Option<&CacheLimits>,
        events: Arc<Events>,
    ) -> std::result::Result<Self, String> {
        let link = Arc::new(Link::new(settings, events.clone())?);
        let scripts = Arc::new(Scripts::new(layout, &policy));
        let adoption =
            (layout == Layout::Compatible).then(|| Arc::new(Adoption::new(link.clone(), scripts.clone(), sku)));
        let tracking = match cache {
            Some(limits) => {
                let topology = Topology::new(settings, ProtocolVersion::RESP3)?;
                let cache = Cache::new(layout, limits);
                Some(Arc::new(Tracking::new(topology, settings.connect_timeout, link.clone(), cache)))
            }
            None => None,
        };
        Ok(Self { link, scripts, layout, policy, adoption, tracking, events })
    }

    /// Begins in the background what no call needs to wait for: the adoption of 1.3.2's tokens, in
    /// the compatible layout, and the connection of the cache, where there is one. With neither,
    /// the first call connects.
    pub fn start(&self) {
        if let Some(adoption) = &self.adoption {
            adoption.begin();
        }
        if let Some(tracking) = &self.tracking {
            tracking.begin();
        }
    }

    /// Runs a whole call, for the deadline at most.
    pub async fn bounded<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.link.bounded(call).await
    }

    pub fn cached(&self, token: &str) -> Option<Cached> {
        self.tracking.as_ref()?.cache().get(token)
    }

    pub fn changes(&self) -> Option<Arc<AtomicU32>> {
        Some(self.tracking.as_ref()?.cache().changes())
    }

    pub fn kind(&self) -> &'static str {
        self.link.topology().name()
    }

    pub async fn health(&self) -> Health {
        let mut health = health::check(&self.link).await;
        if let Some(tracking) = &self.tracking
            && health.latency.is_ok()
            && let Some(cause) = tracking.failure().await
        {
            health.warnings.push(format!("options.cache has no effect, every check asks redis: {cause}"));
        }
        health
    }

    /// What redis replies to plain commands, as JSON.
    pub async fn ask(&self, commands: &[Vec<String>]) -> Result<String> {
        self.link.bounded(diagnosis::ask(&self.link, commands)).await
    }

    pub async fn close(&self) {
        self.link.close();
        if let Some(tracking) = &self.tracking {
            tracking.cache().close();
        }
    }
}

fn contended() -> Error {
    Error::database("too many changes of one user's sessions at once, try again")
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
