//! The statements on the user table. Its one column that must be there, `openId`, holds the user's id.

use std::fmt::Write;

use crate::bridge::Statement;
use crate::profile::{Profile, Value};

/// Fails where the table or its column is missing.
pub const PROBE: &str = "SELECT openId FROM user LIMIT 1";

/// Rows that have the columns' names in `name`.
pub const COLUMNS: &str = "PRAGMA table_info(user)";

/// The table that 1.3.2 documents.
pub const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS user (openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, \
                                gender INTEGER, language TEXT, nickName TEXT, province TEXT)";

impl Statement {
    /// A row of `user` that says what `profile` says.
    pub fn exists(user: &str, profile: &Profile) -> Self {
        let mut statement = Self::new("SELECT 1 FROM user WHERE openId = ? COLLATE BINARY", user);
        for (column, value) in &profile.0 {
            statement.push(&format!(" AND {column} COLLATE BINARY IS "), value);
        }
        statement.sql.push_str(" LIMIT 1");
        statement
    }

    /// One statement, so that it is right also where the table has no unique index and two logins race.
    pub fn insert_missing(user: &str, profile: &Profile) -> Self {
        let columns: String = profile.0.iter().map(|(column, _)| format!(", {column}")).collect();
        let mut statement = Self::new(&format!("INSERT INTO user (openId{columns}) SELECT ?"), user);
        for (_, value) in &profile.0 {
            statement.push(", ", value);
        }
        statement.sql.push_str(" WHERE NOT EXISTS (SELECT 1 FROM user WHERE openId = ? COLLATE BINARY)");
        statement.values.push(user.to_owned());
        statement
    }

    /// None where there is nothing to write.
    pub fn update(user: &str, profile: &Profile) -> Option<Self> {
        let mut statement = Self { sql: "UPDATE user SET ".to_owned(), values: Vec::new() };
        for (i, (column, value)) in profile.0.iter().enumerate() {
            statement.push(&format!("{}{column} = ", if i == 0 { "" } else { ", " }), value);
        }
        statement.sql.push_str(" WHERE openId = ? COLLATE BINARY");
        statement.values.push(user.to_owned());
        (!profile.is_empty()).then_some(statement)
    }

    fn new(sql: &str, user: &str) -> Self {
        Self { sql: sql.to_owned(), values: vec![user.to_owned()] }
    }

    /// Numbers are written out: a driver may bind JavaScript's as floating point.
    fn push(&mut self, sql: &str, value: &Value) {
        self.sql.push_str(sql);
        match value {
            Value::Text(text) => {
                self.sql.push('?');
                self.values.push(text.clone());
            }
            Value::Number(number) => {
                let _ = write!(self.sql, "{number}");
            }
        }
    }

    /// The values written into the statement, for objects that take no parameters.
    pub fn inlined(self) -> Self {
        let mut values = self.values.iter();
        let mut sql = String::new();
        for (i, part) in self.sql.split('?').enumerate() {
            if i > 0 {
                sql.push_str(&literal(values.next().map_or("", String::as_str)));
            }
            sql.push_str(part);
        }
        Self { sql, values: Vec::new() }
    }
}

impl From<&str> for Statement {
    fn from(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }
}

/// `text` as an SQL expression. A NUL would end the statement early, so text with one is written as bytes.
fn literal(text: &str) -> String {
    if text.contains('\0') {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        return format!("CAST(x'{hex}' AS TEXT)");
    }
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, params_from_iter};

    const NASTY: [&str; 8] = ["plain", "it's", "' OR 1=1 --", "a\0b", "%", "?1", "?", "\\'"];

    fn database() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(CREATE_TABLE).unwrap();
        db
    }

    fn exists(db: &Connection, statement: &Statement) -> bool {
        db.prepare(&statement.sql).unwrap().exists(params_from_iter(&statement.values)).unwrap()
    }

    fn execute(db: &Connection, statement: &Statement) -> usize {
        db.execute(&statement.sql, params_from_iter(&statement.values)).unwrap()
    }

    #[test]
    fn bound_or_inlined_a_text_is_taken_literally() {
        for inline in [Statement::inlined, std::convert::identity] {
            let db = database();
            for text in NASTY {
                let profile = Profile(vec![("nickName", Value::Text(text.to_owned())), ("gender", Value::Number(2))]);
                assert!(!exists(&db, &inline(Statement::exists(text, &profile))), "{text:?}");
                for inserted in [1, 0] {
                    let insert = inline(Statement::insert_missing(text, &profile));
                    assert_eq!(execute(&db, &insert), inserted, "{text:?}");
                }
                assert!(exists(&db, &inline(Statement::exists(text, &profile))), "{text:?}");
                assert!(exists(&db, &Statement::exists(text, &profile)), "{text:?}");
            }
        }
    }

    #[test]
    fn an_update_changes_the_user_alone() {
        let db = database();
        let none = Profile::default();
        let profile = Profile(vec![("city", Value::Text("?".to_owned())), ("gender", Value::Number(1))]);
        for user in ["a", "b"] {
            execute(&db, &Statement::insert_missing(user, &none));
        }
        assert_eq!(execute(&db, &Statement::update("a", &profile).unwrap()), 1);
        assert!(exists(&db, &Statement::exists("a", &profile)));
        assert!(!exists(&db, &Statement::exists("b", &profile)));
        assert_eq!(Statement::update("a", &none), None);
    }
}
