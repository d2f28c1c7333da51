//! The secrets of a session's tokens that are still in their grace, as the table keeps them:
//! `<secret>:<end in Unix milliseconds>`, separated by spaces, oldest first.

/// How many are kept. A client that has lost an answer does not rotate as often as that within a
/// grace.
const MAX: usize = 16;

/// When the grace of the token with this secret ends, if it has one.
pub fn end_of(grace: &str, secret: &str, now: i64) -> Option<i64> {
    entries(grace, now).find_map(|(known, ends)| (known == secret).then_some(ends))
}

/// Adds a secret whose grace ends at `ends`, and drops those whose grace is over.
pub fn with(grace: &str, secret: &str, ends: i64, now: i64) -> String {
    let added = (ends > now).then_some((secret, ends));
    let entries: Vec<String> =
        entries(grace, now).chain(added).map(|(secret, ends)| format!("{secret}:{ends}")).collect();
    entries[entries.len().saturating_sub(MAX)..].join(" ")
}

fn entries(grace: &str, now: i64) -> impl Iterator<Item = (&str, i64)> {
    let entries = grace.split(' ').filter_map(|entry| entry.split_once(':'));
    entries.filter_map(|(secret, ends)| Some((secret, ends.parse().ok()?))).filter(move |&(_, ends)| ends > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_for_its_grace() {
        let grace = with(&with("", "aa", 20, 10), "bb", 30, 10);
        assert_eq!((end_of(&grace, "aa", 19), end_of(&grace, "bb", 19)), (Some(20), Some(30)));
        assert_eq!((end_of(&grace, "aa", 20), end_of(&grace, "cc", 10)), (None, None));
        assert_eq!(with(&grace, "cc", 40, 25), "bb:30 cc:40");
    }

    #[test]
    fn no_grace_keeps_nothing() {
        assert_eq!(with("", "aa", 10, 10), "");
    }

    #[test]
    fn the_newest_are_kept() {
        let grace = (0..40).fold(String::new(), |grace, i| with(&grace, &format!("{i:02}"), 100, 10));
        assert_eq!(grace.split(' ').count(), MAX);
        assert!(grace.starts_with("24:100 ") && grace.ends_with(" 39:100"), "{grace}");
    }
}
