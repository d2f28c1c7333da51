//! XML as WeChat writes messages: elements in elements, and texts. There are no DTDs and no
//! entities but those of XML itself; attributes, comments and processing instructions mean nothing.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

use super::body::MAX_DEPTH;

/// An element that has not ended yet.
struct Element {
    name: String,
    text: String,
    fields: Map<String, Value>,
}

/// What stands in the root of `xml`: an element with elements is an object, with those of one name
/// in a list where there are several, and any other is a text. None where it is not XML, or is
/// nested too deeply. Takes no more time for one document than for another of its length.
pub fn parse(xml: &str) -> Option<Value> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if root.is_none() && open.len() < MAX_DEPTH => {
                open.push(element(start.name().as_ref()))
            }
            Event::Empty(empty) if root.is_none() && open.len() < MAX_DEPTH => {
                end(element(empty.name().as_ref()), &mut open, &mut root);
            }
            Event::End(_) => end(open.pop()?, &mut open, &mut root),
            Event::Text(text) => append(&text.xml10_content(), &mut open)?,
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => append(&resolved(&reference)?, &mut open)?,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return root.filter(|_| open.is_empty()),
            Event::Start(_) | Event::Empty(_) | Event::DocType(_) => return None,
        }
    }
}

fn element(name: impl Into<String>) -> Element {
    Element { name: name.into(), text: String::new(), fields: Map::new() }
}

/// Puts an element into the one around it.
fn end(Element { name, text, fields }: Element, open: &mut [Element], root: &mut Option<Value>) {
    let value = if fields.is_empty() { Value::String(text) } else { Value::Object(fields) };
    let Some(parent) = open.last_mut() else {
        *root = Some(value);
        return;
    };
    match parent.fields.get_mut(&name) {
        None => drop(parent.fields.insert(name, value)),
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// Adds a text to the innermost element. Around the root there is only white space.
fn append(text: &str, open: &mut [Element]) -> Option<()> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None => return text.trim().is_empty().then_some(()),
    }
    Some(())
}

fn resolved(reference: &BytesRef) -> Option<String> {
    match reference.resolve_char_ref().ok()? {
        Some(letter) => Some(letter.to_string()),
        None => resolve_xml_entity(&reference.xml10_content()).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_and_texts_are_read() {
        for (xml, value) in [
            ("<xml><a>1</a><b/></xml>", json!({ "a": "1", "b": "" })),
            ("<xml><a>1</a><a>2</a><a/></xml>", json!({ "a": ["1", "2", ""] })),
            ("<?xml version=\"1.0\"?>\n<xml x=\"y\"><!-- --><a><b>c</b></a></xml>\n", json!({ "a": { "b": "c" } })),
            ("<xml><a>&lt;&#65;&amp;<![CDATA[<&lt;]]></a></xml>", json!({ "a": "<A&<&lt;" })),
            ("<xml/>", json!("")),
        ] {
            assert_eq!(parse(xml), Some(value), "{xml}");
        }
    }

    #[test]
    fn what_is_none_of_wechats_is_refused() {
        for xml in [
            "",
            "x",
            "<xml>",
            "</xml>",
            "<xml></a>",
            "<a/><a/>",
            "<a></a><a></a>",
            "<a/>x",
            "<a>&b;</a>",
            "<a>&#x110000;</a>",
            "<!DOCTYPE a><a/>",
        ] {
            assert_eq!(parse(xml), None, "{xml}");
        }
    }

    #[test]
    fn elements_are_nested_up_to_a_limit() {
        let nested =
            |count: usize, inner: &str| parse(&format!("{}{inner}{}", "<a>".repeat(count), "</a>".repeat(count)));
        assert!(nested(MAX_DEPTH, "").is_some());
        assert!(nested(MAX_DEPTH + 1, "").is_none());
        assert!(nested(MAX_DEPTH - 1, "<b/>").is_some());
        assert!(nested(MAX_DEPTH, "<b/>").is_none());
        assert!(nested(30_000, "").is_none());
    }
}
