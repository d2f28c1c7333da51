//! JSON from outside, read as leniently as `JSON.parse` reads it: unknown fields of any depth, duplicate keys (the last wins),
//! lone surrogates and huge numbers do no harm to the fields that are wanted. serde's derived structs refuse duplicate keys, its
//! `Value` lone surrogates and huge numbers.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value, as far as it is of use here.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Text(String),
    /// A whole number.
    Integer(i64),
    /// The wanted fields of an object.
    Object(HashMap<&'static str, Json>),
    /// A boolean, an array, a fraction: nothing that is of use here.
    Other,
}

impl Json {
    /// Reads `bytes`, keeping the fields named in `wanted`, at every depth at which the objects around them are wanted too.
    /// None where `bytes` is not JSON.
    pub fn parse(bytes: &[u8], wanted: &'static [&'static str]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let json = Wanted(wanted).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(json)
    }

    pub fn field(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(fields) => fields.get(name),
            _ => None,
        }
    }

    /// The text of the field `name`. Empty text counts as none: it identifies nobody.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.field(name) {
            Some(Self::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Wanted(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Wanted {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wanted {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        Ok(i64::try_from(number).map_or(Json::Other, Json::Integer))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut fields = HashMap::new();
        while let Some(Key(key)) = entries.next_key()? {
            match self.0.iter().find(|name| name.as_bytes() == key) {
                Some(name) => {
                    fields.insert(*name, entries.next_value_seed(self)?);
                }
                None => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Json::Object(fields))
    }
}

/// An object's key, as bytes: a key may hold a lone surrogate, which no `str` can.
struct Key(Vec<u8>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Key, E> {
                Ok(Key(bytes.to_owned()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
                Ok(Key(text.as_bytes().to_owned()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Json> {
        Json::parse(text.as_bytes(), &["id", "inner"])
    }

    #[test]
    fn odd_neighbours_do_no_harm() {
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        for neighbour in [
            r#""name":"\ud83d lone""#.to_owned(),
            r#""\udc00":1"#.to_owned(),
            r#""big":1e999,"bigger":123456789012345678901234567890"#.to_owned(),
            r#""id":7,"id":null"#.to_owned(),
            format!(r#""deep":{deep}"#),
        ] {
            let json = parse(&format!(r#"{{{neighbour},"id":"x","inner":{{"id":"y"}}}}"#)).expect(&neighbour);
            assert_eq!(json.text("id"), Some("x"));
            assert_eq!(json.field("inner").and_then(|inner| inner.text("id")), Some("y"));
        }
    }

    #[test]
    fn invalid_bytes_are_replaced() {
        let json = Json::parse(b"{\"name\":\"\xff\",\"id\":\"x\"}", &["id"]).unwrap();
        assert_eq!(json.text("id"), Some("x"));
    }

    #[test]
    fn what_json_parse_refuses_is_refused() {
        for text in ["", "{", "{}x", "\u{feff}{}", "{'id':1}", "{\"id\":1,}", "undefined"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn values_that_are_no_objects_have_no_fields() {
        for text in ["null", "true", "1", "1.5", "\"id\"", "[{\"id\":\"x\"}]"] {
            assert_eq!(parse(text).unwrap().text("id"), None, "{text}");
        }
        assert_eq!(parse("null"), Some(Json::Null));
    }
}
