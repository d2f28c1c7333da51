//! The way to the application's own object, which only JavaScript can call: what is asked of it crosses as a [`Question`].

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::sql::Statement;
use crate::error::{Error, Result};
use crate::profile::Profile;

/// How long the object may take for one answer: `sqlite3` queues behind the application's own statements.
const PATIENCE: Duration = Duration::from_secs(10);

/// WeChat's ids have 28 characters; what is shorter than this is none, and may be a word of the message.
const SHORTEST_ID: usize = 12;

/// The same for what a profile says.
const SHORTEST_TEXT: usize = 4;

/// What the object is to do: one of its methods.
pub enum Task {
    All(Statement),
    Run(Statement),
    Has(String),
    Add(String, Profile),
}

pub struct Question {
    pub task: Task,
    pub reply: oneshot::Sender<Answer>,
}

/// For each row of the answer what it has under `name`, empty where it has nothing; or the cause of the failure.
pub type Answer = std::result::Result<Vec<String>, String>;

/// Puts a question to the object.
pub type Ask = Box<dyn Fn(Question) + Send + Sync>;

pub struct Bridge(pub Ask);

impl Bridge {
    /// Asks about `user`.
    pub async fn call(&self, task: Task, user: &str, profile: &Profile) -> Result<Vec<String>> {
        self.answer(task).await.map_err(|cause| Error::database(masked(cause, user, profile)))
    }

    /// Asks about nobody.
    pub async fn call_plain(&self, task: Task) -> Result<Vec<String>> {
        self.answer(task).await.map_err(Error::database)
    }

    async fn answer(&self, task: Task) -> Answer {
        let (reply, answer) = oneshot::channel();
        (self.0)(Question { task, reply });
        match timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err("the database object can no longer be asked".to_owned()),
            Err(_) => Err(format!("the database object did not answer within {} s", PATIENCE.as_secs())),
        }
    }
}

/// The cause is the object's own text: it may repeat what it was asked about.
fn masked(cause: String, user: &str, profile: &Profile) -> String {
    let texts = profile.texts().filter(|text| text.len() >= SHORTEST_TEXT);
    let id = Some(user).filter(|user| user.len() >= SHORTEST_ID);
    id.into_iter().chain(texts).fold(cause, |cause, secret| cause.replace(secret, "***"))
}
