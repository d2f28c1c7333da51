//! Who is registered. May import `host`, `error` and `sqlite`.
//!
//! The application's own connection to its database and ours get into each other's way where both write, so who does what is a rule:
//! a path is ours; of a file that the application opened with `sqlite3`, we only read, and write through its handle; every other
//! object does everything itself. An object that speaks no SQL is a store of the application's own.

mod native;
mod object;
mod sql;
mod store;

pub use native::Native;
pub use object::Object;
pub use store::Store;

use std::time::Duration;

use crate::error::{Error, Result};
use crate::host::{Dispatch, Host, HostReply};

/// How long the application's object may take for one answer: `sqlite3` queues behind the application's own statements.
const PATIENCE: Duration = Duration::from_secs(10);

/// WeChat's ids have 28 characters; what is shorter than this is none, and may be a word of the message.
const SHORTEST_ID: usize = 12;

pub enum Users {
    None,
    /// Our own SQLite reads and writes the file.
    Native(Native),
    /// Everything goes through the application's database object.
    Object(Object),
    /// Our own SQLite looks users up in the file that the application's object has open; what it cannot answer, and new rows, go
    /// through the object.
    Shared {
        lookups: Native,
        object: Object,
    },
    /// The application keeps its users itself.
    Store(Store),
}

impl Users {
    /// Whether `user` is registered.
    pub async fn exists(&self, user: &str) -> Result<bool> {
        match self {
            Self::None => Err(missing()),
            Self::Native(native) => native.exists(user).await,
            Self::Object(object) => object.exists(user).await,
            // A row that the application has not committed yet, only its own connection sees.
            Self::Shared { lookups, object } => {
                Ok(lookups.exists(user).await == Ok(true) || object.exists(user).await?)
            }
            Self::Store(store) => store.exists(user).await,
        }
    }

    /// Registers `user` if they are not registered. Whether they were not.
    pub async fn ensure(&self, user: &str) -> Result<bool> {
        match self {
            Self::None => Err(missing()),
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

    /// Opens the file, and makes the table that `createTable` asks for. Calls do both themselves where that failed.
    pub async fn prepare(&self) {
        let (native, object) = match self {
            Self::None | Self::Store(_) => (None, None),
            Self::Native(native) => (Some(native), None),
            Self::Object(object) => (None, Some(object)),
            Self::Shared { lookups, object } => (Some(lookups), Some(object)),
        };
        if let Some(native) = native {
            let _ = native.prepare().await;
        }
        if let Some(object) = object {
            let _ = object.prepare().await;
        }
    }

    /// How the store is called in `health`, and whether it can be asked. Without one there is nothing to fail.
    pub async fn health(&self) -> (&'static str, Result<()>) {
        match self {
            Self::None => ("none", Ok(())),
            Self::Native(native) => ("native", native.probe().await),
            Self::Object(object) => ("object", object.probe().await),
            Self::Shared { object, .. } => ("shared", object.probe().await),
            Self::Store(store) => ("store", store.probe().await),
        }
    }

    /// Lets files go, whole. The next call opens them again.
    pub async fn release(&self) {
        if let Self::Native(native) | Self::Shared { lookups: native, .. } = self {
            native.release().await;
        }
    }
}

fn missing() -> Error {
    Error::database("db is null, pass a database when you create mpauthx")
}

fn host(ask: Dispatch) -> Host {
    Host::new(ask, "the database object", PATIENCE)
}

/// The cause is the object's own text: it may repeat what it was asked about.
fn about(answer: HostReply, user: &str) -> Result<Vec<String>> {
    answer.map_err(|cause| {
        if user.len() < SHORTEST_ID {
            return Error::database(cause);
        }
        Error::database(cause.replace(&user.replace('\'', "''"), "***").replace(user, "***"))
    })
}
