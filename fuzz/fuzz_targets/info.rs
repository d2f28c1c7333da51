//! Replies to INFO: a field is the first line that begins with its name and a colon.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::info::{Role, field};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    any: &'a str,
    name: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

fuzz_target!(|input: Input| {
    let role = Role::of(input.any);
    assert_eq!(role, field(input.any, "role").and_then(Role::named));
    if let Some(value) = field(input.any, input.name) {
        assert!(input.any.contains(value) && value.trim() == value);
    }

    let fields: Vec<_> = input.fields.iter().map(|(name, value)| (word(name), word(value))).collect();
    let lines: Vec<_> = fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
    let info = format!("# Section\r\n{}", lines.concat());
    for (name, _) in &fields {
        let first = fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        assert_eq!(field(&info, name), first);
    }
    let wanted = word(input.name);
    let expected = fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
    assert_eq!(field(&info, &wanted), expected);
});

/// A text as a name or a value in INFO: one line, without white space around it and colons.
fn word(text: &str) -> String {
    text.replace([':', '\r', '\n'], "").trim().to_owned()
}
