//! The statements on the user table. Its one column that is asked for, `openId`, holds the user's id.

pub const EXISTS: &str = "SELECT 1 FROM user WHERE openId = ?1 LIMIT 1";

/// Fails where the table or its column is missing.
pub const PROBE: &str = "SELECT openId FROM user LIMIT 1";

/// One statement, so that it is right also where the table has no unique index and two logins race.
pub const ENSURE: &str = "INSERT INTO user (openId) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM user WHERE openId = ?1)";

/// The table that 1.3.2 documents.
pub const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS user (openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, \
                                gender INTEGER, language TEXT, nickName TEXT, province TEXT)";

/// `statement` with `user` in place of its parameter, for objects that take no parameters.
pub fn inline(statement: &str, user: &str) -> String {
    statement.replace("?1", &literal(user))
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
    use rusqlite::Connection;

    #[test]
    fn an_inlined_id_is_taken_literally() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(CREATE_TABLE).unwrap();
        for id in ["plain", "it's", "' OR 1=1 --", "a\0b", "%", "?1", "\\'"] {
            let exists = || db.prepare(&inline(EXISTS, id)).unwrap().exists([]).unwrap();
            assert!(!exists(), "{id:?}");
            for inserted in [1, 0] {
                assert_eq!(db.execute(&inline(ENSURE, id), []).unwrap(), inserted, "{id:?}");
            }
            assert!(exists(), "{id:?}");
            assert!(db.prepare(EXISTS).unwrap().exists([id]).unwrap(), "{id:?}");
        }
    }
}
