//! A token: `<user>|<sku>|<hex>`, where the first half of the 64 hex digits names the session and
//! the second half is its secret. Beside lib/token.js the only place that knows the separator.

use crate::error::{Error, Result};
use crate::hex;

const SEPARATOR: char = '|';

/// Hex digits of the session's name. A rotation keeps them.
const SESSION_DIGITS: usize = 32;

/// Hex digits of the secret, which each rotation draws anew.
const SECRET_DIGITS: usize = 32;

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
    hex_start: usize,
}

impl Token {
    /// A token of a new session, which nobody can guess.
    pub fn mint(owner: &Owner) -> Result<Self> {
        Ok(Self::compose(owner, &random_hex(SESSION_DIGITS + SECRET_DIGITS)?))
    }

    /// Another token of the same session.
    pub fn rotate(&self) -> Result<Self> {
        Ok(self.with_secret(&random_hex(SECRET_DIGITS)?))
    }

    /// The token of the same session that has this secret.
    pub fn with_secret(&self, secret: &str) -> Self {
        Self { text: format!("{}{secret}", &self.text[..self.secret_start()]), ..*self }
    }

    /// Reads `text`, if it has a token's shape. A sku may hold separators: the user ends at the
    /// first, the hex digits start after the last.
    pub fn parse(text: &str) -> Option<Self> {
        let user_end = text.find(SEPARATOR)?;
        let hex_start = text.rfind(SEPARATOR)? + SEPARATOR.len_utf8();
        let hex = &text.as_bytes()[hex_start..];
        let is_hex = hex.len() == SESSION_DIGITS + SECRET_DIGITS && is_hex(hex);
        (is_hex && user_end + 1 < hex_start).then(|| Self { text: text.to_owned(), user_end, hex_start })
    }

    /// The text of the token of the owner with that prefix and with these hex digits.
    pub fn join(prefix: &str, hex: &str) -> String {
        format!("{prefix}{SEPARATOR}{hex}")
    }

    fn compose(owner: &Owner, hex: &str) -> Self {
        let text = Self::join(&owner.prefix(), hex);
        Self { user_end: owner.user.len(), hex_start: text.len() - hex.len(), text }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn hex(&self) -> &str {
        &self.text[self.hex_start..]
    }

    /// Names the session: all tokens that rotations put in each other's place share it.
    pub fn session(&self) -> &str {
        &self.text[self.hex_start..self.secret_start()]
    }

    /// Names the session among those of all users.
    pub fn full_session(&self) -> &str {
        &self.text[..self.secret_start()]
    }

    /// Tells the tokens of a session from each other.
    pub fn secret(&self) -> &str {
        &self.text[self.secret_start()..]
    }

    fn secret_start(&self) -> usize {
        self.hex_start + SESSION_DIGITS
    }

    pub fn owner(&self) -> Owner {
        let sku_end = self.hex_start - SEPARATOR.len_utf8();
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

/// Whether `text` can be the secret half of a token.
pub fn is_secret(text: &str) -> bool {
    text.len() == SECRET_DIGITS && is_hex(text.as_bytes())
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// So many hex digits that nobody can guess; an even number up to 64.
pub fn random_hex(digits: usize) -> Result<String> {
    let mut bytes = [0; (SESSION_DIGITS + SECRET_DIGITS) / 2];
    let bytes = &mut bytes[..digits / 2];
    getrandom::fill(bytes).map_err(|_| Error::internal())?;
    Ok(hex::encode(bytes))
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
    fn an_owner_is_usable_whose_tokens_read_back_as_theirs() {
        for (user, sku) in [("u", "shop"), ("u", "a|b"), ("u", ""), ("", "shop"), ("a|b", "shop"), ("|", "shop")] {
            let owner = owner(user, sku);
            let token = Token::mint(&owner).unwrap();
            let reads_back = Token::parse(token.as_str()).is_some_and(|parsed| parsed.owner() == owner);
            assert_eq!(owner.is_usable(), reads_back && !user.is_empty(), "{user}");
        }
    }

    #[test]
    fn a_rotation_keeps_the_session_and_draws_a_new_secret() {
        let owner = owner("u", "a|b");
        let old = Token::mint(&owner).unwrap();
        let new = old.rotate().unwrap();
        assert_eq!((new.session(), new.owner()), (old.session(), owner));
        assert_ne!(new.secret(), old.secret());
        assert!(is_secret(new.secret()));
        assert_eq!(Token::parse(new.as_str()).unwrap(), new);
        assert_eq!(old.with_secret(new.secret()), new);
        assert_eq!(format!("{}{}", new.session(), new.secret()), new.hex());
        for token in [&old, &new] {
            assert_eq!(format!("{}{}", token.full_session(), token.secret()), token.as_str());
        }
    }

    #[test]
    fn a_secret_is_so_many_hex_digits() {
        assert!(is_secret(&"0a".repeat(SECRET_DIGITS / 2)));
        for text in ["", "0a", &"0g".repeat(SECRET_DIGITS / 2), &"0a".repeat(SECRET_DIGITS)] {
            assert!(!is_secret(text), "{text}");
        }
    }

    #[test]
    fn random_digits_are_as_many_as_asked_for() {
        for digits in [2, 32, 64] {
            assert_eq!(random_hex(digits).unwrap().len(), digits);
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
