//! How a call runs: its admission, its work on the runtime, and its reply.

use std::sync::Arc;

use super::Core;
use super::batch::{Batch, Tokens};
use super::outbox::Reply;
use super::types::Outcome;
use crate::auth::{Admission, Auth};
use crate::error::Result;
use crate::host::CALLER;
use crate::sessions::Asked;
use crate::token::Token;

impl Core {
    /// Runs a call. It is admitted now, in the order of the application's calls, and counts until
    /// JavaScript has its outcome.
    pub(super) fn spawn<F>(&self, call: u32, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_with_guard(call, (), work);
    }

    /// Runs a call, and drops `guard` when JavaScript has its outcome.
    pub(super) fn spawn_with_guard<F>(
        &self,
        call: u32,
        guard: impl Send + 'static,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F,
    ) where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_admitted(call, self.auth.admit(), guard, work);
    }

    /// The same for a login, which is admitted apart from others.
    pub(super) fn spawn_login<F>(
        &self,
        call: u32,
        guard: impl Send + 'static,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F,
    ) where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_admitted(call, self.auth.admit_login(), guard, work);
    }

    /// The same for a call to WeChat after the login.
    pub(super) fn spawn_request<F>(&self, call: u32, work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F)
    where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        self.spawn_admitted(call, self.auth.admit_request(), (), work);
    }

    fn spawn_admitted<F>(
        &self,
        call: u32,
        admission: Admission,
        guard: impl Send + 'static,
        work: impl FnOnce(Arc<Auth>, Arc<Admission>) -> F,
    ) where
        F: Future<Output = Result<Outcome>> + Send + 'static,
    {
        let admission = Arc::new(admission);
        let work = work(self.auth.clone(), admission.clone());
        let reply = self.reply(call).with_guard((guard, admission));
        self.runtime.spawn(CALLER.scope(call, async move { reply.send(work.await) }));
    }

    /// Runs a batch of checks of `count` tokens, one in each line.
    pub(super) fn spawn_batch(&self, batch: u32, tokens: String, count: u32, asked: Asked) {
        let (admission, admitted) = self.auth.admit_many(count);
        let is_closed = admission.is_closed();
        let batch = Batch::new(batch, count, admission, self.outbox.clone());
        let auth = self.auth.clone();
        let tokens = Tokens { text: tokens, count };
        self.runtime.spawn(async move { batch.run(&auth, tokens, asked, admitted, is_closed).await });
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
