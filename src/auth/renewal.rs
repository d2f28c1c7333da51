//! Who renews the access token: one call for all others of this process that wait for it, and by a
//! lock in the token store one process for all.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use crate::error::Result;
use crate::seal::Seal;
use crate::sessions::Sessions;

/// The lock expires after this time, should the process that holds it die.
const LOCK_TTL: Duration = Duration::from_secs(15);

/// The lock is prolonged so often, for as long as the renewal takes.
const PROLONG_INTERVAL: Duration = Duration::from_secs(5);

/// Those who wait see the note of a failure within this time.
const NOTE_TTL: Duration = Duration::from_secs(15);

/// So long after a failure nobody renews a token that is still good.
const EARLY_PAUSE: Duration = Duration::from_secs(30);

/// The renewals of this process, in flight or ended, by the token that WeChat refused.
#[derive(Default)]
pub(super) struct Renewals(Mutex<HashMap<Option<String>, Arc<Renewal>>>);

/// A renewal that all calls share that wait for it, its failure too.
#[derive(Default)]
pub(super) struct Renewal {
    outcome: OnceCell<Result<String>>,
    ended: OnceLock<Instant>,
}

impl Renewals {
    /// The renewal for a call that began at `begun`: one that is in flight or has ended since, else
    /// a new one.
    pub fn join(&self, invalid: Option<&str>, begun: Instant) -> Arc<Renewal> {
        self.find_or_begin(invalid, |renewal| renewal.ended.get().is_none_or(|ended| *ended >= begun)).0
    }

    /// A new renewal of a token that is still good. None where one is in flight, or failed lately.
    pub fn begin_early(&self, invalid: Option<&str>) -> Option<Arc<Renewal>> {
        let (renewal, is_new) = self.find_or_begin(invalid, |renewal| match renewal.ended.get() {
            None => true,
            Some(ended) => ended.elapsed() < EARLY_PAUSE && renewal.outcome.get().is_some_and(Result::is_err),
        });
        is_new.then_some(renewal)
    }

    /// The renewal in the place of `invalid`, if it is `wanted`, else a new one. Whether it is new.
    fn find_or_begin(&self, invalid: Option<&str>, wanted: impl Fn(&Renewal) -> bool) -> (Arc<Renewal>, bool) {
        let mut renewals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let invalid = invalid.map(str::to_owned);
        if let Some(renewal) = renewals.get(&invalid).filter(|renewal| wanted(renewal)) {
            return (renewal.clone(), false);
        }
        renewals.retain(|_, renewal| renewal.ended.get().is_none());
        let renewal = Arc::<Renewal>::default();
        renewals.insert(invalid, renewal.clone());
        (renewal, true)
    }
}

impl Renewal {
    /// What comes of it. The first call that asks does it, by `renew`.
    pub async fn outcome(&self, renew: impl Future<Output = Result<String>>) -> Result<String> {
        let renewed = self.outcome.get_or_init(|| async {
            let renewed = renew.await;
            let _ = self.ended.set(Instant::now());
            renewed
        });
        renewed.await.clone()
    }
}

/// A lock that all processes share, and a note of whose work under it failed.
pub(super) struct Lock<'a> {
    sessions: &'a Sessions,
    seal: &'a Seal,
    name: String,
    note: String,
    /// Nobody else's.
    owner: String,
}

impl<'a> Lock<'a> {
    /// `seal` keeps the notes from processes that have another secret: they fail for reasons of
    /// their own.
    pub fn new(sessions: &'a Sessions, seal: &'a Seal, name: String) -> Self {
        let owner = getrandom::u64().unwrap_or_default().to_string();
        Self { sessions, seal, note: format!("{name}:failed"), name, owner }
    }

    /// Takes the lock. Whether it was free.
    pub async fn take(&self) -> Result<bool> {
        self.sessions.set_if_absent(&self.name, &self.owner, LOCK_TTL).await
    }

    /// Who has the lock.
    pub async fn holder(&self) -> Result<Option<String>> {
        self.sessions.get(&self.name).await
    }

    /// The holder whose work failed last, if lately.
    pub async fn failed(&self) -> Result<Option<String>> {
        Ok(self.sessions.get(&self.note).await?.and_then(|sealed| self.seal.open(&self.note, &sealed)))
    }

    /// Does `work`, keeps the lock as long as it takes, and lets it go.
    pub async fn hold<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        loop {
            match timeout(PROLONG_INTERVAL, work.as_mut()).await {
                Ok(done) => {
                    if done.is_err() {
                        self.note_failure().await;
                    }
                    self.release().await;
                    return done;
                }
                Err(_) if self.is_held().await => {
                    // Puts nothing in the place of another's, where it was lost since.
                    let _ = self.sessions.keep(&self.name, None, LOCK_TTL).await;
                }
                Err(_) => {}
            }
        }
    }

    /// Lets the lock go, unless another process has it by now. Where the store fails, it expires.
    pub async fn release(&self) {
        let _ = self.sessions.delete_own(&self.name, &self.owner).await;
    }

    /// A process that stood still may have lost it to another.
    async fn is_held(&self) -> bool {
        self.holder().await.is_ok_and(|holder| holder.as_ref() == Some(&self.owner))
    }

    async fn note_failure(&self) {
        if let Ok(sealed) = self.seal.seal(&self.note, &self.owner) {
            let _ = self.sessions.set(&self.note, &sealed, NOTE_TTL).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn ended(renewal: &Renewal, outcome: Result<String>) {
        renewal.outcome.set(outcome).unwrap();
        renewal.ended.set(Instant::now()).unwrap();
    }

    #[test]
    fn a_call_shares_what_ended_since_it_began() {
        let renewals = Renewals::default();
        let begun = Instant::now();
        let first = renewals.join(None, begun);
        assert!(Arc::ptr_eq(&first, &renewals.join(None, Instant::now())));
        assert!(!Arc::ptr_eq(&first, &renewals.join(Some("refused"), begun)));
        ended(&first, Err(Error::internal()));
        assert!(Arc::ptr_eq(&first, &renewals.join(None, begun)));
        let later = Instant::now() + Duration::from_nanos(1);
        assert!(!Arc::ptr_eq(&first, &renewals.join(None, later)));
    }

    #[test]
    fn a_good_token_is_renewed_by_one_and_not_soon_after_a_failure() {
        let renewals = Renewals::default();
        let first = renewals.begin_early(None).unwrap();
        assert!(renewals.begin_early(None).is_none());
        ended(&first, Ok("token".to_owned()));
        let second = renewals.begin_early(None).unwrap();
        ended(&second, Err(Error::internal()));
        assert!(renewals.begin_early(None).is_none());
    }
}
