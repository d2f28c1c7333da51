//! The cache of checks, as JavaScript looks at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use napi::bindgen_prelude::Uint32Array;
use napi_derive::napi;

use super::Core;
use crate::sessions::Cached;

#[napi]
impl Core {
    /// Where the cache knows that `token` is live: the number of the look that found that, and for
    /// how many milliseconds it holds, unless something changes before.
    #[napi(catch_unwind)]
    pub fn cached(&self, token: String) -> Option<Vec<f64>> {
        let Cached { look, left } = self.auth.cached(&token)?;
        Some(vec![look as f64, 1000.0 * left.as_secs_f64()])
    }

    /// The count of what may have ended a look of the cache, which JavaScript may read once for
    /// each object; null where nothing is cached.
    #[napi(catch_unwind)]
    pub fn changes(&self) -> Option<Uint32Array> {
        self.auth.changes().map(shown)
    }

    /// Lets the count rise, so that JavaScript can see whether it does.
    #[napi(catch_unwind)]
    pub fn change(&self) {
        if let Some(changes) = self.auth.changes() {
            changes.fetch_add(1, Ordering::Release);
        }
    }
}

/// An array whose only element is `counter`. Where the runtime lends JavaScript no memory of ours,
/// as Electron does not, it is a copy.
#[allow(unsafe_code)]
fn shown(counter: Arc<AtomicU32>) -> Uint32Array {
    let element = counter.as_ptr();
    // SAFETY: `element` is valid for as long as the counter lives, which the closure keeps until
    // JavaScript has let go of the array. JavaScript only reads it, and all of our writes are
    // atomic. No other array has this memory: JavaScript asks for it once.
    unsafe { Uint32Array::with_external_data(element, 1, move |_, _| drop(counter)) }
}
