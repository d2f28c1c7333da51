//! Base64: as another decoder reads it, and what was encoded reads back in both alphabets.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::reference;
use mpauthx_fuzz::wechat::base64::decode;
use mpauthx_fuzz::wechat::encoded::Encoded;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    bytes: &'a [u8],
    text: &'a str,
}

fuzz_target!(|input: Input| {
    assert_eq!(decode(input.text), reference::base64::decode(input.text));
    let encoded = reference::base64::encode(input.bytes);
    assert_eq!(decode(&encoded), input.bytes);
    assert_eq!(decode(&encoded.replace('+', "-").replace('/', "_").replace('=', "")), input.bytes);
    assert_eq!(decode(&format!("{encoded}{}", input.text)).get(..input.bytes.len()), Some(input.bytes));
    // A form made blanks of its pluses.
    let form = Encoded::Base64(encoded.replace('+', " "));
    assert!(form.readings().any(|reading| *reading == *input.bytes));
    assert!(Encoded::Base64(input.text.to_owned()).readings().count() <= 2);
});
