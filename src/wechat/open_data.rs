//! Open data: what `wx.getUserInfo` returns encrypted, with AES-128-CBC under the session key. Pure
//! functions. Source: WeChat's page on signature verification and decryption of open data.

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use ring::hmac;
use subtle::ConstantTimeEq;

use super::base64;
use super::encoded::{Encoded, Purpose};
use super::json::{Json, Object, escape_controls};
use crate::error::{Error, Result};
use crate::hex;

/// AES works on blocks of so many bytes, and the iv is one.
const BLOCK: usize = 16;

const DATA: Purpose = Purpose {
    name: "encryptedData",
    is_length: |count| count > 0 && count.is_multiple_of(BLOCK),
    wanted: "not a multiple of 16: part of it is missing",
};

const IV: Purpose = Purpose { name: "iv", is_length: |count| count == BLOCK, wanted: "not 16" };

/// Who the decrypted data say the user is.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenData {
    pub open_id: Option<String>,
    pub union_id: Option<String>,
}

/// Decrypts who the user is, and checks that `data` was made for `app_id`.
pub fn decrypt(app_id: &str, session_key: &str, data: &Encoded, iv: &Encoded) -> Result<OpenData> {
    let (object, _) = decrypt_object(app_id, session_key, data, iv)?.ok_or_else(Error::decryption)?;
    Ok(OpenData { open_id: object.text("openId"), union_id: object.text("unionId") })
}

/// Decrypts `data`, whatever it holds, as JSON. None where it is not JSON, or was not made for
/// `app_id` or under this key. Fails where no key could decrypt it.
pub fn decrypt_text(app_id: &str, session_key: &str, data: &Encoded, iv: &Encoded) -> Result<Option<String>> {
    Ok(decrypt_object(app_id, session_key, data, iv)?.map(|(_, json)| json))
}

/// The error is settled before the decryption begins, by what was sent alone: so it tells nothing
/// of how far the decryption came.
fn decrypt_object(app_id: &str, session_key: &str, data: &Encoded, iv: &Encoded) -> Result<Option<(Object, String)>> {
    let faults: Vec<_> = [data.fault(&DATA), iv.fault(&IV)].into_iter().flatten().collect();
    let key = base64::decode(session_key);
    let decrypted = iv
        .readings()
        .find_map(|iv| data.readings().find_map(|data| parse_open_data(&decrypt_bytes(&key, &iv, &data)?, app_id)));
    match decrypted {
        None if !faults.is_empty() => Err(Error::malformed_data(faults.join("; "))),
        decrypted => Ok(decrypted),
    }
}

/// Whether `signature` is that of `raw_data` under the session key. Takes the same time for every
/// signature.
pub fn is_signature(session_key: &str, raw_data: &str, signature: &str) -> bool {
    let mut sha1 = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    sha1.update(raw_data.as_bytes());
    sha1.update(session_key.as_bytes());
    hex::encode(sha1.finish().as_ref()).as_bytes().ct_eq(signature.as_bytes()).into()
}

/// The signature of `data` under the session key, which is taken as it is written: HMAC-SHA256 in
/// hex. Source: WeChat's page on user signatures.
pub fn sign(session_key: &str, data: &[u8]) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, session_key.as_bytes()), data).as_ref())
}

fn decrypt_bytes(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(data).ok()
}

