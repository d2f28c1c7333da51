//! Sessions that the application looks at. It does not count as use.

use futures_util::future::try_join_all;
use redis::Cmd;

use super::record;
use super::{MAX_ATTEMPTS, Redis, contended, keys};
use crate::error::Result;
use crate::sessions::Session;
use crate::token::{Owner, Token};

impl Redis {
    /// What is known of `token`, if it is live.
    pub async fn inspect(&self, token: &Token) -> Result<Option<Session>> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(live) = self.live(token).await? else { return Ok(None) };
            if let Some((_, session)) = self.read(&live.token).await? {
                let expires = live.grace.map_or(session.expires, |grace| Some(grace.ends));
                return Ok(Some(Session { token: token.clone(), expires, ..session }));
            }
            // It was rotated between the two looks.
        }
        Err(contended())
    }

    /// The live tokens of `owner`, oldest first.
    pub async fn list(&self, owner: &Owner) -> Result<Vec<Session>> {
        if let Some(adoption) = &self.adoption {
            adoption.wait().await?;
        }
        let mut listed = self.listed(owner).await?;
        for _ in 0..MAX_ATTEMPTS {
            let found = try_join_all(listed.tokens.iter().map(|token| self.read(token))).await?;
            // A session must not be missed that is rotated between the two looks, or spared when
            // all others are ended.
            let again = self.listed(owner).await?;
            if again.tokens == listed.tokens && again.mark == listed.mark {
                // One that was marked as ended may not be tidied up yet.
                let found = found.into_iter().flatten().filter(|(order, _)| again.is_after_mark(*order));
                return Ok(found.map(|(_, session)| session).collect());
            }
            listed = again;
        }
        Err(contended())
    }

    /// The live tokens of the user of `owner` in every sku.
    pub async fn list_all(&self, owner: &Owner) -> Result<Vec<Session>> {
        let owners = self.in_all_skus(owner).await?;
        Ok(try_join_all(owners.iter().map(|owner| self.list(owner))).await?.concat())
    }

    /// The user of `owner` in every sku for which tokens were issued here.
    pub(super) async fn in_all_skus(&self, owner: &Owner) -> Result<Vec<Owner>> {
        let mut skus: Vec<String> = self.link.query(&Cmd::smembers(keys::SKUS)).await?;
        if !skus.contains(&owner.sku) {
            skus.push(owner.sku.clone());
        }
        Ok(skus.into_iter().map(|sku| Owner { user: owner.user.clone(), sku }).collect())
    }

    /// The record of a token, if it makes that live.
    pub(super) async fn read(&self, token: &Token) -> Result<Option<(u64, Session)>> {
        let key = self.layout.record(token);
        self.link.run(|connection| record::whole(connection, &key, token)).await
    }
}
