//! The adoption of legacy tokens, those that 1.3.2 issued: their records carry no `v`, and no index
//! lists them.
//!
//! A backfill scans the keys and lists them, once per sku and redis; a marker remembers it. (The
//! mark, `…:since`, is another key: it says until when sessions were ended.) Whoever
//! meets such a token later adopts it there and then and drops the marker, for 1.3.2 may run
//! somewhere (a rollback, a fleet half upgraded): then the backfill under way is repeated some
//! times, or the next login that finds no token begins another one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use redis::Cmd;
use tokio::sync::watch;
use tokio::time::timeout;

use super::connect::Link;
use super::keys;
use super::record::{self, Record};
use super::scripts::Scripts;
use crate::error::Result;
use crate::sessions::Asked;
use crate::token::{Token, random_hex};

/// How long a login waits for a backfill. One live token too many harms nobody, a login that hangs
/// does.
const WAIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Keys that one SCAN looks at: redis is busy for well under a millisecond.
const SCAN_COUNT: usize = 500;

/// How often a backfill is tried. Tokens that are met on sight meanwhile take the marker away, each
/// once; where one still is, 1.3.2 issues new ones, and no backfill would be the last.
const MAX_ATTEMPTS: usize = 5;

/// The marker's state once a backfill has ended undisturbed. Until then it is the backfill's name.
const DONE: &str = "done";

pub struct Adoption {
    link: Arc<Link>,
    scripts: Arc<Scripts>,
    sku: String,
    marker: String,
    /// Closed when the backfill that it belongs to has ended.
    backfill: Mutex<Option<watch::Receiver<()>>>,
}

impl Adoption {
    pub fn new(link: Arc<Link>, scripts: Arc<Scripts>, sku: &str) -> Self {
        Self { link, scripts, sku: sku.to_owned(), marker: keys::adoption_marker(sku), backfill: Mutex::default() }
    }

    /// Begins a backfill where the marker says that one is due. A redis that is away makes the next
    /// login do it.
    pub fn begin(self: &Arc<Self>) {
        let adoption = self.clone();
        tokio::spawn(async move {
            if adoption.link.bounded(adoption.is_due()).await == Ok(true) {
                adoption.under_way();
            }
        });
    }

    /// Waits, within limits, until no token of 1.3.2's is unlisted.
    pub async fn wait(self: &Arc<Self>) -> Result<()> {
        if self.is_due().await? {
            let mut backfill = self.under_way();
            let _ = timeout(WAIT_TIMEOUT, backfill.changed()).await;
        }
        Ok(())
    }

    /// Lists a token that no backfill has met. Whether it is live.
    pub async fn adopt(&self, token: &Token) -> Result<bool> {
        let marker = keys::adoption_marker(&token.owner().sku);
        self.link.run(|connection| self.scripts.adopt(connection, token, Some(&marker))).await
    }

    async fn is_due(&self) -> Result<bool> {
        let state: Option<String> = self.link.query(&Cmd::get(&self.marker)).await?;
        Ok(state.as_deref() != Some(DONE))
    }

    /// The backfill under way, or a new one.
    fn under_way(self: &Arc<Self>) -> watch::Receiver<()> {
        let mut backfill = self.backfill.lock().unwrap_or_else(PoisonError::into_inner);
        match &*backfill {
            Some(backfill) if backfill.has_changed().is_ok() => backfill.clone(),
            _ => {
                let (ended, wait) = watch::channel(());
                let adoption = self.clone();
                tokio::spawn(async move {
                    for _ in 0..MAX_ATTEMPTS {
                        // After a failure the next login that finds no token begins another one.
                        if adoption.backfill().await != Ok(false) {
                            break;
                        }
                    }
                    drop(ended);
                });
                backfill.insert(wait).clone()
            }
        }
    }

    /// Lists every token of the sku. Whether the marker says so now.
    async fn backfill(&self) -> Result<bool> {
        let Some(name) = self.link.bounded(self.join_backfill()).await? else { return Ok(true) };
        let glob = Token::glob(&self.sku);
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&glob).arg("COUNT").arg(SCAN_COUNT);
            let (next, found): (u64, Vec<Vec<u8>>) = self.link.bounded(self.link.query(&scan)).await?;
            let tokens: Vec<Token> = found.iter().filter_map(|key| Token::parse(str::from_utf8(key).ok()?)).collect();
            let own = tokens.iter().filter(|token| token.owner().sku == self.sku);
            self.link.bounded(try_join_all(own.map(|token| self.adopt_legacy(token)))).await?;
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let finish = self.link.run(|connection| self.scripts.finish_backfill(connection, &self.marker, &name, DONE));
        self.link.bounded(finish).await
    }

    /// Puts a backfill's name into the marker, or takes the one that stands there: backfills of
    /// several processes at once must not undo each other's work. None where the adoption is done.
    async fn join_backfill(&self) -> Result<Option<String>> {
        let name = random_hex(64)?;
        let mut set = redis::cmd("SET");
        set.arg(&self.marker).arg(&name).arg("NX");
        self.link.query::<()>(&set).await?;
        let state: Option<String> = self.link.query(&Cmd::get(&self.marker)).await?;
        Ok(Some(state.unwrap_or(name)).filter(|state| state != DONE))
    }

    /// Lists a token that the backfill met, if it is not listed yet.
    async fn adopt_legacy(&self, token: &Token) -> Result<()> {
        let found =
            self.link.run(|connection| record::read(connection, token.as_str(), token, Asked::Validity)).await?;
        if found.kind == Record::Unlisted {
            self.link.run(|connection| self.scripts.adopt(connection, token, None)).await?;
        }
        Ok(())
    }
}
