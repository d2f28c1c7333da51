//! The encryption of a push: AES-256-CBC under the key that WeChat's console shows in base64.

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};

use crate::wechat::base64;

/// The base64 of a key is this long; its `=` is left out.
const ENCODED_KEY: usize = 43;

/// The iv is the first bytes of the key.
const IV: usize = 16;

/// WeChat fills up to blocks of so many bytes, not to those of AES.
const BLOCK: u8 = 32;

/// In front of the message: random bytes and the message's length.
const RANDOM: usize = 16;
const LENGTH: usize = 4;

pub struct Key([u8; 32]);

impl Key {
    pub fn parse(encoded: &str) -> Option<Self> {
        let bytes = (encoded.len() == ENCODED_KEY).then(|| base64::decode(encoded))?;
        bytes.try_into().ok().map(Self)
    }

    /// The message in `encrypted`. None where it does not decrypt, or was made for another app.
    pub fn open(&self, encrypted: &str, app_id: &str) -> Option<Vec<u8>> {
        let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&self.0, &self.0[..IV]).ok()?;
        let padded = cipher.decrypt_padded_vec::<NoPadding>(&base64::decode(encrypted)).ok()?;
        let plain = unpadded(&padded)?;
        let (length, rest) = plain.get(RANDOM..)?.split_first_chunk::<LENGTH>()?;
        let (message, made_for) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        (made_for == app_id.as_bytes()).then(|| message.to_vec())
    }
}

/// PKCS#7 with blocks of 32 bytes.
fn unpadded(padded: &[u8]) -> Option<&[u8]> {
    let count = *padded.last()?;
    let (plain, padding) = padded.split_at(padded.len().checked_sub(count.into())?);
    let is_padding = (1..=BLOCK).contains(&count) && padding.iter().all(|&byte| byte == count);
    is_padding.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODED: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    /// The example in WeChat's sample code.
    const ENCRYPTED: &str = "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFm\
                             OD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8d\
                             KOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5\
                             RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNP\
                             fUM669WuMyVWQLCzpu9GhglF2PE=";

    #[test]
    fn the_example_of_wechat_decrypts_for_its_app_alone() {
        let key = Key::parse(ENCODED).unwrap();
        let message = key.open(ENCRYPTED, "wx2c2769f8efd9abc2").unwrap();
        assert!(String::from_utf8(message).unwrap().contains("<![CDATA[abcdteT]]>"));
        for app_id in ["wx2c2769f8efd9abc3", "wx2c2769f8efd9abc", "wx2c2769f8efd9abc22", ""] {
            assert_eq!(key.open(ENCRYPTED, app_id), None);
        }
        let other = Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert_eq!(other.open(ENCRYPTED, "wx2c2769f8efd9abc2"), None);
    }

    #[test]
    fn what_is_no_key_and_no_padding_is_refused() {
        for encoded in ["", "a", &ENCODED[1..], &format!("{ENCODED}="), &"!".repeat(ENCODED_KEY)] {
            assert!(Key::parse(encoded).is_none(), "{encoded}");
        }
        assert_eq!(unpadded(&[7, 2, 2]), Some(&[7][..]));
        assert_eq!(unpadded(&[32; 32]), Some(&[][..]));
        for padded in [&[][..], &[0], &[2], &[1, 2], &[3, 2, 3], &[33; 33]] {
            assert_eq!(unpadded(padded), None, "{padded:?}");
        }
        let key = Key::parse(ENCODED).unwrap();
        for encrypted in ["", "AAAA", "!", &"A".repeat(64), &"A".repeat(128)] {
            assert_eq!(key.open(encrypted, ""), None);
        }
    }
}
