//! Replies of WeChat: what is no JSON object has no fields, an errcode other than 0 refuses, and
//! WeChat's words repeat no secret.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::reference::json;
use mpauthx_fuzz::wechat::mask::Mask;
use mpauthx_fuzz::wechat::reply::{RequestError, check_errcode, parse_refusal, parse_reply};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    secrets: [&'a str; 2],
    sent: &'a str,
    errcode: i32,
    openid: &'a str,
    words: [&'a str; 3],
    reply: &'a [u8],
}

fuzz_target!(|input: Input| {
    let mask = Mask { secrets: &input.secrets, sent: input.sent };
    reads(input.reply, mask);
    let [first, second, third] = input.words;
    let [secret, other] = input.secrets;
    let errmsg = format!("{first}{secret}{second}{}{third}{other}", input.openid);
    let reply = serde_json::json!({ "errcode": input.errcode, "errmsg": errmsg, "openid": input.openid });
    let refusal = reads(reply.to_string().as_bytes(), mask);
    assert_eq!(refusal, input.errcode != 0);
});

/// Whether the reply refuses.
fn reads(reply: &[u8], mask: Mask<'_>) -> bool {
    let expected = json::parse(&String::from_utf8_lossy(reply));
    let object = match parse_reply(reply) {
        Ok(object) => object,
        Err(error) => {
            assert!(matches!(expected, None | Some(json::Value::Null)));
            assert!(error.errcode().is_none());
            return false;
        }
    };
    let refusal = parse_refusal(&object, mask);
    let openid = object.text("openid").unwrap_or_default();
    for secret in mask.secrets.iter().copied().chain([openid.as_str()]) {
        // What stands for a secret may itself be one.
        let is_secret = !secret.is_empty() && !secret.contains('*');
        let is_told = [&refusal.errmsg, &refusal.rid].into_iter().flatten().any(|text| text.contains(secret));
        assert!(!is_secret || !is_told, "a secret is repeated");
    }
    match check_errcode(&object, mask) {
        Ok(()) => assert!(refusal.errcode.is_none_or(|errcode| errcode == 0)),
        Err(RequestError::Refused(told)) => assert_eq!(told, refusal),
        Err(RequestError::Failed(_)) => panic!("a refusal is no failure"),
    }
    refusal.errcode.is_some_and(|errcode| errcode != 0)
}
