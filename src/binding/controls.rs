//! What an application's tests control of the token store that was made for them. All throw for any
//! other store.

use std::time::Duration;

use napi_derive::napi;

use super::{Core, refusal};
use crate::sessions::Controls;

#[napi]
impl Core {
    /// Lets so many milliseconds pass for the token store.
    #[napi(catch_unwind)]
    pub fn pass_time(&self, milliseconds: f64) -> napi::Result<()> {
        self.controls()?.pass(Duration::from_millis(milliseconds as u64));
        Ok(())
    }

    /// The time of the token store's clock, in Unix milliseconds.
    #[napi(catch_unwind)]
    pub fn store_time(&self) -> napi::Result<f64> {
        Ok(self.controls()?.now() as f64)
    }

    /// Lets every call that asks the token store fail at once, or no longer.
    #[napi(catch_unwind)]
    pub fn set_store_away(&self, is_away: bool) -> napi::Result<()> {
        self.controls()?.set_away(is_away);
        Ok(())
    }

    fn controls(&self) -> napi::Result<&Controls> {
        self.auth.controls().ok_or_else(|| refusal("the token store was not made for tests".to_owned()))
    }
}
