//! A token: `<user>|<sku>|<session>`. The only place that knows the separator.

use std::fmt::Write;

use crate::error::{Error, Result};

const SEPARATOR: char = '|';

/// Random bytes in a session: 64 hex digits, as 1.3.2 wrote them.
const SESSION_BYTES: usize = 32;

/// Whose sessions: one user of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub user: String,
    pub sku: String,
}

impl Owner {
    /// Whether every token of theirs reads back as theirs.
    pub fn is_usable(&self) -> bool {
        !self.user.is_empty() && !self.user.contains(SEPARATOR)
    }

    /// The owner's part of every token of theirs.
    pub fn prefix(&self) -> String {
        format!("{}{SEPARATOR}{}", self.user, self.sku)
    }
}

/// A string of a token's shape. Whether it is live, the token store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    user_end: usize,
    session_start: usize,
}

impl Token {
    /// A new token that nobody can guess.
    pub fn mint(owner: &Owner) -> Result<Self> {
        let mut text = owner.prefix();
        text.push(SEPARATOR);
        let session_start = text.len();
        text.push_str(&random_hex()?);
        Ok(Self { text, user_end: owner.user.len(), session_start })
    }

    /// Reads `text`, if it has a token's shape. A sku may hold separators: the user ends at the first, the session starts after the last.
    pub fn parse(text: &str) -> Option<Self> {
        let user_end = text.find(SEPARATOR)?;
        let session_start = text.rfind(SEPARATOR)? + SEPARATOR.len_utf8();
        let session = &text.as_bytes()[session_start..];
        let is_session =
            session.len() == 2 * SESSION_BYTES && session.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (is_session && user_end + 1 < session_start).then(|| Self { text: text.to_owned(), user_end, session_start })
    }

    /// The text of the token of the owner with that prefix and of that session.
    pub fn join(prefix: &str, session: &str) -> String {
        format!("{prefix}{SEPARATOR}{session}")
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part that tells the session from every other.
    pub fn session(&self) -> &str {
        &self.text[self.session_start..]
    }

    pub fn owner(&self) -> Owner {
        let sku_end = self.session_start - SEPARATOR.len_utf8();
        Owner {
            user: self.text[..self.user_end].to_owned(),
            sku: self.text[self.user_end + SEPARATOR.len_utf8()..sku_end].to_owned(),
        }
    }

    /// A redis glob that every token of `sku` matches, and few others: `sku` is taken literally.
    pub fn glob(sku: &str) -> String {
        let mut glob = format!("*{SEPARATOR}");
        for c in sku.chars() {
            if matches!(c, '*' | '?' | '[' | ']' | '\\') {
                glob.push('\\');
            }
            glob.push(c);
        }
        glob.push(SEPARATOR);
        glob.push('*');
        glob
    }
}

/// 64 hex digits that nobody can guess.
pub fn random_hex() -> Result<String> {
    let mut bytes = [0; SESSION_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Error::internal())?;
    let mut hex = String::with_capacity(2 * SESSION_BYTES);
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

/// The part before the first separator; empty where there is none.
pub fn extract_open_id(text: &str) -> &str {
    text.split_once(SEPARATOR).map_or("", |(user, _)| user)
}

/// The middle part, where there are exactly three.
pub fn extract_sku(text: &str) -> Option<&str> {
    let mut parts = text.split(SEPARATOR);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(sku), Some(_), None) => Some(sku),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(user: &str, sku: &str) -> Owner {
        Owner { user: user.to_owned(), sku: sku.to_owned() }
    }

    #[test]
    fn a_minted_token_reads_back() {
        for owner in [owner("o-1_x", "shop"), owner("u", ""), owner("u", "a|b c|文"), owner("", "s")] {
            let token = Token::mint(&owner).unwrap();
            let parsed = Token::parse(token.as_str()).unwrap();
            assert_eq!(parsed, token);
            assert_eq!(parsed.owner(), owner);
        }
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let owner = owner("u", "s");
        assert_ne!(Token::mint(&owner).unwrap(), Token::mint(&owner).unwrap());
    }

    #[test]
    fn other_shapes_are_no_tokens() {
        let hex = "0123456789abcdef".repeat(4);
        assert!(Token::parse(&format!("u|s|{hex}")).is_some());
        for text in [
            String::new(),
            hex.clone(),
            format!("u|{hex}"),
            format!("u|s|{}", hex.to_uppercase()),
            format!("u|s|{}", &hex[1..]),
            format!("u|s|{hex}0"),
            format!("u|s|{hex}|"),
            "some:other:hash".to_owned(),
        ] {
            assert!(Token::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_glob_takes_the_sku_literally() {
        assert_eq!(Token::glob(r"a*[b]?\"), r"*|a\*\[b\]\?\\|*");
    }

    #[test]
    fn parts_are_extracted() {
        assert_eq!(extract_open_id("u|s|h"), "u");
        assert_eq!(extract_open_id("u"), "");
        assert_eq!(extract_sku("u|s|h"), Some("s"));
        assert_eq!(extract_sku("u|s"), None);
        assert_eq!(extract_sku("u|s|t|h"), None);
    }
}
