//! The live tokens in redis.
//!
//! A token's record is a hash, in the compatible layout under the token's own name, as 1.3.2 keeps it. An index per user and sku lists
//! the tokens, so that a login costs the same with a thousand keys as with a hundred million. A listed token is live only if its record exists: that alone
//! decides, for administrators delete, expire and persist records.
//!
//! A change reads the index, then runs one script that declares the index and every listed record as its keys, checks that the index
//! still lists exactly these, and does all or nothing. Hosted redis, proxies and Cluster refuse scripts that touch undeclared keys.
//!
//! A token that was rotated away leaves a note, which tells the token in its place.

mod adoption;
mod cache;
mod checks;
mod cluster;
mod connection;
mod health;
mod keys;
mod link;
mod record;
mod scripts;
mod sentinel;
mod server;
mod settings;
mod standing;
mod topology;
mod tracking;

use std::slice;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::{join, try_join, try_join_all};
use redis::{Cmd, ProtocolVersion, cmd};
use tokio::time::Instant;

use super::{CacheLimits, Health, Issued, Notes, Policy, Session, Sought};
use crate::error::{Error, Result};
use crate::token::{Owner, Token, random_hex};
use adoption::Adoption;
use cache::{Cache, Ending};
use keys::Keys;
pub use keys::Layout;
use link::Link;
use scripts::{Scripts, Verdict};
pub use settings::{Place, Settings, Tls};
use topology::Topology;
use tracking::Tracking;

/// How often a change is tried against an index that others keep changing. Each try that fails means that another one succeeded.
const MAX_TRIES: usize = 64;

pub struct Redis {
    link: Arc<Link>,
    scripts: Arc<Scripts>,
    layout: Layout,
    policy: Policy,
    /// Where 1.3.2 may have left tokens: it knows the compatible layout alone.
    adoption: Option<Arc<Adoption>>,
    /// Where checks are cached.
    tracking: Option<Arc<Tracking>>,
}

impl Redis {
    /// `Err` says what is wrong with `settings`.
    pub fn new(
        settings: &Settings,
        layout: Layout,
        sku: &str,
        policy: Policy,
        cache: Option<&CacheLimits>,
    ) -> std::result::Result<Self, String> {
        let link = Arc::new(Link::new(settings)?);
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
        Ok(Self { link, scripts, layout, policy, adoption, tracking })
    }

    /// Connects, and adopts what 1.3.2 left.
    pub fn start(&self) {
        if let Some(adoption) = &self.adoption {
            adoption.begin();
        }
        if let Some(tracking) = &self.tracking {
            tracking.begin();
        }
    }

    pub async fn find(&self, owner: &Owner, started: Instant) -> Result<Option<Token>> {
        match self.policy.each {
            Some(_) => Ok(None),
            None => self.link.bounded_since(started, self.find_or_adopt(owner)).await,
        }
    }

    pub async fn issue(&self, owner: &Owner, notes: &Notes, sought: Sought, started: Instant) -> Result<Issued> {
        self.link.bounded_since(started, self.issue_or_share(owner, notes, sought)).await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        self.link.bounded(self.replace_listed(owner)).await
    }

    /// For a call that started then.
    pub async fn contains(&self, token: &Token, started: Instant) -> Result<bool> {
        self.link.bounded_since(started, self.is_valid(token)).await
    }

    pub fn is_cached(&self, token: &str) -> bool {
        self.tracking.as_ref().is_some_and(|tracking| tracking.cache().holds(token))
    }

