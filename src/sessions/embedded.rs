//! The live tokens in a SQLite database: in a file that several processes may share, or in memory,
//! where they end with this object. May import `error`, `events`, `token`
//! and `sqlite`.

mod clock;
mod controls;
mod endings;
mod grace;
mod rows;
mod schema;
mod shared_values;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{Asked, Ended, Health, Issued, Mode, Notes, Policy, Session, Standing, Verdict};
use crate::error::{Error, Result};
use crate::events::Events;
use crate::sqlite::{Access, Database, Worker};
use crate::token::{Owner, Token};
use clock::Clock;
pub use controls::Controls;
use endings::Ends;
use rows::Rows;

const AWAY: &str = "the token store is away, as the test wants it";

enum Place {
    Memory(Worker<Connection>),
    File(Database),
}

pub struct Embedded {
    place: Place,
    policy: Arc<Policy>,
    events: Arc<Events>,
    clock: Clock,
    /// Of a store that was made for an application's tests.
    controls: Option<Arc<Controls>>,
}

impl Embedded {
    /// For development, tests and demos. `Err` says why there can be no store. With `is_controlled`
    /// an application's tests control it.
    pub fn in_memory(policy: Policy, events: Arc<Events>, is_controlled: bool) -> std::result::Result<Self, String> {
        let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
        schema::create(&database).map_err(|error| error.to_string())?;
        let database = Worker::spawn(database).map_err(|error| error.to_string())?;
        let controls = is_controlled.then(Arc::default);
        Ok(Self::new(Place::Memory(database), policy, events, controls))
    }

    /// The file is made where it is missing, by the first call.
    pub fn in_file(path: PathBuf, policy: Policy, events: Arc<Events>) -> std::result::Result<Self, String> {
        let database = Database::new(path, Access::ReadWrite, Some(schema::SCHEMA));
        let database = database.map_err(|error| error.to_string())?;
        Ok(Self::new(Place::File(database), policy, events, None))
    }

    fn new(place: Place, policy: Policy, events: Arc<Events>, controls: Option<Arc<Controls>>) -> Self {
        Self { place, policy: Arc::new(policy), events, clock: Clock::new(controls.clone()), controls }
    }

    pub fn controls(&self) -> Option<&Controls> {
        self.controls.as_deref()
    }

    pub async fn login(
        &self,
        owner: &Owner,
        notes: &Notes,
        replaced: Option<&Token>,
        register: impl Future<Output = Result<()>>,
    ) -> Result<Issued> {
        if self.policy.mode == Mode::Shared {
            let (owner, notes) = (owner.clone(), notes.clone());
            if let Some(shared) = self.run(move |rows| share(&rows, &owner, &notes)).await? {
                return Ok(shared);
            }
        }
        register.await?;
        let (owner, notes, fresh, mode) = (owner.clone(), notes.clone(), Token::mint(owner)?, self.policy.mode);
        let replaced = replaced.filter(|token| token.owner() == owner).cloned();
        self.change(move |rows| match mode {
            Mode::Shared => match share(&rows, &owner, &notes)? {
                Some(shared) => Ok(shared),
                None => rows.insert(fresh.clone(), &notes),
            },
            Mode::PerLogin { max } => {
                if let Some(replaced) = &replaced
                    && rows.live(replaced)?.is_some()
                {
                    rows.end(replaced, Ended::Replaced)?;
                }
                let issued = rows.insert(fresh.clone(), &notes)?;
                rows.end_oldest(&owner, max)?;
                Ok(issued)
            }
        })
        .await
    }

    pub async fn replace_all(&self, owner: &Owner) -> Result<Token> {
        let (owner, fresh) = (owner.clone(), Token::mint(owner)?);
        self.change(move |rows| {
            rows.end_all(&owner.user, Some(&owner.sku), None, Ended::Replaced)?;
            Ok(rows.insert(fresh.clone(), &Notes::default())?.token)
        })
        .await
    }

