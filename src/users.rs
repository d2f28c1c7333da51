//! Who is registered. May import `error`, `host` and `sqlite`.
//!
//! Two connections to one database get into each other's way where both write. So a rule says who
//! reads and writes the user table: the file at a path is ours to read and write; a file that the
//! application has opened with `sqlite3` we only read, and write through the application's handle;
//! every other object reads and writes by itself. An object that takes no SQL is a user store of
//! the application's own. The option `users` overrides the rule.
//!
//! `readDb` in `lib/database.js` decides by that rule: it passes the file that we are to open, the
//! kind of the object that is to be asked, or both. [`Users::open`] makes the store that these two
//! mean.

mod native;
mod object;
mod resolver;
mod sql;
mod store;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostReply, Identity};
use native::Native;
use object::Object;
use resolver::Resolver;
use store::Store;

/// For one reply of the application's object: `sqlite3` queues behind the application's own
/// statements.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// WeChat's ids have 28 characters. A shorter text than this is no id, and may be a word of the
/// message.
const MIN_ID_LENGTH: usize = 12;

/// What the application passes about its users.
pub struct Settings {
    /// The database file that we are to open.
    pub file: Option<PathBuf>,
    /// The kind of the object that the application passed.
    pub object: Option<DbObject>,
    /// Whether we create the user table where it is missing.
    pub create_table: bool,
    /// The file of the token store, where that is a file.
    pub tokens_file: Option<PathBuf>,
    /// Who a user is where there is none of these.
    pub otherwise: Otherwise,
}

/// Who a user is without a user table or store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// Nobody: logins are not possible, as in 1.3.2.
    Nobody,
    /// Whoever has this openid; nothing is registered.
    OpenId,
    /// The application's function says so.
    Resolved,
}

/// A user who logs in.
pub struct Registered {
    pub user: String,
    /// Whether the login registered them; None where nobody knows.
    pub is_new: Option<bool>,
}

/// A kind of object.
pub enum DbObject {
    /// A database, which takes SQL.
    Database(SqlStyle),
    /// A user store of the application's own.
    Store,
}

/// How a database object takes the values of a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SqlStyle {
    /// As bound parameters.
    Bound,
    /// Within the SQL, as 1.3.2 passed them to an object of any kind.
    Literal,
}

pub enum Users {
    /// The application passed no database.
    None,
    /// A user is an openid, and nobody keeps them.
    OpenIds,
    /// The application's function finds or makes them.
    Resolver(Resolver),
    /// Our own SQLite reads and writes the file.
    Native(Native),
    /// The application's database object reads and writes.
    Object(Object),
    /// Our own SQLite looks users up in the file that the application's object has open. The object
    /// inserts rows, and answers what our SQLite cannot.
    Shared { lookups: Native, object: Object },
    /// The application's own user store.
    Store(Store),
}

impl Users {
    /// The store that `settings` mean: a file alone, an object alone, or a file to look users up
    /// in beside an object that writes.
    pub fn open(settings: Settings, dispatch: Dispatch) -> io::Result<Self> {
        let Settings { file, object, create_table, tokens_file, otherwise } = settings;
        Ok(match (object, file) {
            (None, None) => match otherwise {
                Otherwise::Nobody => Self::None,
                Otherwise::OpenId => Self::OpenIds,
                Otherwise::Resolved => Self::Resolver(Resolver::new(dispatch)),
            },
            (None, Some(file)) => {
                let with_tokens = tokens_file.is_some_and(|tokens_file| is_same_file(&file, &tokens_file));
                Self::Native(Native::read_write(file, create_table, with_tokens)?)
            }
            (Some(DbObject::Database(style)), None) => Self::Object(Object::new(dispatch, style, create_table)),
            (Some(DbObject::Database(style)), Some(file)) => {
                Self::Shared { lookups: Native::lookups(file)?, object: Object::new(dispatch, style, create_table) }
            }
            (Some(DbObject::Store), _) => Self::Store(Store::new(dispatch)),
        })
    }

    /// Whether `user` is registered.
    pub async fn exists(&self, user: &str) -> Result<bool> {
        match self {
            Self::None => Err(no_database()),
            // The application knows its users itself.
            Self::OpenIds | Self::Resolver(_) => Ok(true),
            Self::Native(native) => native.exists(user).await,
            Self::Object(object) => object.exists(user).await,
            // Only the application's own connection sees a row that it has not committed.
            Self::Shared { lookups, object } => {
                Ok(lookups.exists(user).await == Ok(true) || object.exists(user).await?)
            }
            Self::Store(store) => store.exists(user).await,
        }
    }

