//! The statements on the user table. The one column that it must have, `openId`, holds the user's
//! id.

use crate::host::Statement;

/// Fails where the table or its column is missing.
pub const PROBE: &str = "SELECT openId FROM user LIMIT 1";

/// The table that 1.3.2 documents.
pub const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS user (openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, \
                                gender INTEGER, language TEXT, nickName TEXT, province TEXT)";

/// Conditions that say whether the user table is a view. The first looks into attached databases
/// too; SQLite before 3.37 knows the second alone.
pub const IS_VIEW: [&str; 2] = [
    "EXISTS (SELECT 1 FROM pragma_table_list WHERE type = 'view' AND lower(name) = 'user')",
    "EXISTS (SELECT 1 FROM (SELECT type, name FROM sqlite_master UNION ALL SELECT type, name FROM sqlite_temp_master) \
     WHERE type = 'view' AND lower(name) = 'user')",
];

/// The condition of a user's row, compared exactly. An index serves only a comparison by its own
/// collation, so there is one by that of the column, and one by that which `LIKE` wants of an
/// index. Each follows from the exact one.
macro_rules! is_user {
    () => {
        "openId = ? AND openId = ? COLLATE BINARY AND openId = ? COLLATE NOCASE"
    };
}

macro_rules! row_of_user {
    () => {
        concat!("SELECT 1 FROM user WHERE ", is_user!())
    };
}

impl Statement {
    /// Selects a row of `user`.
    pub fn exists(user: &str) -> Self {
        Self::new(concat!(row_of_user!(), " LIMIT 1"), &[user; 3])
    }

    /// Selects a row of `user` where one of `IS_VIEW` holds.
    pub fn exists_in_view(user: &str, is_view: &str) -> Self {
        Self::new(&format!("{} AND {is_view} LIMIT 1", row_of_user!()), &[user; 3])
    }

    /// Inserts a row of `user` where there is none. One statement, so that it is right also where
    /// the table has no unique index and two logins race.
    pub fn insert_missing(user: &str) -> Self {
        let sql = concat!("INSERT INTO user (openId) SELECT ? WHERE NOT EXISTS (", row_of_user!(), ")");
        Self::new(sql, &[user; 4])
    }

    /// The same, and returns a row where it inserts one. For a view: what its triggers write does
    /// not count as a change of the statement.
    pub fn insert_missing_into_view(user: &str) -> Self {
        let Self { sql, values } = Self::insert_missing(user);
        Self { sql: sql + " RETURNING 1", values }
    }

    /// Deletes the rows of `user`.
    pub fn delete(user: &str) -> Self {
        Self::new(concat!("DELETE FROM user WHERE ", is_user!()), &[user; 3])
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

    /// How SQLite finds rows for `statement` in a table that `schema` makes.
    fn plan(schema: &str, statement: &Statement) -> String {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(schema).unwrap();
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
        let steps = explain.query_map(params_from_iter(&statement.values), |row| row.get::<_, String>("detail"));
        steps.unwrap().collect::<rusqlite::Result<Vec<_>>>().unwrap().join("; ")
    }

    #[test]
    fn whatever_the_collation_of_the_column_or_of_an_index_the_index_serves() {
        const INDEXED: [&str; 8] = [
            CREATE_TABLE,
            "CREATE TABLE user (openId TEXT COLLATE NOCASE PRIMARY KEY)",
            "CREATE TABLE user (openId TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE user (openId TEXT COLLATE RTRIM UNIQUE)",
            "CREATE TABLE user (openId TEXT COLLATE NOCASE); CREATE INDEX i ON user (openId COLLATE BINARY)",
            "CREATE TABLE user (openId TEXT); CREATE INDEX i ON user (openId COLLATE NOCASE)",
            "CREATE TABLE user (openId, city); CREATE INDEX i ON user (openId, city)",
            "CREATE TABLE person (openId TEXT COLLATE NOCASE UNIQUE); CREATE VIEW user AS SELECT openId FROM person; \
             CREATE TRIGGER t INSTEAD OF INSERT ON user BEGIN INSERT INTO person VALUES (NEW.openId); END",
        ];
        for schema in INDEXED {
            // A view has no rows of its own to delete.
            let delete = (!schema.contains("VIEW")).then(|| Statement::delete("o"));
            for statement in [Statement::exists("o"), Statement::insert_missing("o")].into_iter().chain(delete) {
                for statement in [statement.clone(), statement.with_literals()] {
                    let plan = plan(schema, &statement);
                    assert!(plan.contains("SEARCH") && !plan.contains("SCAN user"), "{schema}: {plan}");
                }
            }
        }
        // Without an index that can serve, the table is read whole.
        assert!(plan("CREATE TABLE user (openId)", &Statement::exists("o")).contains("SCAN"));
    }

    #[test]
    fn whatever_the_collation_ids_are_compared_exactly() {
        for collation in ["BINARY", "NOCASE", "RTRIM"] {
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch(&format!("CREATE TABLE user (openId TEXT COLLATE {collation})")).unwrap();
            let ids = ["user", "USER", "user ", "us", "user\0", "user\0x"];
            for (i, id) in ids.iter().enumerate() {
                for (j, other) in ids.iter().enumerate() {
                    assert_eq!(exists(&db, &Statement::exists(other)), j < i, "{collation} {id:?} {other:?}");
                }
                assert_eq!(execute(&db, &Statement::insert_missing(id)), 1, "{collation} {id:?}");
                assert_eq!(execute(&db, &Statement::insert_missing(id)), 0, "{collation} {id:?}");
            }
            for id in ids {
                assert_eq!(execute(&db, &Statement::delete(id)), 1, "{collation} {id:?}");
            }
        }
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
            for text in NASTY {
                assert_eq!(execute(&db, &style(Statement::delete(text))), 1, "{text:?}");
            }
        }
    }
}
