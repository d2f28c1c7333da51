//! A rotation: a new token in the place of a live one, in the same session.

use std::slice;
use std::time::Duration;

use super::cache::InvalidateOnDrop;
use super::liveness::{Grace, Live};
use super::scripts::Rotation;
use super::{MAX_ATTEMPTS, Redis, contended};
use crate::error::Result;
use crate::sessions::Issued;
use crate::token::Token;

impl Redis {
    /// Puts a new token in the place of a live one, which stays valid for `grace`; meanwhile the
    /// same new token comes again. None where it is not live.
    pub async fn rotate(&self, token: &Token, grace: Duration) -> Result<Option<Issued>> {
        let fresh = token.rotate()?;
        let _guard = InvalidateOnDrop(slice::from_ref(token));
        self.remember_sku(&token.owner().sku).await?;
        for _ in 0..MAX_ATTEMPTS {
            match self.live(token).await? {
                None => return Ok(None),
                Some(Live { token, grace: Some(Grace { expires, .. }) }) => {
                    return Ok(Some(Issued { token, expires }));
                }
                Some(Live { grace: None, .. }) => {}
            }
            let rotate = self.link.run(|connection| self.scripts.rotate(connection, token, &fresh, grace));
            match rotate.await? {
                Rotation::Rotated { expires } => return Ok(Some(Issued { token: fresh, expires })),
                Rotation::Ended => return Ok(None),
                Rotation::Conflict => {}
            }
        }
        Err(contended())
    }
}
