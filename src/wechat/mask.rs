//! What WeChat's words must not repeat.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// In place of what is masked.
const MASK: &str = "***";

/// In bytes. What is shorter may be a word of WeChat's own, such as a parameter's name.
const MIN_MASKED: usize = 16;

/// In characters. WeChat's own texts have some hundred.
const MAX_TEXT: usize = 4096;

/// What is secret, or a user's, in a request.
#[derive(Clone, Copy, Default)]
pub struct Mask<'a> {
    pub secrets: &'a [&'a str],
    /// What was sent. Its long parts, an openid say, are masked wherever they come back.
    pub sent: &'a str,
}

impl Mask<'_> {
    /// `text` without what is masked, and without what is past [`MAX_TEXT`]. What stands there as a
    /// URL holds it is masked as what it means.
    pub fn apply(&self, text: String) -> String {
        let text: String = text.chars().take(MAX_TEXT).collect();
        let meant = percent_decode_str(&text).decode_utf8_lossy();
        let masked = self.masked(&meant);
        if masked == meant { self.masked(&text) } else { masked }
    }

    fn masked(&self, text: &str) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        self.without_parts(&secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK)))
    }

    /// `text` without what it has in common with what was sent and with the secrets, which may come
    /// back cut.
    fn without_parts(&self, text: &str) -> String {
        let mut is_masked = vec![false; text.len()];
        // Each is looked at once: in one letter again and again, all of them are alike.
        let mut places = HashMap::<&[u8], Vec<usize>>::new();
        for (place, part) in text.as_bytes().windows(MIN_MASKED).enumerate() {
            places.entry(part).or_default().push(place);
        }
        let mut known = self.secrets.iter().chain([&self.sent]);
        while !places.is_empty()
            && let Some(known) = known.next()
        {
            for place in known.as_bytes().windows(MIN_MASKED).filter_map(|part| places.remove(part)).flatten() {
                is_masked[place..place + MIN_MASKED].fill(true);
            }
        }
        let mut rest = String::with_capacity(text.len());
        let mut was_masked = false;
        for (place, letter) in text.char_indices() {
            match is_masked[place] {
                true if !was_masked => rest.push_str(MASK),
                true => {}
                false => rest.push(letter),
            }
            was_masked = is_masked[place];
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_long_parts_of_what_was_sent_are_masked() {
        let mask = Mask { secrets: &["s3cret", ""], sent: r#"{"touser":"oABCDEFGHIJKLMNOP","page":"index"}"# };
        let masked = |text: &str| mask.apply(text.to_owned());
        assert_eq!(masked("bad s3cret, s3cret"), "bad ***, ***");
        assert_eq!(masked("invalid touser oABCDEFGHIJKLMNOP, page index"), "invalid touser ***, page index");
        assert_eq!(masked("openid=oABCDEFGHIJKLMNOP/xoABCDEFGHIJKLMNOPy"), "openid=***/x***y");
        assert_eq!(masked("rid: 6343c0d2-2a8dbd1d-5c4b0c4a"), "rid: 6343c0d2-2a8dbd1d-5c4b0c4a");
    }

    #[test]
    fn a_secret_is_masked_as_a_url_holds_it_and_where_it_is_cut() {
        let mask = Mask { secrets: &["a+b/c=0123456789abcdef"], sent: "" };
        let masked = |text: &str| mask.apply(text.to_owned());
        assert_eq!(masked("?access_token=a%2Bb%2Fc%3D0123456789abcdef&x=1"), "?access_token=***&x=1");
        assert_eq!(masked("hint: 0123456789abcdef 0123456789abcde"), "hint: *** 0123456789abcde");
    }

    #[test]
    fn any_text_is_masked_whatever_its_letters_and_length() {
        let mask = Mask { secrets: &[], sent: "微信支付微信支付" };
        assert_eq!(mask.apply("请微信支付微信支付。".to_owned()), "请***。");
        assert_eq!(mask.apply("微信".to_owned()), "微信");
        assert_eq!(mask.apply("字".repeat(1 << 20)), "字".repeat(MAX_TEXT));
    }

    /// Each with each are as many as take half a minute.
    #[test]
    fn a_text_of_one_letter_takes_no_longer_than_another() {
        let sent = "a".repeat(1 << 20);
        let mask = Mask { secrets: &[], sent: &sent };
        assert_eq!(mask.apply(sent.clone()), MASK);
    }
}