    /// The user whom WeChat names, registered where they were not.
    pub async fn register(&self, identity: Identity) -> Result<Registered> {
        match self {
            Self::OpenIds => Ok(Registered { user: identity.open_id, is_new: None }),
            Self::Resolver(resolver) => resolver.resolve(identity).await,
            _ => {
                let user = self.identify(identity).await?;
                let is_new = Some(self.ensure(&user).await?);
                Ok(Registered { user, is_new })
            }
        }
    }

    /// The user's id: the unionid where there is one, unless the user is registered under the
    /// openid, which was before the mini-program was bound to an open platform.
    async fn identify(&self, Identity { open_id, union_id, .. }: Identity) -> Result<String> {
        let Some(union_id) = union_id else { return Ok(open_id) };
        let by_open_id = !self.exists(&union_id).await? && self.exists(&open_id).await?;
        Ok(if by_open_id { open_id } else { union_id })
    }

    /// Whether somebody keeps users.
    pub fn are_kept(&self) -> bool {
        !matches!(self, Self::OpenIds | Self::Resolver(_))
    }

    /// Registers `user` where they are not registered. Returns whether they were not.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        match self {
            Self::None => Err(no_database()),
            Self::OpenIds | Self::Resolver(_) => Ok(false),
            Self::Native(native) => native.ensure(user).await,
            Self::Object(object) => object.ensure(user).await,
            Self::Shared { lookups, object } => match lookups.exists(user).await {
                Ok(true) => Ok(false),
                Ok(false) => object.add(user).await,
                Err(_) => object.ensure(user).await,
            },
            Self::Store(store) => store.ensure(user).await,
        }
    }

    /// Removes `user`, who need not be registered. A store without a way to do that keeps them, and
    /// so does the application's function.
    pub async fn remove(&self, user: &str) -> Result<()> {
        match self {
            Self::None | Self::OpenIds | Self::Resolver(_) => Ok(()),
            Self::Native(native) => native.remove(user).await,
            // What our SQLite only reads, the application's handle writes.
            Self::Object(object) | Self::Shared { object, .. } => object.remove(user).await,
            Self::Store(store) => store.remove(user).await,
        }
    }

    /// Opens the file and creates the table that `createTable` asks for. Where that fails, the next
    /// call tries again.
    pub async fn prepare(&self) {
        if let Self::Native(native) | Self::Shared { lookups: native, .. } = self {
            let _ = native.prepare().await;
        }
        if let Self::Object(object) | Self::Shared { object, .. } = self {
            let _ = object.prepare().await;
        }
    }

    /// The name of the store in `health`, and whether it answers. No store cannot fail.
    pub async fn health(&self) -> (&'static str, Result<()>) {
        match self {
            Self::None | Self::OpenIds | Self::Resolver(_) => ("none", Ok(())),
            Self::Native(native) => ("native", native.probe().await),
            Self::Object(object) => ("object", object.probe().await),
            Self::Shared { object, .. } => ("shared", object.probe().await),
            Self::Store(store) => ("store", store.probe().await),
        }
    }

    /// Checkpoints and closes the file. A later call opens it for itself alone. From now on
    /// nothing is created.
    pub async fn close(&self) {
        if let Self::Native(native) | Self::Shared { lookups: native, .. } = self {
            native.close().await;
        }
        if let Self::Object(object) | Self::Shared { object, .. } = self {
            object.retire();
        }
    }
}

fn no_database() -> Error {
    Error::database("db is null, pass a database when you create mpauthx")
}

/// Whether two paths name one file, which need not exist yet.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        let in_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(in_folder)
    };
    one == other || real(one).is_some_and(|one| real(other) == Some(one))
}

fn host(dispatch: Dispatch) -> Host {
    Host::new(dispatch, "the database object", REPLY_TIMEOUT)
}

/// The reply to a call about `user`. The cause of a failure is the object's own text, which may
/// repeat the id: it is masked.
fn reply_about(user: &str, reply: HostReply) -> Result<Vec<String>> {
    reply.map_err(|cause| {
        if user.len() < MIN_ID_LENGTH {
            return Error::database(cause);
        }
        Error::database(cause.replace(&user.replace('\'', "''"), "***").replace(user, "***"))
    })
}
