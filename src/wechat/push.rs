//! Messages that WeChat pushes to the application's server: who made them, and what they say. Pure
//! functions. Source: WeChat's page on the message push of mini-programs.

mod body;
mod sealed;
mod xml;

use std::time::Duration;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};
use crate::hex;
use sealed::Key;

/// For as long as this after a push WeChat sends it again, where it was not answered well; three
/// times, each after the 5 s that an answer may take.
pub const REPEATS: Duration = Duration::from_secs(20);

/// How far the timestamp of a push may be from our clock.
const TOLERANCE: Duration = Duration::from_secs(300);

/// For as long as this after a push its timestamp may be right.
pub const LIFE: Duration = Duration::from_secs(2 * TOLERANCE.as_secs() + 60);

/// No timestamp, nonce or echostr of WeChat's is longer.
const MAX_LENGTH: usize = 256;

/// The application's side of the message push, as WeChat's console has it.
pub struct Push {
    pub app_id: String,
    pub token: String,
    /// None in the plain mode, where bodies are not encrypted, and no signature covers them.
    pub key: Option<Key>,
}

/// The query of a push, as far as it is read.
#[derive(Default)]
pub struct Query {
    pub signature: Option<String>,
    pub msg_signature: Option<String>,
    pub timestamp: Option<String>,
    pub nonce: Option<String>,
    pub echostr: Option<String>,
}

/// A push that WeChat has made.
#[derive(Debug)]
pub struct Pushed {
    /// The message as JSON; None for the question whether the server is there.
    pub message: Option<String>,
    /// Its name in the token store: another one of the same signature is the same push.
    pub name: String,
}

impl Push {
    /// Fails for the 43 characters of an encodingAESKey that are none.
    pub fn new(app_id: String, token: String, encoding_aes_key: Option<&str>) -> std::result::Result<Self, String> {
        let key = match encoding_aes_key {
            Some(text) => Some(Key::parse(text).ok_or("options.wechat.push.encodingAESKey is not one of WeChat's")?),
            None => None,
        };
        Ok(Self { app_id, token, key })
    }

    /// Reads a push. `now` is in Unix seconds.
    pub fn open(&self, query: &Query, body: &[u8], now: u64) -> Result<Pushed> {
        if let (Some(echostr), true) = (&query.echostr, body.is_empty()) {
            let signature = self.expect_signature("signature", query.signature.as_deref(), query, None, now)?;
            expect_echo(echostr)?;
            return Ok(self.pushed(None, signature));
        }
        let Some(key) = &self.key else {
            if query.msg_signature.is_some() {
                return Err(Error::push_refused("it is encrypted: set encodingAESKey in place of plain"));
            }
            let signature = self.expect_signature("signature", query.signature.as_deref(), query, None, now)?;
            return Ok(self.pushed(Some(body::message(body)?), signature));
        };
        let encrypted = body::encrypted(body)?;
        let given = query.msg_signature.as_deref();
        let signature = self.expect_signature("msg_signature", given, query, Some(&encrypted), now)?;
        let plain = key.open(&encrypted, &self.app_id).ok_or_else(Error::undecryptable_push)?;
        Ok(self.pushed(Some(body::message(&plain)?), signature))
    }

    /// The name in the token store of the push with this signature.
    fn name(&self, signature: &str) -> String {
        format!("push:{}:{signature}", self.app_id)
    }

    fn pushed(&self, message: Option<String>, signature: &str) -> Pushed {
        Pushed { message, name: self.name(signature) }
    }

    /// The signature `given`, where it is WeChat's for the query's timestamp and nonce, and for
    /// what is `encrypted`. The comparison takes the same time for every signature.
    fn expect_signature<'a>(
        &self,
        name: &str,
        given: Option<&'a str>,
        query: &Query,
        encrypted: Option<&str>,
        now: u64,
    ) -> Result<&'a str> {
        let given = given.ok_or_else(|| missing(name))?;
        let timestamp = required("timestamp", query.timestamp.as_deref())?;
        let nonce = required("nonce", query.nonce.as_deref())?;
        let mut parts = vec![self.token.as_str(), timestamp, nonce];
        parts.extend(encrypted);
        if !bool::from(signature(parts).as_bytes().ct_eq(given.as_bytes())) {
            return Err(Error::push_refused(format!("{name} is not that of WeChat for options.wechat.push.token")));
        }
        if !is_recent(timestamp, now) {
            return Err(Error::push_refused("its timestamp is more than five minutes from this server's clock"));
        }
        Ok(given)
    }
}

fn required<'a>(name: &str, value: Option<&'a str>) -> Result<&'a str> {
    let value = value.filter(|text| !text.is_empty()).ok_or_else(|| missing(name))?;
    match value.len() <= MAX_LENGTH {
        true => Ok(value),
        false => Err(Error::push_refused(format!("{name} in its query is too long"))),
    }
}

fn missing(name: &str) -> Error {
    let advice = match name {
        "msg_signature" => ": in WeChat's console the mode must be the safe one, where all is encrypted",
        _ => "",
    };
    Error::push_refused(format!("{name} is missing in its query{advice}"))
}

