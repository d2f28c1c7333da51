//! Message pushes as WeChat makes them.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::hex;
use crate::reference::base64;
use crate::wechat::push::{Push, Query};

const TOKEN: &str = "PushToken";
const TIMESTAMP: u64 = 1_700_000_000;
const NONCE: &str = "nonce";
const KEY: [u8; 32] = *b"a key of AES-256 has 32 bytes...";

/// The application's side, in the plain mode.
pub fn plain(app_id: &str) -> Push {
    Push::new(app_id.to_owned(), TOKEN.to_owned(), None).expect("no key can be wrong")
}

/// The application's side, where all is encrypted.
pub fn safe(app_id: &str) -> Push {
    let key = base64::encode(&KEY);
    let key = key.strip_suffix('=').expect("32 bytes are not a multiple of three");
    Push::new(app_id.to_owned(), TOKEN.to_owned(), Some(key)).expect("the key is right")
}

/// What `push` makes of a body that WeChat signed.
pub fn open(push: &Push, body: &[u8], encrypted: Option<&str>) -> Option<String> {
    let timestamp = TIMESTAMP.to_string();
    let query = Query {
        signature: Some(signature(&[TOKEN, &timestamp, NONCE])),
        msg_signature: encrypted.map(|encrypted| signature(&[TOKEN, &timestamp, NONCE, encrypted])),
        timestamp: Some(timestamp),
        nonce: Some(NONCE.to_owned()),
        echostr: None,
    };
    let pushed = push.open(&query, body, TIMESTAMP).ok()?;
    Some(pushed.message.expect("a body is no question whether the server is there"))
}

/// Encrypts `message` for `app_id`, and fills it up as WeChat does.
pub fn seal(message: &[u8], app_id: &str) -> String {
    let length = u32::try_from(message.len()).expect("a short message");
    let mut bytes = [&[7; 16], &length.to_be_bytes()[..], message, app_id.as_bytes()].concat();
    let padding = 32 - bytes.len() % 32;
    bytes.resize(bytes.len() + padding, padding as u8);
    encrypt(&bytes)
}

/// Encrypts blocks of 16 bytes.
pub fn encrypt(blocks: &[u8]) -> String {
    let (key, iv) = (&KEY, KEY.first_chunk::<16>().expect("the key is longer"));
    base64::encode(&cbc::Encryptor::<aes::Aes256>::new(key.into(), iv.into()).encrypt_padded_vec::<NoPadding>(blocks))
}

fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes()).as_ref())
}
