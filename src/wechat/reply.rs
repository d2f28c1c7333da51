//! What a reply of WeChat's says: an answer, a refusal, or nothing that can be read.

use super::json::{Json, Object};
use super::mask::Mask;
use crate::error::Refusal;

/// What a reply holds here, its text must not repeat either.
const SECRET_FIELDS: [&str; 4] = ["access_token", "openid", "session_key", "unionid"];

/// Why a request gave no answer.
#[derive(Debug, Clone)]
pub enum RequestError {
    /// No reply came that can be read.
    Failed(Failure),
    /// WeChat refused.
    Refused(Refusal),
}

#[derive(Debug, Clone)]
pub struct Failure {
    pub cause: String,
    /// Whether it failed before WeChat could have seen the request, and may not do so again.
    pub unsent: bool,
    /// What WeChat said beside a status that is none of a reply's.
    pub refusal: Option<Refusal>,
}

impl RequestError {
    pub fn failed(cause: impl Into<String>) -> Self {
        Self::Failed(Failure { cause: cause.into(), unsent: false, refusal: None })
    }

    /// WeChat's errcode, where it sent one.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Failed(failure) => failure.refusal.as_ref()?.errcode,
            Self::Refused(refusal) => refusal.errcode,
        }
    }
}

/// The reply as an object. A JSON value of another kind is an object without fields.
pub fn parse_reply(reply: &[u8]) -> Result<Object, RequestError> {
    match Json::parse(reply) {
        None => Err(RequestError::failed("WeChat's reply is not JSON")),
        Some(Json::Null) => Err(RequestError::failed("WeChat's reply is null")),
        Some(json) => Ok(json.into_object()),
    }
}

/// Fails where `reply` holds an errcode other than 0.
pub fn check_errcode(reply: &Object, mask: Mask<'_>) -> Result<(), RequestError> {
    refusal_in(reply, mask).map_or(Ok(()), |refusal| Err(RequestError::Refused(refusal)))
}

/// The refusal in `reply`, where it holds an errcode other than 0.
pub fn refusal_in(reply: &Object, mask: Mask<'_>) -> Option<Refusal> {
    let refuses = reply.integer("errcode").is_some_and(|errcode| errcode != 0);
    refuses.then(|| parse_refusal(reply, mask))
}

/// WeChat's own words, without what they must not repeat.
pub fn parse_refusal(reply: &Object, mask: Mask<'_>) -> Refusal {
    let named: Vec<_> = SECRET_FIELDS.iter().filter_map(|name| reply.text(name)).collect();
    let secrets: Vec<_> = mask.secrets.iter().copied().chain(named.iter().map(String::as_str)).collect();
    let mask = Mask { secrets: &secrets, ..mask };
    let errmsg = reply.text("errmsg").map(|text| mask.apply(text));
    let rid = errmsg.as_deref().and_then(parse_rid);
    Refusal { errcode: reply.integer("errcode"), errmsg, rid }
}

/// The request id: it follows `rid:` in an errmsg.
fn parse_rid(errmsg: &str) -> Option<String> {
    let (_, rest) = errmsg.split_once("rid:")?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_wechats_words_and_no_secret() {
        let reply = parse_reply(br#"{"errcode":"40029","errmsg":"bad s3cret, rid: 61-ab"}"#).unwrap();
        let refusal = parse_refusal(&reply, Mask { secrets: &["s3cret"], sent: "" });
        assert_eq!(refusal.errcode, Some(40029));
        assert_eq!(refusal.errmsg.as_deref(), Some("bad ***, rid: 61-ab"));
        assert_eq!(refusal.rid.as_deref(), Some("61-ab"));
    }

    #[test]
    fn a_refusal_does_not_repeat_whom_it_names() {
        let reply = parse_reply(br#"{"errcode":1,"openid":"o1","errmsg":"no o1 here"}"#).unwrap();
        assert_eq!(parse_refusal(&reply, Mask::default()).errmsg.as_deref(), Some("no *** here"));
    }

    #[test]
    fn an_errcode_is_wechats_own() {
        let refusal = |errcode| Refusal { errcode, ..Refusal::default() };
        assert_eq!(RequestError::Refused(refusal(Some(40029))).errcode(), Some(40029));
        assert_eq!(RequestError::Refused(refusal(None)).errcode(), None);
        assert_eq!(RequestError::failed("no connection").errcode(), None);
        let beside = Failure { cause: String::new(), unsent: false, refusal: Some(refusal(Some(45009))) };
        assert_eq!(RequestError::Failed(beside).errcode(), Some(45009));
    }
}
