//! JSON: it is accepted where `JSON.parse` accepts it, its fields say the same, and the control
//! characters that are escaped are those inside of texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::reference::json::{self as reference, Value};
use mpauthx_fuzz::wechat::json::{Json, Object, escape_controls};

const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    agrees(&text, bytes);
    let escaped = escape_controls(&text);
    assert_eq!(escape_controls(&escaped), escaped);
    match reference::parse(&text) {
        Some(_) => assert_eq!(escaped, text),
        None => agrees(&escaped, escaped.as_bytes()),
    }
});

fn agrees(text: &str, bytes: &[u8]) {
    let (read, expected) = (Json::parse(bytes), reference::parse(text));
    assert_eq!(read.is_some(), expected.is_some(), "accepted by one alone");
    if let (Some(read), Some(expected)) = (read, expected) {
        assert_eq!(matches!(read, Json::Null), expected == Value::Null);
        assert_eq!(matches!(read, Json::Object(_)), matches!(expected, Value::Object(_)));
        same(&read.into_object(), &expected);
    }
}

fn same(read: &Object, expected: &Value) {
    let Value::Object(fields) = expected else { return };
    for (name, _) in fields {
        let name = String::from_utf16_lossy(name);
        let value = expected.field(&name).expect("a field has a value");
        assert_eq!(read.text(&name), value.text().filter(|text| !text.is_empty()));
        assert_eq!(read.integer(&name), integer(value));
        let inner = read.object(&name).expect("what was read is JSON");
        same(&inner, value);
    }
    assert!(read.text("no field's name").is_none() || expected.field("no field's name").is_some());
}

fn integer(value: &Value) -> Option<i64> {
    let number: f64 = match value {
        Value::Number(number) => *number,
        Value::Text(_) => value.text()?.trim().parse().ok()?,
        _ => return None,
    };
    (number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER).then_some(number as i64)
}
