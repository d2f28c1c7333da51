//! The way to what only JavaScript can call: the application's database object, its user store, its own exchange of codes. What is
//! asked crosses as a [`Question`]. May import nothing of the crate.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// A statement and the texts for its parameters, each a plain `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<String>,
}

/// What is to be done: one method of the application's.
pub enum Task {
    All(Statement),
    Run(Statement),
    Has(String),
    Add(String),
    Exchange(String),
}

pub struct Question {
    pub task: Task,
    pub reply: oneshot::Sender<Answer>,
}

/// A text for each row: what it has under `name`, empty where it has nothing; for a statement that changes rows, one text where it
/// changed some. For an exchange, the reply as JSON. Or the cause of the failure.
pub type Answer = std::result::Result<Vec<String>, String>;

/// Puts a question.
pub type Ask = Arc<dyn Fn(Question) + Send + Sync>;

pub struct Bridge {
    ask: Ask,
    /// How messages call who is asked.
    name: &'static str,
    patience: Duration,
}

impl Bridge {
    pub fn new(ask: Ask, name: &'static str, patience: Duration) -> Self {
        Self { ask, name, patience }
    }

    pub async fn call(&self, task: Task) -> Answer {
        let (reply, answer) = oneshot::channel();
        (self.ask)(Question { task, reply });
        match timeout(self.patience, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(format!("{} can no longer be asked", self.name)),
            Err(_) => Err(format!("{} did not answer within {} ms", self.name, self.patience.as_millis())),
        }
    }
}
