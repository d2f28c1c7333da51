//! The adoption of tokens that 1.3.2 issued: their records carry no `v`, and no index lists them.
//!
//! One walk over the keys lists them, once per sku and redis; a marker remembers it. Whoever meets such a token later adopts it there
//! and then and drops the marker, for 1.3.2 may run somewhere (a rollback, a fleet half upgraded): then the walk under way is repeated
//! some times, or the next login that finds no token walks again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use redis::Cmd;
use tokio::sync::watch;
use tokio::time::timeout;

use super::keys;
use super::link::Link;
use super::record::{Record, record};
use super::scripts::Scripts;
use crate::error::Result;
use crate::token::{Token, random_hex};

/// How long a login waits for a walk. One live token too many harms nobody, a login that hangs does.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keys that one step of the walk looks at: redis is busy for well under a millisecond.
const STEP: usize = 500;

/// How often a walk is tried. Tokens that are met on sight meanwhile take the marker away, each once; where it still is, 1.3.2 issues
/// new ones, and no walk would be the last.
const MAX_WALKS: usize = 5;

/// The marker's value once a walk has ended undisturbed.
const DONE: &str = "done";

pub struct Adoption {
    link: Arc<Link>,
    scripts: Arc<Scripts>,
    sku: String,
    marker: String,
    /// Closed when the walk that it belongs to has ended.
    walk: Mutex<Option<watch::Receiver<()>>>,
}

impl Adoption {
    pub fn new(link: Arc<Link>, scripts: Arc<Scripts>, sku: &str) -> Self {
        Self { link, scripts, sku: sku.to_owned(), marker: keys::adoption_marker(sku), walk: Mutex::default() }
    }

    /// Starts a walk where the marker says that one is due. A redis that is away makes the next login do it.
    pub fn begin(self: &Arc<Self>) {
        let adoption = self.clone();
        tokio::spawn(async move {
            if adoption.link.bounded(adoption.is_due()).await == Ok(true) {
                adoption.walking();
            }
        });
    }

    /// Waits, within limits, until no token of 1.3.2's is unlisted.
    pub async fn settle(self: &Arc<Self>) -> Result<()> {
        if self.is_due().await? {
            let mut walk = self.walking();
            let _ = timeout(PATIENCE, walk.changed()).await;
        }
        Ok(())
    }

    /// Lists a token that no walk has met. Whether it is live. The marker goes first: whatever happens then, the next walk finds it.
    pub async fn adopt_on_sight(&self, token: &Token) -> Result<bool> {
        let marker = keys::adoption_marker(&token.owner().sku);
        self.link.query::<()>(&Cmd::del(marker)).await?;
        self.link.run(|connection| self.scripts.adopt(connection, token)).await
    }

    async fn is_due(&self) -> Result<bool> {
        let mark: Option<String> = self.link.query(&Cmd::get(&self.marker)).await?;
        Ok(mark.as_deref() != Some(DONE))
    }

    /// The walk under way, or a new one.
    fn walking(self: &Arc<Self>) -> watch::Receiver<()> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        match &*walk {
            Some(walk) if walk.has_changed().is_ok() => walk.clone(),
            _ => {
                let (ended, wait) = watch::channel(());
                let adoption = self.clone();
                tokio::spawn(async move {
                    for _ in 0..MAX_WALKS {
                        // After a failure the next login that finds no token walks again.
                        if adoption.walk().await != Ok(false) {
                            break;
                        }
                    }
                    drop(ended);
                });
                walk.insert(wait).clone()
            }
        }
    }

    /// Lists every token of the sku. Whether the marker says so now.
    async fn walk(&self) -> Result<bool> {
        let Some(name) = self.link.bounded(self.join_walk()).await? else { return Ok(true) };
        let glob = Token::glob(&self.sku);
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&glob).arg("COUNT").arg(STEP);
            let (next, found): (u64, Vec<Vec<u8>>) = self.link.bounded(self.link.query(&scan)).await?;
            let tokens: Vec<Token> = found.iter().filter_map(|key| Token::parse(str::from_utf8(key).ok()?)).collect();
            let own = tokens.iter().filter(|token| token.owner().sku == self.sku);
            self.link.bounded(try_join_all(own.map(|token| self.adopt(token)))).await?;
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let finish = self.link.run(|connection| self.scripts.finish_walk(connection, &self.marker, &name, DONE));
        self.link.bounded(finish).await
    }

    /// Puts a walk's name into the marker, or takes the one that stands there: walks of several processes at once must not undo each
    /// other's mark. None where the adoption is done.
    async fn join_walk(&self) -> Result<Option<String>> {
        let name = random_hex()?;
        let mut put = redis::cmd("SET");
        put.arg(&self.marker).arg(&name).arg("NX");
        self.link.query::<()>(&put).await?;
        let mark: Option<String> = self.link.query(&Cmd::get(&self.marker)).await?;
        Ok(Some(mark.unwrap_or(name)).filter(|mark| mark != DONE))
    }

    /// Lists a token that the walk met, if it is not listed yet.
    async fn adopt(&self, token: &Token) -> Result<()> {
        let found = self.link.run(|connection| record(connection, token.as_str())).await?;
        if found == Record::Foreign {
            self.link.run(|connection| self.scripts.adopt(connection, token)).await?;
        }
        Ok(())
    }
}
