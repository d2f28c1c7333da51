//! JSON from outside, parsed as leniently as `JSON.parse` does: it accepts unknown fields of any
//! depth, duplicate keys (the last wins), lone surrogates and huge numbers. serde's derived structs
//! refuse duplicate keys, and its `Value` refuses lone surrogates and huge numbers. So the values
//! stay raw text until one of them is needed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::value::RawValue;

/// The largest whole number that JavaScript's numbers tell from its neighbours.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A JSON value, as far as this crate uses it.
#[derive(Debug)]
pub enum Json {
    Null,
    Object(Object),
    /// Anything else.
    Other,
}

/// An object's fields by their names, each as raw JSON.
#[derive(Debug, Default)]
pub struct Object(HashMap<Text, Box<RawValue>>);

impl Json {
    /// None where `bytes` is not JSON.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        Self::from_raw(serde_json::from_str(&text).ok()?)
    }

    /// Parses one level of what is known to be JSON.
    fn from_raw(raw: &RawValue) -> Option<Self> {
        match raw.get() {
            "null" => Some(Self::Null),
            object if object.starts_with('{') => {
                serde_json::from_str(object).ok().map(|fields| Self::Object(Object(fields)))
            }
            _ => Some(Self::Other),
        }
    }

    /// The fields of an object; none of anything else.
    pub fn into_object(self) -> Object {
        match self {
            Self::Object(object) => object,
            Self::Null | Self::Other => Object::default(),
        }
    }
}

impl Object {
    /// The text of the field `name`. Empty text counts as none: it identifies nobody.
    pub fn text(&self, name: &str) -> Option<String> {
        let Text(text) = serde_json::from_str(self.raw(name)?).ok()?;
        Some(text).filter(|text| !text.is_empty())
    }

    /// The whole number in the field `name`, or in its text.
    pub fn integer(&self, name: &str) -> Option<i64> {
        let text = self.text(name);
        let number: f64 = text.as_deref().unwrap_or(self.raw(name)?).trim().parse().ok()?;
        (number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER).then_some(number as i64)
    }

    pub fn object(&self, name: &str) -> Option<Object> {
        Json::from_raw(self.0.get(name)?).map(Json::into_object)
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|raw| raw.get())
    }
}

/// Escapes the control characters inside the strings of `text`, which JSON wants escaped. Behind a
/// backslash they stay: that is no escape of JSON's.
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.contains(|letter: char| letter < ' ') {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let (mut in_string, mut behind_backslash) = (false, false);
    for letter in text.chars() {
        match letter {
            control @ '\0'..'\x20' if in_string && !behind_backslash => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => escaped.push(other),
        }
        in_string ^= letter == '"' && !behind_backslash;
        behind_backslash = in_string && letter == '\\' && !behind_backslash;
    }
    escaped.into()
}

/// Text that is read as bytes: it may hold a lone surrogate, which no `str` can. That is replaced.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Text(String);

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(well_formed(bytes)))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

/// `bytes` as text. A lone surrogate, which is three bytes, becomes one replacement character, as
/// in JavaScript's `toWellFormed`.
fn well_formed(bytes: &[u8]) -> String {
    let mut bytes = bytes.to_vec();
    for i in 2..bytes.len() {
        if bytes[i - 2] == 0xed && bytes[i - 1] >= 0xa0 {
            bytes[i - 2..=i].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        Json::parse(text.as_bytes()).expect(text).into_object()
    }

    #[test]
    fn odd_neighbours_do_no_harm() {
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        for neighbour in [
            r#""name":"\ud83d lone""#.to_owned(),
            r#""\udc00":1"#.to_owned(),
            r#""big":1e999,"bigger":123456789012345678901234567890"#.to_owned(),
            r#""id":1e999,"id":null"#.to_owned(),
            format!(r#""deep":{deep}"#),
        ] {
            let object = object(&format!(r#"{{{neighbour},"id":"x","inner":{{"id":"y"}}}}"#));
            assert_eq!(object.text("id").as_deref(), Some("x"));
            assert_eq!(object.object("inner").and_then(|inner| inner.text("id")).as_deref(), Some("y"));
        }
    }

    #[test]
    fn what_is_not_unicode_is_replaced() {
        let object = Json::parse(b"{\"name\":\"a\xff\",\"id\":\"\\ud800b\"}").unwrap().into_object();
        assert_eq!(object.text("name").as_deref(), Some("a\u{fffd}"));
        assert_eq!(object.text("id").as_deref(), Some("\u{fffd}b"));
    }

    #[test]
    fn what_json_parse_refuses_is_refused() {
        for text in
            ["", "{", "{}x", "\u{feff}{}", "{'id':1}", "{\"id\":1,}", "undefined", "{\"a\tb\":1}", "{\"a\":\"\n\"}"]
        {
            assert!(Json::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn raw_control_characters_are_read_inside_strings_alone() {
        for (text, read) in [
            ("{\"a\":\"x\ty\n\0\"}", Some("x\ty\n\0")),
            ("{\t\n\"a\":\r\"x\\\"\u{1f}\"}", Some("x\"\u{1f}")),
            ("{\"a\":\"\\\\\u{1}\"}", Some("\\\u{1}")),
            ("{\"a\u{1}\":1,\"a\":\"y\"}", Some("y")),
            ("{\u{1}\"a\":\"x\"}", None),
            ("{\"a\":\"x\\\n\"}", None),
            ("{\"a\":\"x\n}", None),
        ] {
            let parsed = Json::parse(escape_controls(text).as_bytes());
            assert_eq!(parsed.and_then(|json| json.into_object().text("a")).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn values_that_are_no_objects_have_no_fields() {
        for text in ["null", "true", "1", "1.5", "\"id\"", "[{\"id\":\"x\"}]"] {
            assert_eq!(object(text).text("id"), None, "{text}");
        }
        assert!(matches!(Json::parse(b" null "), Some(Json::Null)));
    }

    #[test]
    fn whole_numbers_are_read_from_numbers_and_texts() {
        let object = object(r#"{"a":-1,"b":" 40029 ","c":1.5,"d":1e999,"e":"x","f":4e2,"g":null}"#);
        let read = |name| object.integer(name);
        assert_eq!([read("a"), read("b"), read("f")], [Some(-1), Some(40029), Some(400)]);
        assert_eq!(["c", "d", "e", "g", "h"].map(read), [None; 5]);
    }

    #[test]
    fn what_has_no_control_characters_is_not_copied() {
        for text in ["", "{}", "{ \"a\": 1 }", "字"] {
            assert!(matches!(escape_controls(text), Cow::Borrowed(_)), "{text}");
        }
        assert!(matches!(escape_controls("\t"), Cow::Owned(_)));
    }
}