/// The data and their text, where they were made for `app_id`. Nicknames hold what users typed, and
/// WeChat does not escape all of it.
fn parse_open_data(plain: &[u8], app_id: &str) -> Option<(Object, String)> {
    let json = escape_controls(&String::from_utf8_lossy(plain)).into_owned();
    let data = Json::parse(json.as_bytes())?.into_object();
    let made_for = data.object("watermark")?.text("appid")?;
    (made_for == app_id).then_some((data, json))
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockModeEncrypt;

    use super::*;

    #[test]
    fn the_watermark_decides() {
        let own = br#"{"openId":"o","unionId":"u","watermark":{"appid":"wx1"}}"#;
        assert_eq!(parse_open_data(own, "wx1").unwrap().0.text("openId").as_deref(), Some("o"));
        assert!(parse_open_data(own, "wx2").is_none());
        for foreign in [&br#"{"openId":"o"}"#[..], br#"{"openId":"o","watermark":null}"#, br#"{"appid":"wx1"}"#, b"[]"]
        {
            assert!(parse_open_data(foreign, "wx1").is_none());
        }
    }

    #[test]
    fn an_empty_or_null_union_id_is_none() {
        for union_id in ["null", "\"\""] {
            let plain = format!(r#"{{"openId":"o","unionId":{union_id},"watermark":{{"appid":"wx1"}}}}"#);
            assert_eq!(parse_open_data(plain.as_bytes(), "wx1").unwrap().0.text("unionId"), None);
        }
    }

    /// Source: the example on WeChat's page on user signatures.
    #[test]
    fn the_key_signs_as_text() {
        let signature = "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b";
        assert_eq!(sign("o0q0otL8aEzpcZL/FT9WsQ==", br#"{"foo":"bar"}"#), signature);
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

    const KEY: [u8; 16] = [1; 16];
    const IV: [u8; 16] = [2; 16];
    const PLAIN: &str = r#"{"openId":"o","unionId":"u","watermark":{"appid":"wx1"}}"#;

    fn session_key(key: &[u8]) -> String {
        base64_simd::STANDARD.encode_to_string(key)
    }

    /// What WeChat makes of [`PLAIN`].
    fn sealed() -> Encoded {
        let cipher = cbc::Encryptor::<aes::Aes128>::new_from_slices(&KEY, &IV).unwrap();
        Encoded::Bytes(cipher.encrypt_padded_vec::<Pkcs7>(PLAIN.as_bytes()))
    }

    fn iv() -> Encoded {
        Encoded::Bytes(IV.to_vec())
    }

    #[test]
    fn what_was_made_for_the_app_under_the_key_is_read() {
        let user = OpenData { open_id: Some("o".to_owned()), union_id: Some("u".to_owned()) };
        assert_eq!(decrypt("wx1", &session_key(&KEY), &sealed(), &iv()), Ok(user));
        assert_eq!(decrypt_text("wx1", &session_key(&KEY), &sealed(), &iv()), Ok(Some(PLAIN.to_owned())));
        for (app_id, key) in [("wx2", &KEY[..]), ("wx1", &IV), ("wx1", &[])] {
            assert_eq!(decrypt(app_id, &session_key(key), &sealed(), &iv()), Err(Error::decryption()));
            assert_eq!(decrypt_text(app_id, &session_key(key), &sealed(), &iv()), Ok(None));
        }
    }

    #[test]
    fn what_no_key_could_decrypt_is_told() {
        let bytes = |count| Encoded::Bytes(vec![0; count]);
        for (data, iv) in [(bytes(0), iv()), (bytes(17), iv()), (sealed(), bytes(15)), (sealed(), bytes(17))] {
            let faults = [data.fault(&DATA), iv.fault(&super::IV)].into_iter().flatten().collect::<String>();
            let error = decrypt_text("wx1", &session_key(&KEY), &data, &iv).unwrap_err();
            assert!(!faults.is_empty());
            assert_eq!(error, Error::malformed_data(faults));
        }
    }

    #[test]
    fn a_signature_is_of_the_data_and_the_key() {
        let of_abc = "a9993e364706816aba3e25717850c26c9cd0d89d";
        assert!(is_signature("c", "ab", of_abc));
        for (key, data, signature) in
            [("c", "ac", of_abc), ("d", "ab", of_abc), ("c", "ab", &of_abc[1..]), ("", "", "")]
        {
            assert!(!is_signature(key, data, signature));
        }
    }
}
