//! How a call runs: its admission, its work on the runtime, and its reply.

use std::sync::Arc;

use super::Core;
use super::outbox::Reply;
use super::types::Outcome;
use crate::auth::{Admission, Auth};
use crate::error::Result;
use crate::host::CALLER;
use crate::token::Token;

impl Core {
    /// Runs a call. It is admitted now, in the order of the application's calls, and counts until
    /// index.js has its outcome.
    pub(super) fn spawn<F>(&self, call: u32, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_with_guard(call, (), work);
    }

    /// Runs a call, and drops `guard` when index.js has its outcome.
    pub(super) fn spawn_with_guard<F>(
        &self,
        call: u32,
        guard: impl Send + 'static,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F,
    ) where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        let admission = Arc::new(self.auth.admit());
        let work = work(self.auth.clone(), admission.clone());
        let reply = self.reply(call).with_guard((guard, admission));
        self.runtime.spawn(CALLER.scope(call, async move { reply.send(work.await) }));
    }

    /// Runs a call about a token. Returns false where `text` is malformed.
    pub(super) fn spawn_with_token<F>(
        &self,
        call: u32,
        text: &str,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>, Token) -> F,
    ) -> bool
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        let token = Token::parse(text);
        let is_token = token.is_some();
        if let Some(token) = token {
            self.spawn(call, |auth, admission| work(auth, admission, token));
        }
        is_token
    }

    pub(super) fn reply(&self, call: u32) -> Reply {
        Reply::new(call, self.outbox.clone())
    }
}
