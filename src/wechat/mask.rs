//! What WeChat's words must not repeat.

/// In place of what is masked.
const MASK: &str = "***";

/// A shorter word may be one of WeChat's own, such as a parameter's name.
const MIN_WORD: usize = 16;

/// What is secret, or a user's, in a request.
#[derive(Clone, Copy, Default)]
pub struct Mask<'a> {
    pub secrets: &'a [&'a str],
    /// What was sent. Its long words, an openid say, are masked wherever they come back.
    pub sent: &'a str,
}

impl Mask<'_> {
    pub fn apply(&self, text: String) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        let text = secrets.fold(text, |text, secret| text.replace(secret, MASK));
        let is_sent = |word: &&str| word.len() >= MIN_WORD && self.sent.contains(*word);
        let words: Vec<_> = text.split(|c: char| !is_word(c)).filter(is_sent).map(str::to_owned).collect();
        words.iter().fold(text, |text, word| text.replace(word, MASK))
    }
}

/// Whether an id or a key may hold it.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_+/=".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_long_words_that_were_sent_are_masked() {
        let mask = Mask { secrets: &["s3cret", ""], sent: r#"{"touser":"oABCDEFGHIJKLMNOP","page":"index"}"# };
        let masked = |text: &str| mask.apply(text.to_owned());
        assert_eq!(masked("bad s3cret, s3cret"), "bad ***, ***");
        assert_eq!(masked("invalid touser oABCDEFGHIJKLMNOP, page index"), "invalid touser ***, page index");
        assert_eq!(masked("rid: 6343c0d2-2a8dbd1d-5c4b0c4a"), "rid: 6343c0d2-2a8dbd1d-5c4b0c4a");
    }
}
