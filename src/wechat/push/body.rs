//! The body of a push: JSON or XML, by its first character.

use super::xml;
use crate::error::{Error, Result};
use crate::wechat::json::{Json, escape_controls};

/// Nothing of WeChat's is nested as deep.
pub const MAX_DEPTH: usize = 32;

/// The message in `body` as JSON: an object with the fields as WeChat names them.
pub fn message(body: &[u8]) -> Result<String> {
    let text = String::from_utf8_lossy(body);
    match trimmed(&text) {
        json if json.starts_with('{') => {
            let json = escape_controls(json);
            let is_object = matches!(Json::parse(json.as_bytes()), Some(Json::Object(_)));
            match is_object && depth(&json) <= MAX_DEPTH {
                true => Ok(json.into_owned()),
                false => Err(Error::push_refused("its body is not JSON, or is nested too deeply")),
            }
        }
        xml if xml.starts_with('<') => {
            let value = xml::parse(xml).filter(serde_json::Value::is_object);
            value.map(|value| value.to_string()).ok_or_else(malformed_xml)
        }
        _ => Err(no_message()),
    }
}

/// The field `Encrypt` in `body`: nothing else of it counts.
pub fn encrypted(body: &[u8]) -> Result<String> {
    let text = String::from_utf8_lossy(body);
    let found = match trimmed(&text) {
        json if json.starts_with('{') => {
            Json::parse(json.as_bytes()).and_then(|json| json.into_object().text("Encrypt"))
        }
        xml if xml.starts_with('<') => {
            xml::parse(xml).ok_or_else(malformed_xml)?["Encrypt"].as_str().map(str::to_owned)
        }
        _ => return Err(no_message()),
    };
    found.ok_or_else(|| {
        Error::push_refused("its body has no Encrypt: in WeChat's console the mode must be the safe one")
    })
}

fn malformed_xml() -> Error {
    Error::push_refused("its body is not XML, has a DTD or entities, or is nested too deeply")
}

fn no_message() -> Error {
    Error::push_refused("its body is neither a JSON object nor XML")
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// How deep objects and arrays are nested in `json`.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut behind_backslash) = (false, false);
    for byte in json.bytes() {
        match byte {
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        in_string ^= byte == b'"' && !behind_backslash;
        behind_backslash = in_string && byte == b'\\' && !behind_backslash;
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_as_it_is() {
        for json in [r#"{"a":1,"b":[{"c":"字\ud83d"}],"a":1e999}"#, r#"{"__proto__":{"x":1}}"#, "{}"] {
            assert_eq!(message(format!("\u{feff} {json}\n").as_bytes()).unwrap(), json);
        }
        for wrong in ["", " ", "[]", "[{}]", "\"x\"", "null", "1", "{", "{}x", "{'a':1}", "x"] {
            assert!(message(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn depth_counts_what_is_no_text() {
        let nested = |count: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(count), "]".repeat(count));
        assert!(message(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(message(nested(MAX_DEPTH).as_bytes()).is_err());
        assert!(message(nested(30_000).as_bytes()).is_err());
        let in_text = format!(r#"{{"a":"\"{}\\"}}"#, "[{".repeat(100));
        assert_eq!(message(in_text.as_bytes()).unwrap(), in_text);
    }

    #[test]
    fn encrypt_is_found_in_both_forms() {
        for body in [
            r#"{"ToUserName":"x","Encrypt":"abc="}"#,
            "<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[abc=]]></Encrypt></xml>",
            "<xml><Encrypt>abc=</Encrypt><Content>x</Content></xml>",
        ] {
            assert_eq!(encrypted(body.as_bytes()).unwrap(), "abc=");
        }
        for body in
            ["{}", r#"{"Encrypt":""}"#, r#"{"Encrypt":1}"#, "<xml/>", "<xml><Encrypt><a/></Encrypt></xml>", "", "x"]
        {
            assert!(encrypted(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn brackets_in_texts_do_not_hide_depth_and_those_that_close_end_it() {
        let deep = format!(r#"{{"a":"{}","b":{}{}}}"#, "]}".repeat(20), "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(message(deep.as_bytes()).is_err());
        let wide = format!(r#"{{"a":[{}[]]}}"#, "[],".repeat(100));
        assert_eq!(message(wide.as_bytes()).unwrap(), wide);
    }

    #[test]
    fn the_first_character_tells_what_a_body_is() {
        assert_eq!(message(b"<xml><a>1</a></xml>").unwrap(), r#"{"a":"1"}"#);
        for body in ["", "x", "[]", "x<xml/>"] {
            assert_eq!(message(body.as_bytes()).unwrap_err(), no_message());
            assert_eq!(encrypted(body.as_bytes()).unwrap_err(), no_message());
        }
        for body in ["<", "<xml>", "<xml/>"] {
            assert_eq!(message(body.as_bytes()).unwrap_err(), malformed_xml());
        }
        assert_eq!(encrypted(b"<").unwrap_err(), malformed_xml());
    }
}
