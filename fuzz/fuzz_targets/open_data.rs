//! Open data: what is encrypted for an app decrypts for it and for no other, in each of the forms
//! in which applications pass it on; anything else is an error of one kind.
#![no_main]

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::error::{Code, Error};
use mpauthx_fuzz::reference::base64::encode;
use mpauthx_fuzz::reference::json::{self, Value};
use mpauthx_fuzz::wechat::encoded::Encoded;
use mpauthx_fuzz::wechat::json::escape_controls;
use mpauthx_fuzz::wechat::open_data::{OpenData, decrypt, decrypt_text, is_signature, sign};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    key: [u8; 16],
    iv: [u8; 16],
    app_id: &'a str,
    open_id: &'a str,
    union_id: Option<&'a str>,
    /// In place of what names the user.
    plain: Option<&'a [u8]>,
    form: Form,
    spoiled: Option<(u16, u8)>,
    text: &'a str,
}

#[derive(Debug, Arbitrary)]
enum Form {
    Base64,
    /// A form made blanks of the pluses.
    Blanks,
    Bytes,
    /// Anything at all.
    Text,
}

fuzz_target!(|input: Input| {
    let key = encode(&input.key);
    let plain = plain(&input);
    let mut data = encrypt(&input.key, &input.iv, &plain);
    let is_spoiled = input.spoiled.is_some_and(|(at, bits)| {
        let at = usize::from(at) % data.len();
        data[at] ^= bits;
        bits != 0
    });
    let [data, iv] = [&data, &input.iv[..]].map(|bytes| in_form(&input, bytes));
    let read = decrypt_text(input.app_id, &key, &data, &iv);
    let named = decrypt(input.app_id, &key, &data, &iv);
    if is_spoiled || matches!(input.form, Form::Text) {
        is_clear(&read.map(drop).err());
        is_clear(&named.map(drop).err());
    } else {
        is_right(&input, &plain, read.expect("data of the right length"), named.ok());
        let (mut shorter, mut longer) = (input.app_id.to_owned(), input.app_id.to_owned());
        shorter.pop();
        longer.push('x');
        for foreign in [shorter, longer].iter().filter(|foreign| *foreign != input.app_id) {
            let read = decrypt_text(foreign, &key, &data, &iv).expect("data of the right length");
            assert!(read.is_none() || input.plain.is_some());
        }
    }
    let signature = sign(&key, &plain);
    assert!(signature.len() == 64 && !is_signature(&key, input.text, &signature));
});

fn is_right(input: &Input, plain: &[u8], read: Option<String>, named: Option<OpenData>) {
    let text = escape_controls(&String::from_utf8_lossy(plain)).into_owned();
    let value = json::parse(&text);
    let made_for = value.as_ref().and_then(|value| value.field("watermark")?.field("appid")?.text());
    let is_ours = !input.app_id.is_empty() && made_for.as_deref() == Some(input.app_id);
    assert_eq!(read, is_ours.then_some(text));
    let name = |name: &str| value.as_ref().and_then(|value| filled(value.field(name)));
    let expected = OpenData { open_id: name("openId"), union_id: name("unionId") };
    assert_eq!(named, is_ours.then_some(expected));
}

fn filled(value: Option<&Value>) -> Option<String> {
    value?.text().filter(|text| !text.is_empty())
}

fn is_clear(error: &Option<Error>) {
    assert!(error.as_ref().is_none_or(|error| error.code == Code::Decryption));
}

fn plain(input: &Input) -> Vec<u8> {
    let names = serde_json::json!({
        "openId": input.open_id, "unionId": input.union_id, "watermark": { "appid": input.app_id },
    });
    input.plain.map_or_else(|| names.to_string().into_bytes(), <[u8]>::to_vec)
}

fn encrypt(key: &[u8; 16], iv: &[u8; 16], plain: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<aes::Aes128>::new(key.into(), iv.into()).encrypt_padded_vec::<Pkcs7>(plain)
}

fn in_form(input: &Input, bytes: &[u8]) -> Encoded {
    match input.form {
        Form::Base64 => Encoded::Base64(encode(bytes)),
        Form::Blanks => Encoded::Base64(encode(bytes).replace('+', " ")),
        Form::Bytes => Encoded::Bytes(bytes.to_vec()),
        Form::Text => Encoded::Base64(input.text.to_owned()),
    }
}
