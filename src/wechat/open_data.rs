//! Open data: what `wx.getUserInfo` hands over encrypted, AES-128-CBC under the session key. Pure functions.
//! Source: WeChat's page on signature verification and decryption of open data.

use std::borrow::Cow;

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};

use super::base64;
use super::json::{Json, Object};
use crate::error::{Error, Result};
use crate::profile::{self, Profile, Value};

/// Bytes as the application has them.
pub enum Encoded {
    Base64(String),
    Bytes(Vec<u8>),
}

impl Encoded {
    fn decode(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Base64(text) => base64::decode(text).into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

/// Who the decrypted data say the user is.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenData {
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    pub profile: Profile,
}

/// Decrypts `data` and checks that it was made for `app_id`.
pub fn decrypt(app_id: &str, session_key: &str, data: &Encoded, iv: &Encoded) -> Result<OpenData> {
    decrypt_bytes(&base64::decode(session_key), &iv.decode(), &data.decode())
        .and_then(|plain| read(&plain, app_id))
        .ok_or_else(Error::decryption)
}

fn decrypt_bytes(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(data).ok()
}

fn read(plain: &[u8], app_id: &str) -> Option<OpenData> {
    let data = Json::parse(plain)?.into_object();
    let made_for = data.object("watermark")?.text("appid")?;
    (made_for == app_id).then(|| OpenData {
        open_id: data.text("openId"),
        union_id: data.text("unionId"),
        profile: profile(&data),
    })
}

fn profile(data: &Object) -> Profile {
    let texts = profile::TEXTS.iter().filter_map(|&field| Some((field, Value::Text(data.any_text(field)?))));
    let numbers = profile::NUMBERS.iter().filter_map(|&field| Some((field, Value::Number(data.integer(field)?))));
    Profile(texts.chain(numbers).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watermark_decides() {
        let own = br#"{"openId":"o","unionId":"u","watermark":{"appid":"wx1"}}"#;
        assert_eq!(
            read(own, "wx1"),
            Some(OpenData { open_id: Some("o".into()), union_id: Some("u".into()), profile: Profile::default() })
        );
        assert_eq!(read(own, "wx2"), None);
        for foreign in [&br#"{"openId":"o"}"#[..], br#"{"openId":"o","watermark":null}"#, br#"{"appid":"wx1"}"#, b"[]"]
        {
            assert_eq!(read(foreign, "wx1"), None);
        }
    }

    #[test]
    fn an_empty_or_null_union_id_is_none() {
        for union_id in ["null", "\"\""] {
            let plain = format!(r#"{{"openId":"o","unionId":{union_id},"watermark":{{"appid":"wx1"}}}}"#);
            assert_eq!(read(plain.as_bytes(), "wx1").unwrap().union_id, None);
        }
    }

    #[test]
    fn keys_ivs_and_data_of_a_wrong_size_are_refused() {
        let block = [0; 16];
        for (key, iv, data) in
            [(&block[..15], &block[..], &block[..]), (&block, &block[..15], &block), (&block, &block, &[])]
        {
            assert_eq!(decrypt_bytes(key, iv, data), None);
        }
    }
}
