//! Globs as redis has them, without ranges and sets that are negated: none of ours has any.

pub fn matches(glob: &[u8], text: &[u8]) -> bool {
    // Where the last star stood, and how much of the text it took.
    let (mut star, mut at, mut from) = (None, 0, 0);
    while at < text.len() {
        match one(&glob[from..]) {
            Some((None, next)) => {
                star = Some((from + next, at));
                from += next;
            }
            Some((Some(byte), next)) if byte == text[at] => {
                at += 1;
                from += next;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (from, at) = (after, taken + 1);
            }
        }
    }
    glob[from..].iter().all(|&byte| byte == b'*')
}

/// What `glob` begins with: a byte, or None for a star, and how long that is written.
fn one(glob: &[u8]) -> Option<(Option<u8>, usize)> {
    match glob {
        [] => None,
        [b'*', ..] => Some((None, 1)),
        [b'?' | b'[', ..] => panic!("a sign that was to be taken literally is not"),
        [b'\\', byte, ..] => Some((Some(*byte), 2)),
        [byte, ..] => Some((Some(*byte), 1)),
    }
}