    /// What fails, fails for all: a lock above all, for which each would wait as long again.
    pub async fn check(&self, tokens: &[Token], asked: Asked, settle: impl Fn(Vec<(usize, Result<Verdict>)>) + Sync) {
        let batch = tokens.to_vec();
        let found = self.run(move |rows| batch.iter().map(|token| verdict(&rows, token, asked)).collect()).await;
        let found: Result<Vec<Verdict>> = found;
        settle(match found {
            Ok(verdicts) => verdicts.into_iter().map(Ok).enumerate().collect(),
            Err(error) => (0..tokens.len()).map(|number| (number, Err(error.clone()))).collect(),
        });
    }

    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        let token = token.clone();
        self.run(move |rows| Ok(rows.live(&token)?.map(|found| found.session_of(&token)))).await
    }

    pub async fn explain(&self, token: &Token) -> Result<Standing> {
        let token = token.clone();
        self.run(move |rows| rows.standing(&token)).await
    }

    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        let owner = owner.clone();
        self.run(move |rows| rows.list(&owner)).await
    }

    pub async fn list_all(&self, owner: &Owner) -> Result<Vec<Session>> {
        let user = owner.user.clone();
        self.run(move |rows| rows.list_in(&user, None)).await
    }

    pub async fn revoke(&self, token: &Token) -> Result<bool> {
        let token = token.clone();
        self.change(move |rows| match rows.live(&token)? {
            Some(_) => rows.end(&token, Ended::Revoked).map(|()| true),
            None => Ok(false),
        })
        .await
    }

    /// Ends the session of which `token` was current a moment ago. Whether it was live.
    pub async fn revoke_session(&self, token: &Token) -> Result<bool> {
        let token = token.clone();
        self.change(move |rows| {
            let is_live = rows.list(&token.owner())?.iter().any(|one| one.token.session() == token.session());
            if is_live {
                rows.end(&token, Ended::Revoked)?;
            }
            Ok(is_live)
        })
        .await
    }

    pub async fn revoke_all(&self, owner: &Owner, except: Option<&Token>, all_skus: bool) -> Result<u64> {
        let owner = owner.clone();
        let except = except.filter(|token| all_skus || token.owner() == owner).cloned();
        self.change(move |rows| {
            // One that is used after its grace ends its session, and spares none.
            let spared = match &except {
                Some(token) => rows.live(token)?.and(except.as_ref()),
                None => None,
            };
            rows.end_all(&owner.user, (!all_skus).then_some(owner.sku.as_str()), spared, Ended::Revoked)
        })
        .await
    }

    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        let (token, fresh) = (token.clone(), token.rotate()?);
        self.change(move |rows| {
            let Some(found) = rows.live(&token)? else { return Ok(None) };
            if found.grace_ends.is_some() {
                let Session { token, expires, .. } = found.session;
                return Ok(Some(Issued { token, expires }));
            }
            rows.rotate(&found, fresh.clone(), grace).map(Some)
        })
        .await
    }

    pub fn kind(&self) -> &'static str {
        match self.place {
            Place::Memory(_) => "memory",
            Place::File(_) => "file",
        }
    }

    pub async fn health(&self) -> Health {
        let start = Instant::now();
        let asked = self.query(|db, _| db.prepare_cached("SELECT 1 FROM mpauthx_session LIMIT 1")?.exists([])).await;
        Health { latency: asked.map(|_| start.elapsed()), warnings: Vec::new() }
    }

    /// Checkpoints the file and lets it go.
    pub async fn close(&self) {
        if let Place::File(file) = &self.place {
            file.close().await;
        }
    }

    /// Runs `work` as one change that other processes see whole or not at all. It holds the write
    /// lock from its beginning: a lock that is taken after reading is refused where another process
    /// wrote in between.
    async fn change<T: Send + 'static>(
        &self,
        work: impl Fn(Rows) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let policy = self.policy.clone();
        let done = self.query(move |db, clock| {
            let change = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
            let ends = Ends::default();
            let done = work(Rows::new(&change, &policy, &ends, clock.now()))?;
            change.commit()?;
            Ok((done, ends))
        });
        Ok(self.note_ends(done.await?))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(Rows) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let policy = self.policy.clone();
        let done = self.query(move |db, clock| {
            let ends = Ends::default();
            Ok((work(Rows::new(db, &policy, &ends, clock.now()))?, ends))
        });
        Ok(self.note_ends(done.await?))
    }

    /// Counts and tells what was ended.
    fn note_ends<T>(&self, (done, ends): (T, Ends)) -> T {
        for (token, why) in ends.into_inner() {
            self.events.session_ended(&token, why);
        }
        done
    }

    async fn query<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection, &Clock) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let clock = self.clock.clone();
        let done = match &self.place {
            Place::Memory(_) if self.is_away() => Some(Err(Error::database(AWAY))),
            Place::Memory(database) => database.run(move |db| work(db, &clock).map_err(Error::database)).await,
            Place::File(database) => {
                database.run(move |db| work(db, &clock)).await.map(|done| done.map_err(Error::database))
            }
        };
        let done = done.ok_or_else(Error::internal)?;
        self.events.store_asked(done.is_err());
        done
    }

    fn is_away(&self) -> bool {
        self.controls.as_ref().is_some_and(|controls| controls.is_away())
    }
}

/// Whether `token` is live; then it counts as used.
fn verdict(rows: &Rows, token: &Token, asked: Asked) -> rusqlite::Result<Verdict> {
    let Some(found) = rows.live(token)? else { return Ok(Verdict::Dead) };
    rows.touch(&found.session)?;
    Ok(match asked {
        Asked::Validity => Verdict::Live,
        Asked::Session => Verdict::live(Some(found.session_of(token))),
    })
}

/// The live token that the logins of `owner` share, which counts as used and gets the notes.
fn share(rows: &Rows, owner: &Owner, notes: &Notes) -> rusqlite::Result<Option<Issued>> {
    let Some(session) = rows.newest(owner)? else { return Ok(None) };
    if notes.adds_to(&session.notes) {
        rows.update(&session.token, notes)?;
    }
    rows.touch(&session)?;
    Ok(Some(Issued { token: session.token, expires: session.expires }))
}
