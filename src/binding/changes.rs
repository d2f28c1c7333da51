//! A counter that JavaScript reads without crossing into the addon.

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use napi::bindgen_prelude::Uint32Array;

/// An array whose only element is `counter`. Where the runtime gives JavaScript no memory of ours,
/// as Electron does not, it is a copy.
pub fn shown(counter: Arc<AtomicU32>) -> Uint32Array {
    let element = counter.as_ptr();
    // SAFETY: `element` is valid for as long as the counter lives, which the closure keeps until
    // JavaScript has let go of the array. JavaScript only reads it, and all of our writes are
    // atomic. No other array has this memory: a counter is shown once.
    unsafe { Uint32Array::with_external_data(element, 1, move |_, _| drop(counter)) }
}
