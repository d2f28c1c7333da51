//! Tokens: what is read prints as it was, what is made reads back, and a sku's glob is that sku's.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::hex;
use mpauthx_fuzz::reference::glob;
use mpauthx_fuzz::token::{Owner, Token, extract_open_id, extract_sku, is_secret};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    bytes: [u8; 32],
    secret: [u8; 16],
    user: &'a str,
    sku: &'a str,
    text: &'a str,
}

fuzz_target!(|input: Input| {
    let digits = hex::encode(&input.bytes);
    reads(input.text);
    reads(&format!("{}|{digits}", input.text));
    let owner = Owner { user: input.user.replace('|', ""), sku: input.sku.to_owned() };
    makes(&owner, &digits, &hex::encode(&input.secret));
    let text = Token::join(&owner.prefix(), &digits);
    let sku = input.text;
    let is_listed = text.contains(&format!("|{sku}|"));
    assert_eq!(glob::matches(Token::glob(sku).as_bytes(), text.as_bytes()), is_listed);
});

/// Any text.
fn reads(text: &str) {
    let parts = parts(text);
    let token = Token::parse(text);
    assert_eq!(token.is_some(), parts.is_some());
    if let (Some(token), Some((user, sku, digits))) = (token, parts) {
        assert_eq!((token.as_str(), token.hex()), (text, digits));
        assert_eq!(token.owner(), Owner { user: user.to_owned(), sku: sku.to_owned() });
        assert_eq!(Token::join(&token.owner().prefix(), token.hex()), text);
        assert_eq!(extract_open_id(text), user);
        assert_eq!(extract_sku(text), (!sku.contains('|')).then_some(sku));
    }
}

/// A token's user, sku and hex digits.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (owner, digits) = text.rsplit_once('|')?;
    let (user, sku) = owner.split_once('|')?;
    let is_hex = digits.len() == 64 && digits.chars().all(|digit| "0123456789abcdef".contains(digit));
    is_hex.then_some((user, sku, digits))
}

fn makes(owner: &Owner, digits: &str, secret: &str) {
    let token = Token::parse(&Token::join(&owner.prefix(), digits)).expect("what was joined reads back");
    assert_eq!(token.owner(), *owner);
    assert_eq!(format!("{}{}", token.session(), token.secret()), digits);
    assert_eq!(format!("{}{}", token.full_session(), token.secret()), token.as_str());
    let next = token.with_secret(secret);
    assert_eq!(Token::parse(next.as_str()).as_ref(), Some(&next));
    assert_eq!((next.session(), next.secret(), next.owner()), (token.session(), secret, token.owner()));
    assert!(is_secret(secret));
}
