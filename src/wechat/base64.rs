//! Base64 as Node's `Buffer.from(text, 'base64')` reads it.

use base64_simd::forgiving_decode_to_vec;

/// Reads the standard and the URL-safe alphabet mixed, skips every other character, and ends at the
/// first `=`.
pub fn decode(text: &str) -> Vec<u8> {
    let mut digits: Vec<u8> = text
        .bytes()
        .take_while(|&byte| byte != b'=')
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => Some(byte),
            _ => None,
        })
        .collect();
    if digits.len() % 4 == 1 {
        digits.pop(); // six bits are no byte
    }
    forgiving_decode_to_vec(&digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn reads_what_node_reads() {
        assert_eq!(decode("aGVsbG8="), b"hello");
        assert_eq!(decode("aGVsbG8"), b"hello");
        assert_eq!(decode("\"aGVsbG8=\""), b"hello");
        assert_eq!(decode("aGVs=bG8="), b"hel");
        assert_eq!(decode(" aG\nVs\u{141}bG8"), b"hello");
        assert_eq!(decode("-_+/"), [0xfb, 0xff, 0xbf]);
        assert_eq!(decode("aGVsbG9"), b"hello"); // the last bits are left over
        assert_eq!(decode("aGVsb"), b"hel");
        assert_eq!(decode("A"), b"");
        assert_eq!(decode(""), b"");
    }
}
