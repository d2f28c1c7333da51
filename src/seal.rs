//! Encryption of what lies in a store that others may read: AES-256-GCM under a key derived from
//! the app secret. Imports `error` and `hex`.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{self, HMAC_SHA256};

use crate::error::{Error, Result};
use crate::hex;

/// Hex digits of a name.
const DIGITS: usize = 32;

pub struct Seal {
    key: LessSafeKey,
    names: hmac::Key,
}

impl Seal {
    pub fn new(secret: &str) -> Result<Self> {
        let secret = Salt::new(HKDF_SHA256, b"mpauthx").extract(secret.as_bytes());
        let key = secret.expand(&[b"seal"], &AES_256_GCM).map_err(|_| Error::internal())?;
        let names = secret.expand(&[b"names"], HMAC_SHA256).map_err(|_| Error::internal())?;
        Ok(Self { key: LessSafeKey::new(UnboundKey::from(key)), names: names.into() })
    }

    /// A name that `text` always gets, and that does not tell it.
    pub fn name(&self, text: &str) -> String {
        hex::encode(&hmac::sign(&self.names, text.as_bytes()).as_ref()[..DIGITS / 2])
    }

    /// Encrypts `text`, as base64. It opens only with the same additional authenticated data, which
    /// says where it belongs.
    pub fn seal(&self, aad: &str, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| Error::internal())?;
        let mut sealed = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut sealed)
            .map_err(|_| Error::internal())?;
        sealed.splice(..0, nonce);
        Ok(base64_simd::STANDARD.encode_to_string(sealed))
    }

    /// Decrypts what [`seal`](Self::seal) returned. None where it was sealed under another secret
    /// or with other additional data, or was changed.
    pub fn open(&self, aad: &str, sealed: &str) -> Option<String> {
        let mut sealed = base64_simd::STANDARD.decode_to_vec(sealed).ok()?;
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.key.open_in_place(nonce, Aad::from(aad), text).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_secret_and_additional_data() {
        let seal = Seal::new("secret").unwrap();
        let sealed = seal.seal("here", "text").unwrap();
        assert_eq!(seal.open("here", &sealed).as_deref(), Some("text"));
        assert_eq!(seal.open("there", &sealed), None);
        assert_eq!(Seal::new("another").unwrap().open("here", &sealed), None);
        let mut changed = base64_simd::STANDARD.decode_to_vec(&sealed).unwrap();
        changed[NONCE_LEN] ^= 1;
        assert_eq!(seal.open("here", &base64_simd::STANDARD.encode_to_string(changed)), None);
        for garbage in ["", "AAAA", "text", "\0"] {
            assert_eq!(seal.open("here", garbage), None);
        }
        assert_ne!(sealed, seal.seal("here", "text").unwrap());
    }

    #[test]
    fn a_name_is_one_text_s_under_one_secret() {
        let seal = Seal::new("secret").unwrap();
        assert_eq!(seal.name("a"), Seal::new("secret").unwrap().name("a"));
        assert_ne!(seal.name("a"), seal.name("b"));
        assert_ne!(seal.name("a"), Seal::new("another").unwrap().name("a"));
    }
}
