//! Who is registered. May import `error` and `sqlite`.
//!
//! The application's own connection to its database and ours get into each other's way where both write, so who does what is a rule:
//! a path is ours; of a file that the application opened with `sqlite3`, we only read, and write through its handle; every other
//! object does everything itself.

mod native;
mod object;
mod sql;

pub use native::Native;
pub use object::{Answer, Object, Question};

use crate::error::{Error, Result};

pub enum Users {
    None,
    /// Our own SQLite reads and writes the file.
    Native(Native),
    /// Everything goes through the application's object.
    Object(Object),
    /// Our own SQLite looks users up in the file that the application's object has open; what it cannot answer, and new rows, go
    /// through the object.
    Shared {
        lookups: Native,
        object: Object,
    },
}

impl Users {
    /// Whether `user` has a row.
    pub async fn exists(&self, user: &str) -> Result<bool> {
        match self {
            Self::None => Err(Error::database("db is null, pass a database when you create mpauthx")),
            Self::Native(native) => native.exists(user).await,
            Self::Object(object) => object.exists(user).await,
            // A row that the application has not committed yet, only its own connection sees.
            Self::Shared { lookups, object } => {
                Ok(lookups.exists(user).await == Ok(true) || object.exists(user).await?)
            }
        }
    }

    /// Sees to it that `user` has a row.
    pub async fn ensure(&self, user: &str) -> Result<()> {
        match self {
            Self::None => Err(Error::database("db is null, pass a database when you create mpauthx")),
            Self::Native(native) => native.ensure(user).await,
            Self::Object(object) => object.ensure(user).await,
            Self::Shared { lookups, object } => match lookups.exists(user).await {
                Ok(true) => Ok(()),
                Ok(false) => object.add(user).await,
                Err(_) => object.ensure(user).await,
            },
        }
    }

    /// Opens the file, and makes the table that `createTable` asks for. Calls do both themselves where that failed.
    pub async fn prepare(&self) {
        let (native, object) = match self {
            Self::None => (None, None),
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
        }
    }

    /// Lets files go, whole. The next call opens them again.
    pub async fn release(&self) {
        if let Self::Native(native) | Self::Shared { lookups: native, .. } = self {
            native.release().await;
        }
    }
}