/// The SHA-1 of the parts, one behind the other in their order as texts, as hex digits.
fn signature(mut parts: Vec<&str>) -> String {
    parts.sort_unstable();
    let mut sha1 = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for part in parts {
        sha1.update(part.as_bytes());
    }
    hex::encode(sha1.finish().as_ref())
}

fn is_recent(timestamp: &str, now: u64) -> bool {
    let is_number = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = timestamp.parse().ok().filter(|_| is_number);
    seconds.is_some_and(|seconds: u64| seconds.abs_diff(now) <= TOLERANCE.as_secs())
}

/// The signature does not cover `echostr`. Whoever logs URLs shall not make us answer with HTML.
fn expect_echo(echostr: &str) -> Result<()> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.~:".contains(&byte);
    match required("echostr", Some(echostr))?.bytes().all(is_plain) {
        true => Ok(()),
        false => Err(Error::push_refused("echostr in its query is none of WeChat's")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of WeChat's page.
    fn plain() -> Push {
        Push::new("wxba5fad812f8e6fb9".to_owned(), "AAAAA".to_owned(), None).unwrap()
    }

    fn query(signature: &str, timestamp: &str, nonce: &str) -> Query {
        let text = |text: &str| Some(text.to_owned());
        Query { signature: text(signature), timestamp: text(timestamp), nonce: text(nonce), ..Query::default() }
    }

    #[test]
    fn the_examples_of_wechat_are_signed_rightly() {
        let echo = query("f464b24fc39322e44b38aa78f5edd27bd1441696", "1714036504", "1514711492");
        let echo = Query { echostr: Some("4375120948345356249".to_owned()), ..echo };
        assert_eq!(plain().open(&echo, b"", 1_714_036_504).unwrap().message, None);
        let message = query("899cf89e464efb63f54ddac96b0a0a235f53aa78", "1714037059", "486452656");
        let body = br#"{"MsgType":"event","Event":"debug_demo"}"#;
        let pushed = plain().open(&message, body, 1_714_037_059).unwrap();
        assert_eq!(pushed.message.as_deref(), std::str::from_utf8(body).ok());
        assert_eq!(pushed.name, "push:wxba5fad812f8e6fb9:899cf89e464efb63f54ddac96b0a0a235f53aa78");
    }

    #[test]
    fn the_encrypted_example_of_wechat_is_read() {
        let safe = Push::new(plain().app_id, plain().token, Some(&"A".repeat(43))).unwrap();
        let signature = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";
        let query = query("6c5c811b55cc85e0e1b54100749188c20beb3f5d", "1714112445", "415670741");
        let query = Query { msg_signature: Some(signature.to_owned()), ..query };
        let encrypted = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
        let body = format!(r#"{{"ToUserName":"gh_97417a04a28d","Encrypt":"{encrypted}"}}"#);
        let pushed = safe.open(&query, body.as_bytes(), 1_714_112_445).unwrap();
        assert!(pushed.message.unwrap().contains(r#""debug_str":"hello world""#));
        assert_eq!(pushed.name, safe.name(signature));
        let other = Push::new("wx0123456789abcdef".to_owned(), plain().token, Some(&"A".repeat(43))).unwrap();
        let error = other.open(&query, body.as_bytes(), 1_714_112_445).unwrap_err();
        assert_eq!(error, Error::undecryptable_push());
    }

    #[test]
    fn timestamps_are_right_for_five_minutes_each_way() {
        for (timestamp, now, is_right) in [
            ("1000", 1300, true),
            ("1000", 1301, false),
            ("1300", 1000, true),
            ("1301", 1000, false),
            ("+1000", 1000, false),
            ("1e3", 1000, false),
            ("-1", 0, false),
            ("", 0, false),
            ("99999999999999999999999", 1000, false),
        ] {
            assert_eq!(is_recent(timestamp, now), is_right, "{timestamp} {now}");
        }
    }

    #[test]
    fn a_push_is_remembered_for_as_long_as_its_timestamp_may_be_right() {
        let right = TOLERANCE * 2;
        assert!(LIFE > right + REPEATS && LIFE < right + TOLERANCE);
    }

    #[test]
    fn what_is_missing_is_told_with_what_to_do() {
        let safe = Push::new(plain().app_id, plain().token, Some(&"A".repeat(43))).unwrap();
        let body = br#"{"Encrypt":"AAAA"}"#;
        let error = safe.open(&Query::default(), body, 0).unwrap_err();
        let advice = "msg_signature is missing in its query: in WeChat's console the mode must be the safe one, where \
                      all is encrypted";
        assert_eq!(error, Error::push_refused(advice));
        let error = plain().open(&Query::default(), b"{}", 0).unwrap_err();
        assert_eq!(error, Error::push_refused("signature is missing in its query"));
    }

    #[test]
    fn an_echo_is_one_of_wechats() {
        for echo in ["4375120948345356249", "a+b/c=_-.~:"] {
            assert!(expect_echo(echo).is_ok());
        }
        for echo in ["", "<b>", "a b", "a\n", "&", "字", &"1".repeat(MAX_LENGTH + 1)] {
            assert!(expect_echo(echo).is_err(), "{echo}");
        }
    }
}
