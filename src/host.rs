//! Host calls: calls to what only JavaScript has, which is the application's database object, its
//! user store and its exchange of codes. Owns their form and their timeout. Imports nothing of the
//! crate.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

tokio::task_local! {
    /// The number of the call that runs in this task. Work in the background has none.
    pub static CALLER: u32;
}

/// A statement and the texts for its parameters, each a plain `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<String>,
}

/// A call of one method of the application's.
pub enum HostCall {
    All(Statement),
    Run(Statement),
    Has(String),
    Add(String),
    Remove(String),
    Exchange(String),
    /// The access token, in place of `invalid` where WeChat refused that.
    AccessToken {
        invalid: Option<String>,
    },
    /// Whom WeChat has named, for the application to find or make its own user.
    Resolve(Identity),
}

/// Whom WeChat names for a login.
#[derive(Debug, Clone)]
pub struct Identity {
    pub app_id: Option<String>,
    pub open_id: String,
    pub union_id: Option<String>,
}

/// A call on its way to JavaScript, and where its reply goes.
pub struct HostRequest {
    pub call: HostCall,
    /// The application's call that it is made for: the application's code runs in its context.
    pub caller: Option<u32>,
    pub reply: oneshot::Sender<HostReply>,
}

/// For `All` a text for each row: its column `name`, empty where it has none. For `Run`, `Has`,
/// `Add` and `Remove` one text for yes, none for no. For `Exchange` the reply as JSON. For
/// `AccessToken` the token. For `Resolve` the user's id and whether the user is new. `Err` is the
/// cause of a failure.
pub type HostReply = Result<Vec<String>, String>;

/// Sends a request to JavaScript.
pub type Dispatch = Arc<dyn Fn(HostRequest) + Send + Sync>;

/// The way to one object or function of the application's.
pub struct Host {
    dispatch: Dispatch,
    /// Errors name the object by this.
    name: &'static str,
    timeout: Duration,
}

impl Host {
    pub fn new(dispatch: Dispatch, name: &'static str, timeout: Duration) -> Self {
        Self { dispatch, name, timeout }
    }

    pub async fn call(&self, call: HostCall) -> HostReply {
        let (sender, reply) = oneshot::channel();
        let caller = CALLER.try_with(|caller| *caller).ok();
        (self.dispatch)(HostRequest { call, caller, reply: sender });
        match timeout(self.timeout, reply).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => Err(format!("{} can no longer be asked", self.name)),
            Err(_) => Err(format!("{} did not answer within {} ms", self.name, self.timeout.as_millis())),
        }
    }
}
