//! The statements on the user table. The one column that it must have, `openId`, holds the user's
//! id.

use crate::host::Statement;

/// Fails where the table or its column is missing.
pub const PROBE: &str = "SELECT openId FROM user LIMIT 1";

/// The table that 1.3.2 documents.
pub const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS user (openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, \
                                gender INTEGER, language TEXT, nickName TEXT, province TEXT)";

impl Statement {
    /// Selects a row of `user`.
    pub fn exists(user: &str) -> Self {
        Self::new("SELECT 1 FROM user WHERE openId = ? COLLATE BINARY LIMIT 1", &[user])
    }

    /// Inserts a row of `user` where there is none. One statement, so that it is right also where
    /// the table has no unique index and two logins race.
    pub fn insert_missing(user: &str) -> Self {
        let sql = "INSERT INTO user (openId) SELECT ? \
                   WHERE NOT EXISTS (SELECT 1 FROM user WHERE openId = ? COLLATE BINARY)";
        Self::new(sql, &[user, user])
    }

    fn new(sql: &str, values: &[&str]) -> Self {
        Self { sql: sql.to_owned(), values: values.iter().map(|&value| value.to_owned()).collect() }
    }

    /// The same with its values within the SQL, for objects that take no parameters.
    pub fn with_literals(self) -> Self {
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

/// `text` as an SQL expression. A NUL would end the statement early, so a text that holds one is
/// written as bytes.
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
    fn bound_or_literal_a_text_is_taken_literally() {
        for style in [Statement::with_literals, std::convert::identity] {
            let db = database();
            for text in NASTY {
                assert!(!exists(&db, &style(Statement::exists(text))), "{text:?}");
                for inserted in [1, 0] {
                    let insert = style(Statement::insert_missing(text));
                    assert_eq!(execute(&db, &insert), inserted, "{text:?}");
                }
                assert!(exists(&db, &style(Statement::exists(text))), "{text:?}");
                assert!(exists(&db, &Statement::exists(text)), "{text:?}");
            }
        }
    }
}
