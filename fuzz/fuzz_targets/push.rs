//! Message pushes: what WeChat encrypted for an app is read by it and by no other; whatever a
//! message is, it is a JSON object without deep nesting; and without a signature nothing is read.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::pushes::{encrypt, open, plain, safe, seal};
use mpauthx_fuzz::reference::json::{self, Value};
use mpauthx_fuzz::wechat::push::Query;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    app_id: &'a str,
    query: [Option<&'a str>; 5],
    now: u64,
    text: &'a str,
    blocks: &'a [u8],
    body: &'a [u8],
}

fuzz_target!(|input: Input| {
    let (plain, safe) = (plain(input.app_id), safe(input.app_id));
    let read = open(&plain, input.body, None);
    if let Some(message) = &read {
        assert!(matches!(json::parse(message), Some(Value::Object(_))));
        assert!(nested(message) <= 32);
    }

    let sealed = seal(input.body, input.app_id);
    let body = |encrypted: &str| serde_json::json!({ "Encrypt": encrypted }).to_string();
    assert_eq!(open(&safe, body(&sealed).as_bytes(), Some(&sealed)), read);
    let xml = format!("<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    assert_eq!(open(&safe, xml.as_bytes(), Some(&sealed)), read);
    for (app_id, is_ours) in [("", true), ("x", false)] {
        let sealed = seal(b"{}", &format!("{}{app_id}", input.app_id));
        let read = open(&safe, body(&sealed).as_bytes(), Some(&sealed));
        assert_eq!(read.as_deref(), is_ours.then_some("{}"));
    }

    // Signed, and made of anything.
    let (blocks, _) = input.blocks.as_chunks::<16>();
    for encrypted in [encrypt(blocks.as_flattened()), input.text.to_owned()] {
        open(&safe, body(&encrypted).as_bytes(), Some(&encrypted));
    }

    let [signature, msg_signature, timestamp, nonce, echostr] = input.query.map(|text| text.map(str::to_owned));
    let query = Query { signature, msg_signature, timestamp, nonce, echostr };
    for body in [input.body, b""] {
        assert!(plain.open(&query, body, input.now).is_err());
        assert!(safe.open(&query, body, input.now).is_err());
    }
});

/// How deep brackets stand in each other that are in no text.
fn nested(json: &str) -> usize {
    let (mut depth, mut deepest, mut letters) = (0_usize, 0, json.chars());
    let mut in_text = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => in_text = !in_text,
            '\\' if in_text => drop(letters.next()),
            '{' | '[' if !in_text => depth += 1,
            '}' | ']' if !in_text => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
