//! Why a token is not live any more. It ends nothing: a look is no use of a token.

use super::record::Expiry;
use super::scripts::Trace;
use super::{MAX_ATTEMPTS, Redis, contended};
use crate::error::Result;
use crate::sessions::Standing;
use crate::token::Token;

impl Redis {
    /// What is known of `token`.
    pub async fn explain(&self, token: &Token) -> Result<Standing> {
        if self.is_live_by_itself(token).await? {
            return Ok(Standing::Live);
        }
        let mut looked_at = None;
        for _ in 0..MAX_ATTEMPTS {
            match self.trace(token).await? {
                Trace::Unknown => return Ok(Standing::Unknown),
                Trace::Ended(why) => return Ok(Standing::ended(&why)),
                Trace::Past { .. } => return Ok(Standing::Rotated),
                Trace::Current { expires } => return Ok(self.gone(expires)),
                Trace::InGrace { current, expires, .. } => {
                    if self.is_live_by_itself(&current).await? {
                        return Ok(Standing::Live);
                    }
                    // It may have been rotated between the two looks: then another one is current.
                    if looked_at.as_ref() == Some(&current) {
                        return Ok(self.gone(expires));
                    }
                    looked_at = Some(current);
                }
            }
        }
        Err(contended())
    }

    /// What is known of the current token of a session that has not ended, which has no record and
    /// would have expired then at the latest: without an idle limit, an earlier end was an
    /// administrator's doing.
    fn gone(&self, expires: Option<u64>) -> Standing {
        let is_over = expires.is_some_and(|time| !self.is_ahead(Expiry::At(time)));
        if is_over || self.scripts.has_idle_limit() { Standing::Expired } else { Standing::Unknown }
    }
}
