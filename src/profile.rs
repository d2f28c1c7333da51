//! What WeChat says of a user beside their ids. Plain data; may import nothing of the crate.
//!
//! Anonymous for mini-programs of today: WeChat has filled `nickName` and the rest with defaults since 2021.

/// The columns of the user table that 1.3.2 documents, which are the names of the fields in WeChat's data too.
pub const TEXTS: [&str; 5] = ["city", "country", "language", "nickName", "province"];
pub const NUMBERS: [&str; 1] = ["gender"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
}

/// The fields that the data carry, by name. Empty where nothing is to be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile(pub Vec<(&'static str, Value)>);

impl Profile {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part that a table with these `columns` has room for. SQLite's names know no letter case.
    pub fn within(mut self, columns: &[String]) -> Self {
        self.0.retain(|(field, _)| columns.iter().any(|column| column.eq_ignore_ascii_case(field)));
        self
    }

    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Number(_) => None,
        })
    }
}