    pub async fn note(&self, token: &Token, notes: &Notes, started: Instant) -> Result<bool> {
        let note = self.link.run(|connection| self.scripts.note(connection, token, notes));
        self.link.bounded_since(started, note).await
    }

    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        self.link.bounded(self.session(token)).await
    }

    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        self.link.bounded(self.sessions(owner)).await
    }

    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        self.link.bounded(self.revoke_live(token)).await
    }

    pub async fn revoke_all(&self, owner: &Owner, all_skus: bool) -> Result<u64> {
        self.link.bounded(self.revoke_skus(owner, all_skus)).await
    }

    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        self.link.bounded(self.rotate_live(token, grace)).await
    }

    pub async fn recall(&self, name: &str) -> Result<Option<String>> {
        self.link.bounded(self.link.query(&Cmd::get(keys::shared(name)))).await
    }

    pub async fn remember(&self, name: &str, value: &str, life: Duration) -> Result<()> {
        let mut put = cmd("SET");
        put.arg(keys::shared(name)).arg(value).arg("PX").arg(milliseconds(life));
        self.link.bounded(self.link.query(&put)).await
    }

    pub async fn claim(&self, name: &str, value: &str, life: Duration) -> Result<bool> {
        let mut put = cmd("SET");
        put.arg(keys::shared(name)).arg(value).arg("NX").arg("PX").arg(milliseconds(life));
        let done: Option<String> = self.link.bounded(self.link.query(&put)).await?;
        Ok(done.is_some())
    }

    pub async fn forget(&self, name: &str) -> Result<()> {
        self.link.bounded(self.link.query(&Cmd::del(keys::shared(name)))).await
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

    pub async fn close(&self) {
        self.link.close();
        if let Some(tracking) = &self.tracking {
            tracking.cache().close();
        }
    }

    async fn find_or_adopt(&self, owner: &Owner) -> Result<Option<Token>> {
        if let Some(token) = self.newest(owner).await? {
            return Ok(Some(token));
        }
        match &self.adoption {
            // Looked at again in any case: a walk may have ended since the first look.
            Some(adoption) => {
                adoption.settle().await?;
                self.newest(owner).await
            }
            None => Ok(None),
        }
    }

    async fn issue_or_share(&self, owner: &Owner, notes: &Notes, sought: Sought) -> Result<Issued> {
        let keys = Keys::of(owner);
        if self.policy.each.is_none()
            && sought == Sought::NotYet
            && self.newest(owner).await?.is_none()
            && let Some(adoption) = &self.adoption
        {
            adoption.settle().await?;
        }
        for _ in 0..MAX_TRIES {
            let fresh = Token::mint(owner)?;
            let (listed, noted) = join(self.listed(&keys), self.note_sku(&owner.sku)).await;
            let listed = listed?;
            if let Err(error) = noted {
                return self.share(owner, notes).await?.ok_or(error);
            }
            let _ending = Ending(if self.policy.each.is_some() { &listed } else { &[] });
            let issue = self.link.run(|connection| self.scripts.issue(connection, &keys, &fresh, notes, &listed));
            match issue.await? {
                Verdict::Changed { expires } => return Ok(Issued { token: fresh, expires }),
                Verdict::Live { token, expires } => return Ok(Issued { token, expires }),
                Verdict::Stale if self.policy.each.is_some() => {
                    // The script may have run before, and its reply been lost on the way.
                    if let Some(issued) = self.issued_before(&keys, fresh).await? {
                        return Ok(issued);
                    }
                }
                Verdict::Stale => {}
            }
        }
        Err(contended())
    }

    /// The live token that the logins of `owner` share, which gets the notes: also a redis that takes no new ones, for want of memory
    /// say, knows who is logged in.
    async fn share(&self, owner: &Owner, notes: &Notes) -> Result<Option<Issued>> {
        if self.policy.each.is_some() {
            return Ok(None);
        }
        let Some(token) = self.newest(owner).await? else { return Ok(None) };
        let noted =
            notes.is_empty() || self.link.run(|connection| self.scripts.note(connection, &token, notes)).await?;
        let session = if noted { self.read(&token).await? } else { None };
        Ok(session.map(|session| Issued { token, expires: session.expires }))
    }

    /// What was issued by a call whose reply was lost.
    async fn issued_before(&self, keys: &Keys, token: Token) -> Result<Option<Issued>> {
        match self.listed(keys).await?.contains(&token) {
            true => Ok(self.read(&token).await?.map(|session| Issued { token, expires: session.expires })),
            false => Ok(None),
        }
    }

    async fn replace_listed(&self, owner: &Owner) -> Result<Token> {
        let keys = Keys::of(owner);
        let mut tried: Vec<Token> = Vec::new();
        for _ in 0..MAX_TRIES {
            let (listed, ()) = try_join(self.listed(&keys), self.note_sku(&owner.sku)).await?;
            // The script ran before, and its reply was lost on the way.
            if let Some(token) = tried.iter().find(|token| listed.contains(token)) {
                return Ok(token.clone());
            }
            let fresh = Token::mint(owner)?;
            let _ending = Ending(&listed);
            let verdict = self.link.run(|connection| self.scripts.replace(connection, &keys, &fresh, &listed)).await?;
            if let Verdict::Changed { .. } = verdict {
                return Ok(fresh);
            }
            tried.push(fresh);
        }
        Err(contended())
    }

    async fn session(&self, token: &Token) -> Result<Option<Session>> {
        // It may be rotated between the two looks.
        while let Some(found) = self.live(token).await? {
            if let Some(session) = self.read(&found.token).await? {
                let expires = found.grace_ends.or(session.expires);
                return Ok(Some(Session { token: token.clone(), expires, ..session }));
            }
        }
        Ok(None)
    }

    /// The record of a live token.
    async fn read(&self, token: &Token) -> Result<Option<Session>> {
        let key = self.layout.record(token);
        self.link.run(|connection| record::session(connection, &key, token, now())).await
    }

    async fn sessions(&self, owner: &Owner) -> Result<Vec<Session>> {
        if let Some(adoption) = &self.adoption {
            adoption.settle().await?;
        }
        let keys = Keys::of(owner);
        let mut listed = self.listed(&keys).await?;
        for _ in 0..MAX_TRIES {
            let sessions = try_join_all(listed.iter().map(|token| self.read(token))).await?;
            // A session must not be missed that is rotated between the two looks.
            let again = self.listed(&keys).await?;
            if again == listed {
                return Ok(sessions.into_iter().flatten().collect());
            }
            listed = again;
        }
        Err(contended())
    }

    async fn revoke_live(&self, token: &Token) -> Result<bool> {
        while let Some(found) = self.live(token).await? {
            let _ending = Ending(slice::from_ref(&found.token));
            if self.link.run(|connection| self.scripts.revoke(connection, &found.token)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn revoke_skus(&self, owner: &Owner, all: bool) -> Result<u64> {
        if let Some(adoption) = &self.adoption {
            adoption.settle().await?;
        }
        let mut skus: Vec<String> = if all { self.link.query(&Cmd::smembers(keys::SKUS)).await? } else { Vec::new() };
        if !skus.contains(&owner.sku) {
            skus.push(owner.sku.clone());
        }
        let owners = skus.into_iter().map(|sku| Owner { user: owner.user.clone(), sku });
        let counts = try_join_all(owners.map(|owner| self.revoke_listed(owner))).await?;
        Ok(counts.into_iter().sum())
    }

    async fn revoke_listed(&self, owner: Owner) -> Result<u64> {
        let keys = Keys::of(&owner);
        for _ in 0..MAX_TRIES {
            let listed = self.listed(&keys).await?;
            let _ending = Ending(&listed);
            let revoke = self.link.run(|connection| self.scripts.revoke_all(connection, &keys, &listed));
            if let Some(count) = revoke.await? {
                return Ok(count);
            }
        }
        Err(contended())
    }

    async fn rotate_live(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        let (fresh, family) = (Token::mint(&token.owner())?, random_hex()?);
        let _ending = Ending(slice::from_ref(token));
        self.note_sku(&token.owner().sku).await?;
        for _ in 0..MAX_TRIES {
            let Some(found) = self.live(token).await? else { return Ok(None) };
            if found.grace_ends.is_some() {
                match self.read(&found.token).await? {
                    Some(session) => return Ok(Some(Issued { token: found.token, expires: session.expires })),
                    None => continue, // rotated or ended between the two looks
                }
            }
            let rotate = self.link.run(|connection| self.scripts.rotate(connection, token, &fresh, grace, &family));
            if let Verdict::Changed { expires } = rotate.await? {
                return Ok(Some(Issued { token: fresh, expires }));
            }
            // The script ran before, and its reply was lost on the way. Without a grace, another look would end the session.
            if self.trace(token).await?.is_some_and(|trace| trace.next == fresh) {
                return Ok(self.read(&fresh).await?.map(|session| Issued { token: fresh, expires: session.expires }));
            }
        }
        Err(contended())
    }

    /// The newest listed token whose record exists; it counts as used. One that was rotated away since is passed over: a look of ours must
    /// not count as the use of an old token, which would end the session.
    async fn newest(&self, owner: &Owner) -> Result<Option<Token>> {
        for token in self.listed(&Keys::of(owner)).await?.iter().rev() {
            if self.is_recorded(token).await? {
                return Ok(Some(token.clone()));
            }
        }
        Ok(None)
    }

    /// What the index lists, oldest first.
    async fn listed(&self, keys: &Keys) -> Result<Vec<Token>> {
        let members: Vec<String> = self.link.query(&Cmd::zrange(&keys.index, 0, -1)).await?;
        members.iter().map(|member| Token::parse(member).ok_or_else(foreign_member)).collect()
    }

    /// Remembers that there are tokens of `sku`, for who ends a user's tokens of all skus.
    async fn note_sku(&self, sku: &str) -> Result<()> {
        self.link.query(&Cmd::sadd(keys::SKUS, sku)).await
    }
}

fn contended() -> Error {
    Error::database("too many logins of one user at once, try again")
}

/// Somebody else writes into our keys. The index's own name would tell a user's id.
fn foreign_member() -> Error {
    Error::database("an index key (mpauthx:{u:…}) in redis lists something that is no token, delete that member")
}

fn now() -> u64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
