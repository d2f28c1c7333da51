//! The pure modules of the product, compiled from their own files, and what the targets compare
//! them with.

/// Their files name each other from the root of their crate: so this one shows them there too.
#[path = "../../src"]
#[allow(dead_code)]
mod product {
    pub mod error;
    pub mod hex;
    pub mod token;
    pub mod wechat {
        pub mod base64;
        pub mod encoded;
        pub mod json;
        pub mod mask;
        pub mod open_data;
        pub mod push;
        pub mod reply;
    }
    pub mod sessions {
        pub mod redis {
            pub mod connect {
                pub mod info;
                pub mod place;
            }
        }
    }
}

pub mod pushes;
pub mod reference;

pub use product::sessions::redis::connect::{info, place};
pub use product::{error, hex, token, wechat};
