//! JSON as `JSON.parse` reads it, letter by letter, by RFC 8259. Texts are UTF-16, as they are in
//! JavaScript.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, PartialEq)]
pub enum Value {
    Null,
    Number(f64),
    Text(Vec<u16>),
    Object(Vec<(Vec<u16>, Value)>),
    /// Lists, true and false.
    Other,
}

impl Value {
    /// The last field of that name, where this is an object. Names that are no Unicode are compared
    /// as they are shown.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().rev().find(|(other, _)| String::from_utf16_lossy(other) == name).map(|(_, value)| value)
    }

    /// The text, as far as it is Unicode.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(String::from_utf16_lossy(text)),
            _ => None,
        }
    }
}

type Letters<'a> = Peekable<Chars<'a>>;

/// None where `JSON.parse` throws. Recurses as deep as the text does.
pub fn parse(text: &str) -> Option<Value> {
    let mut letters = text.chars().peekable();
    let value = value(&mut letters)?;
    space(&mut letters);
    letters.next().is_none().then_some(value)
}

fn value(letters: &mut Letters) -> Option<Value> {
    space(letters);
    match letters.peek()? {
        '{' => object(letters),
        '[' => list(letters),
        '"' => string(letters).map(Value::Text),
        'n' => word(letters, "null", Value::Null),
        't' => word(letters, "true", Value::Other),
        'f' => word(letters, "false", Value::Other),
        _ => number(letters).map(Value::Number),
    }
}

fn object(letters: &mut Letters) -> Option<Value> {
    let mut fields = Vec::new();
    letters.next();
    space(letters);
    if letters.next_if_eq(&'}').is_some() {
        return Some(Value::Object(fields));
    }
    loop {
        space(letters);
        let name = string(letters)?;
        space(letters);
        letters.next_if_eq(&':')?;
        fields.push((name, value(letters)?));
        space(letters);
        match letters.next()? {
            ',' => {}
            '}' => return Some(Value::Object(fields)),
            _ => return None,
        }
    }
}

fn list(letters: &mut Letters) -> Option<Value> {
    letters.next();
    space(letters);
    if letters.next_if_eq(&']').is_some() {
        return Some(Value::Other);
    }
    loop {
        value(letters)?;
        space(letters);
        match letters.next()? {
            ',' => {}
            ']' => return Some(Value::Other),
            _ => return None,
        }
    }
}

fn string(letters: &mut Letters) -> Option<Vec<u16>> {
    letters.next_if_eq(&'"')?;
    let mut text = Vec::new();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(escaped(letters)?),
            '\0'..='\x1f' => return None,
            letter => text.extend_from_slice(letter.encode_utf16(&mut [0; 2])),
        }
    }
}

fn escaped(letters: &mut Letters) -> Option<u16> {
    Some(match letters.next()? {
        letter @ ('"' | '\\' | '/') => letter as u16,
        'b' => 8,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'u' => {
            let mut unit = 0;
            for _ in 0..4 {
                unit = unit << 4 | letters.next()?.to_digit(16)? as u16;
            }
            unit
        }
        _ => return None,
    })
}

fn number(letters: &mut Letters) -> Option<f64> {
    let mut text = String::new();
    text.extend(letters.next_if_eq(&'-'));
    match letters.next_if_eq(&'0') {
        Some(zero) => text.push(zero),
        None => digits(letters, &mut text)?,
    }
    if letters.next_if_eq(&'.').is_some() {
        text.push('.');
        digits(letters, &mut text)?;
    }
    if letters.next_if(|letter| matches!(letter, 'e' | 'E')).is_some() {
        text.push('e');
        text.extend(letters.next_if(|letter| matches!(letter, '+' | '-')));
        digits(letters, &mut text)?;
    }
    text.parse().ok()
}

/// One digit at least.
fn digits(letters: &mut Letters, text: &mut String) -> Option<()> {
    let before = text.len();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        text.push(digit);
    }
    (text.len() > before).then_some(())
}

fn word(letters: &mut Letters, word: &str, value: Value) -> Option<Value> {
    word.chars().all(|letter| letters.next() == Some(letter)).then_some(value)
}

fn space(letters: &mut Letters) {
    while letters.next_if(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r')).is_some() {}
}
