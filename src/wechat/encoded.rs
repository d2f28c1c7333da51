//! What a mini-program sent in base64, as the application passes it: how it is read, and what is
//! wrong where no key could fit it.

use std::borrow::Cow;

use super::base64;

/// What percent-encoding makes of base64 and of the line ends and blanks in it, and of itself.
const PERCENT_ENCODED: [&str; 7] = ["%2b", "%2f", "%3d", "%20", "%0a", "%0d", "%25"];

/// Bytes as the application passes them.
pub enum Encoded {
    Base64(String),
    Bytes(Vec<u8>),
}

/// What bytes are for, and how many there must be.
pub struct Purpose {
    /// As the application knows it.
    pub name: &'static str,
    pub is_length: fn(usize) -> bool,
    /// What is wrong with any other length.
    pub wanted: &'static str,
}

impl Encoded {
    /// The bytes as Node reads them, and then as they were where blanks have been pluses: whoever
    /// decodes a form makes blanks of the pluses in it.
    pub fn readings(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        let (first, second) = match self {
            Self::Base64(text) => (
                base64::decode(text).into(),
                text.contains(' ').then(|| base64::decode(&text.replace(' ', "+")).into()),
            ),
            Self::Bytes(bytes) => (Cow::from(bytes), None),
        };
        std::iter::once(first).chain(second)
    }

    /// What can be seen to be wrong without any key. It depends on what was sent alone.
    pub fn fault(&self, purpose: &Purpose) -> Option<String> {
        let Purpose { name, wanted, .. } = purpose;
        let fits = self.readings().any(|bytes| (purpose.is_length)(bytes.len()));
        match self {
            Self::Base64(text) if is_percent_encoded(text) => {
                Some(format!("{name} is percent-encoded, decode it before you pass it"))
            }
            _ if fits => None,
            Self::Base64(text) if text.trim().is_empty() => Some(format!("{name} is empty")),
            Self::Base64(text) if !text.chars().all(may_be_base64) => Some(format!("{name} is not base64")),
            Self::Base64(text) => {
                Some(format!("{name} is the base64 of {} bytes, {wanted}", base64::decode(text).len()))
            }
            Self::Bytes(bytes) if !bytes.is_empty() && bytes.iter().all(|byte| may_be_base64(char::from(*byte))) => {
                Some(format!("{name} is text in a Buffer, whose bytes are taken as they are: pass base64 as a string"))
            }
            Self::Bytes(bytes) => Some(format!("{name} has {} bytes, {wanted}", bytes.len())),
        }
    }
}

fn is_percent_encoded(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    PERCENT_ENCODED.iter().any(|encoded| text.contains(encoded))
}

/// Whether a letter is one of base64's, or may stand around it: line ends, blanks, quotes.
fn may_be_base64(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter.is_ascii_whitespace() || "+/-_=\"'".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IV: Purpose = Purpose { name: "iv", is_length: |count| count == 16, wanted: "not of 16" };

    fn text(text: &str) -> Encoded {
        Encoded::Base64(text.to_owned())
    }

    fn readings(encoded: &Encoded) -> Vec<Vec<u8>> {
        encoded.readings().map(Cow::into_owned).collect()
    }

    #[test]
    fn blanks_are_nothing_first_and_pluses_then() {
        assert_eq!(readings(&text("aGVsbG8=")), [b"hello".to_vec()]);
        assert_eq!(readings(&text("aGVs\nbG8=")), [b"hello".to_vec()]);
        assert_eq!(readings(&text("--- ---=")), [vec![0xfb, 0xef, 0xbe, 0xfb], vec![0xfb, 0xef, 0xbe, 0xfb, 0xef]]);
        assert_eq!(readings(&Encoded::Bytes(b"a b".to_vec())), [b"a b".to_vec()]);
    }

    #[test]
    fn what_no_key_fits_is_named() {
        let fault = |encoded: &Encoded| encoded.fault(&IV).unwrap_or_default();
        for right in ["AAAAAAAAAAAAAAAAAAAAAA==", "!AAAAAAAAAAAAAAAAAAAAAA%", "AAAAAAAAAAAAA AAAAAAAA=="] {
            assert_eq!(fault(&text(right)), "", "{right}");
        }
        for (sent, said) in [
            ("", "iv is empty"),
            (" \n", "iv is empty"),
            ("[object Object]", "iv is not base64"),
            ("不是", "iv is not base64"),
            ("AAAA", "iv is the base64 of 3 bytes, not of 16"),
            ("AAAAAAAAAAAAAAAAAAAAAA%3D%3d", "iv is percent-encoded, decode it before you pass it"),
            ("AAAAAAAAAAAAAAAAAAA%2bAA==", "iv is percent-encoded, decode it before you pass it"),
        ] {
            assert_eq!(fault(&text(sent)), said);
        }
        assert_eq!(fault(&Encoded::Bytes(vec![0; 16])), "");
        assert_eq!(fault(&Encoded::Bytes(vec![0; 15])), "iv has 15 bytes, not of 16");
        assert_eq!(fault(&Encoded::Bytes(Vec::new())), "iv has 0 bytes, not of 16");
        assert!(fault(&Encoded::Bytes(b"AAAAAAAAAAAAAAAAAAAAAA==".to_vec())).contains("Buffer"));
    }
}
