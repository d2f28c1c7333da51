//! The live tokens in redis.
//!
//! A token's record is a hash, in the compatible layout under the token's own name, as 1.3.2 keeps it. An index per user and sku lists
//! the tokens, so that a login costs the same with a thousand keys as with a hundred million. A listed token is live only if its record exists: that alone
//! decides, for administrators delete, expire and persist records.
//!
//! A change reads the index, then runs one script that declares the index and every listed record as its keys, checks that the index
//! still lists exactly these, and does all or nothing. Hosted redis, proxies and Cluster refuse scripts that touch undeclared keys.

mod adoption;
mod cluster;
mod connection;
mod health;
mod keys;
mod link;
mod scripts;
mod sentinel;
mod server;
mod settings;
mod topology;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::{Cmd, RedisError, RedisResult};

use super::Health;
use crate::error::{Error, Result};
use crate::token::{Owner, Token};
use adoption::Adoption;
use connection::Connection;
use keys::Keys;
pub use keys::Layout;
use link::Link;
use scripts::{Scripts, Verdict};
pub use settings::{Place, Settings, Tls};

/// How often a change is tried against an index that others keep changing. Each try that fails means that another one succeeded.
const MAX_TRIES: usize = 64;

pub struct Redis {
    link: Arc<Link>,
    scripts: Arc<Scripts>,
    layout: Layout,
    /// Where 1.3.2 may have left tokens: it knows the compatible layout alone.
    adoption: Option<Arc<Adoption>>,
    /// Life of a token, in seconds.
    ttl: u64,
}

impl Redis {
    /// `Err` says what is wrong with `settings`.
    pub fn new(settings: &Settings, layout: Layout, sku: &str, ttl: Duration) -> std::result::Result<Self, String> {
        let link = Arc::new(Link::new(settings)?);
        let scripts = Arc::new(Scripts::new(layout));
        let adoption =
            (layout == Layout::Compatible).then(|| Arc::new(Adoption::new(link.clone(), scripts.clone(), sku)));
        Ok(Self { link, scripts, layout, adoption, ttl: ttl.as_secs() })
    }

    /// Connects, and adopts what 1.3.2 left.
    pub fn start(&self) {
        if let Some(adoption) = &self.adoption {
            adoption.begin();
        }
    }

    pub async fn find(&self, owner: &Owner) -> Result<Option<Token>> {
        self.link.bounded(self.find_or_adopt(owner)).await
    }

    pub async fn issue(&self, owner: &Owner) -> Result<Token> {
        self.link.bounded(self.issue_or_find(owner)).await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        self.link.bounded(self.replace_listed(owner)).await
    }

    pub async fn contains(&self, token: &Token) -> Result<bool> {
        self.link.bounded(self.is_live(token)).await
    }

    pub fn kind(&self) -> &'static str {
        self.link.topology().name()
    }

    pub async fn health(&self) -> Health {
        health::check(&self.link).await
    }

    pub fn close(&self) {
        self.link.close();
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

    async fn issue_or_find(&self, owner: &Owner) -> Result<Token> {
        let keys = Keys::of(owner);
        for _ in 0..MAX_TRIES {
            let fresh = Token::mint(owner)?;
            let listed = self.listed(&keys).await?;
            let verdict =
                self.link.run(|connection| self.scripts.issue(connection, &keys, &fresh, self.ttl, &listed)).await?;
            match verdict {
                Verdict::Changed => return Ok(fresh),
                Verdict::Live(token) => return Ok(token),
                Verdict::Stale => {}
            }
        }
        Err(contended())
    }

    async fn replace_listed(&self, owner: &Owner) -> Result<Token> {
        let keys = Keys::of(owner);
        let mut tried: Vec<Token> = Vec::new();
        for _ in 0..MAX_TRIES {
            let listed = self.listed(&keys).await?;
            // The script ran before, and its reply was lost on the way.
            if let Some(token) = tried.iter().find(|token| listed.contains(token)) {
                return Ok(token.clone());
            }
            let fresh = Token::mint(owner)?;
            let verdict =
                self.link.run(|connection| self.scripts.replace(connection, &keys, &fresh, self.ttl, &listed)).await?;
            if let Verdict::Changed = verdict {
                return Ok(fresh);
            }
            tried.push(fresh);
        }
        Err(contended())
    }

    async fn is_live(&self, token: &Token) -> Result<bool> {
        let key = self.layout.record(token);
        match self.link.run(|connection| record(connection, &key)).await? {
            Record::None => Ok(false),
            Record::Listed { issued } if self.is_listed_still(issued) => Ok(true),
            // An administrator made it live longer than the index that listed it.
            Record::Listed { .. } => Box::pin(self.link.run(|connection| self.scripts.adopt(connection, token))).await,
            Record::Foreign => match &self.adoption {
                // Boxed, like the one above: rare, and every waiting call would hold the room for it.
                Some(adoption) => Box::pin(adoption.adopt_on_sight(token)).await,
                None => Ok(false),
            },
        }
    }

    /// Whether an index that lists a token issued then (Unix milliseconds) cannot have expired yet.
    fn is_listed_still(&self, issued: u64) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u128::from(issued) + u128::from(self.ttl) * 1000 > now.as_millis()
    }

    /// The newest listed token whose record exists.
    async fn newest(&self, owner: &Owner) -> Result<Option<Token>> {
        for token in self.listed(&Keys::of(owner)).await?.iter().rev() {
            if self.is_live(token).await? {
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
}

/// What stands under a token's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    /// Nothing that makes the token live.
    None,
    /// A record that the index lists, or did; when it was issued, in Unix milliseconds.
    Listed { issued: u64 },
    /// A record that 1.3.2 wrote.
    Foreign,
}

/// Reads a token's record, in one round trip.
async fn record(mut connection: Connection, key: &str) -> RedisResult<Record> {
    let fields: RedisResult<[Option<Vec<u8>>; 2]> =
        redis::cmd("HMGET").arg(key).arg(keys::CTIME).arg(keys::LISTED).query_async(&mut connection).await;
    match fields {
        Ok([None, _]) => Ok(Record::None),
        Ok([Some(_), None]) => Ok(Record::Foreign),
        Ok([Some(ctime), Some(_)]) => {
            let issued = str::from_utf8(&ctime).ok().and_then(|ctime| ctime.parse().ok()).unwrap_or_default();
            Ok(Record::Listed { issued })
        }
        Err(error) if is_wrong_type(&error) => Ok(Record::None),
        Err(error) => Err(error),
    }
}

/// Whether the key holds something else than a hash.
fn is_wrong_type(error: &RedisError) -> bool {
    error.code() == Some("WRONGTYPE")
}

fn contended() -> Error {
    Error::database("too many logins of one user at once, try again")
}

/// Somebody else writes into our keys. The index's own name would tell a user's id.
fn foreign_member() -> Error {
    Error::database("an index key (mpauthx:{u:…}) in redis lists something that is no token, delete that member")
}
