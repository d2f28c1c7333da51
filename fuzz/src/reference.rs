//! The same things done again, as simply as they can be said: slowly, and by other means than the
//! product's.

pub mod base64;
pub mod glob;
pub mod json;
