//! XML of a message: what is printed reads back, however its texts are written.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::pushes::{open, plain};
use serde_json::{Map, Value};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    fields: Vec<(Name, Node<'a>)>,
    around: &'a str,
    any: &'a str,
}

#[derive(Debug, Arbitrary)]
enum Node<'a> {
    Escaped(&'a str),
    Numbered(&'a str),
    Data(&'a str),
    Fields(Vec<(Name, Node<'a>)>),
}

#[derive(Debug, Arbitrary, Clone, Copy)]
enum Name {
    Content,
    Item,
    Unicode,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::Content => "Content",
            Self::Item => "item-1",
            Self::Unicode => "名字",
        }
    }
}

fuzz_target!(|input: Input| {
    let push = plain("wx");
    open(&push, format!("<xml>{}</xml>", input.any).as_bytes(), None);
    let space: String = input.around.chars().filter(|letter| " \t\n".contains(*letter)).collect();
    let xml = format!("{space}<?xml version=\"1.0\"?><xml a='1'>{}</xml><!-- -->{space}", print(&input.fields));
    let is_read = depth(&input.fields) < 32 && !input.fields.is_empty();
    let read = open(&push, xml.as_bytes(), None).map(|json| json.parse::<Value>().expect("it is JSON"));
    assert_eq!(read, is_read.then(|| object(&input.fields)), "{xml}");
});

fn print(fields: &[(Name, Node)]) -> String {
    let printed = |(name, node): &(Name, Node)| format!("<{0} b=\"2\">{1}</{0}>", name.text(), inside(node));
    fields.iter().map(printed).collect()
}

fn inside(node: &Node) -> String {
    match node {
        Node::Fields(fields) => print(fields),
        Node::Escaped(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.replace('\r', "&#13;")
        }
        Node::Numbered(text) => valid(text).chars().map(|letter| format!("&#x{:x};", u32::from(letter))).collect(),
        Node::Data(text) => {
            format!("<![CDATA[{}]]>", text.replace('\r', "").replace("]]>", "]]]]><![CDATA[>"))
        }
    }
}

/// What the node is read as.
fn value(node: &Node) -> Value {
    match node {
        Node::Escaped(text) => Value::from(*text),
        Node::Numbered(text) => Value::from(valid(text)),
        Node::Data(text) => Value::from(text.replace('\r', "")),
        Node::Fields(fields) if fields.is_empty() => Value::from(""),
        Node::Fields(fields) => object(fields),
    }
}

/// The text without what no reference may name.
fn valid(text: &str) -> String {
    text.replace('\0', "")
}

fn object(fields: &[(Name, Node)]) -> Value {
    let mut named: Map<String, Value> = Map::new();
    for (name, _) in fields {
        if named.contains_key(name.text()) {
            continue; // else it would take as long as there are ways through the document
        }
        let values: Vec<_> =
            fields.iter().filter(|(other, _)| other.text() == name.text()).map(|(_, node)| value(node)).collect();
        let value = if values.len() == 1 { values[0].clone() } else { Value::from(values) };
        named.insert(name.text().to_owned(), value);
    }
    Value::Object(named)
}

/// How many elements stand in each other.
fn depth(fields: &[(Name, Node)]) -> usize {
    let of = |(_, node): &(Name, Node)| match node {
        Node::Fields(fields) => 1 + depth(fields),
        _ => 1,
    };
    fields.iter().map(of).max().unwrap_or(0)
}
