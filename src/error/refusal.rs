//! What WeChat refuses, and what an application's developer does about it. Sources: WeChat's pages
//! on `auth.code2Session`, `getStableAccessToken` and `getPhoneNumber`.

/// What WeChat was asked for. Some errcodes mean one thing here and another there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Login,
    AccessToken,
    PhoneNumber,
    /// Any other interface that takes the access token.
    Other,
}

/// A refusal in WeChat's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    pub errcode: Option<i64>,
    pub errmsg: Option<String>,
    /// The request id that WeChat's support asks for.
    pub rid: Option<String>,
}

impl Refusal {
    /// Whether the same call may succeed later: -1 is "system busy", 45011 "API rate limit".
    /// None where WeChat sent no errcode.
    /// Source: WeChat's `auth.code2Session` page.
    pub fn retryable(&self) -> Option<bool> {
        self.errcode.map(|code| matches!(code, -1 | 45011))
    }

    /// The errcode in brackets, where WeChat sent one, and what to do about it.
    pub(super) fn advice(&self, api: Api) -> String {
        match self.errcode {
            Some(code) if code != 0 => format!(" (errcode {code}{})", advice(code, api)),
            _ => String::new(),
        }
    }
}

fn advice(errcode: i64, api: Api) -> &'static str {
    match (errcode, api) {
        (-1, _) => ": WeChat is busy, try again",
        (40029, Api::PhoneNumber) => {
            ": the code is none of the phone number button's, or used, or too old: send the button's detail.code, \
             not the code of wx.login, and let the user press the button again"
        }
        (40029, _) => {
            ": the code is none of wx.login's, or too old, or of another mini-program: let the mini-program call \
             wx.login again, and send its code, not the phone number button's"
        }
        (40163, Api::PhoneNumber) => ": the code was used before, let the user press the button again",
        (40163, _) => ": the code was used before, let the mini-program call wx.login again",
        (40001 | 40014 | 42001, Api::PhoneNumber | Api::Other) => ": the access token is not valid",
        (40001, _) => ": check the app secret",
        (40013, Api::PhoneNumber) => ": the code was made in another mini-program, check the app id",
        (40013, _) => ": check the app id",
        (40125, _) => ": check the app secret",
        (40226, _) => ": WeChat blocks this user as high-risk",
        (40164, _) => ": allow this server's IP address in WeChat's console",
        (40003, Api::Other) => ": the openid is not one of this mini-program's",
        (43101, Api::Other) => ": the user has not agreed to this message, or no longer does",
        (48001, Api::Other) => ": this mini-program may not use this interface, look into WeChat's console",
        (45009, _) => ": the calls of the day are used up: reset the quota, or wait for the next day",
        (87009, _) => ": the signature is not made with the user's session key: let the mini-program call wx.login",
        (45011, _) => ": too many calls, try again later",
        (41002 | 41004 | 41008, _) => ": a parameter is missing",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(errcode: Option<i64>) -> Refusal {
        Refusal { errcode, ..Refusal::default() }
    }

    #[test]
    fn busy_and_rate_limit_alone_are_retryable() {
        let retryable = |errcode| refusal(errcode).retryable();
        assert_eq!(retryable(Some(-1)), Some(true));
        assert_eq!(retryable(Some(45011)), Some(true));
        assert_eq!(retryable(Some(40029)), Some(false));
        assert_eq!(retryable(None), None);
    }

    #[test]
    fn an_errcode_means_what_it_means_where_it_comes_from() {
        for (errcode, api, said) in [
            (40001, Api::PhoneNumber, "the access token is not valid"),
            (40001, Api::AccessToken, "check the app secret"),
            (40013, Api::PhoneNumber, "the code was made in another mini-program, check the app id"),
            (40013, Api::AccessToken, "check the app id"),
            (40163, Api::PhoneNumber, "the code was used before, let the user press the button again"),
            (40163, Api::Login, "the code was used before, let the mini-program call wx.login again"),
            (45009, Api::Other, "the calls of the day are used up: reset the quota, or wait for the next day"),
        ] {
            assert_eq!(refusal(Some(errcode)).advice(api), format!(" (errcode {errcode}: {said})"));
        }
    }

    #[test]
    fn what_to_do_about_an_errcode_is_said() {
        for (errcode, word) in [
            (-1, "busy"),
            (40125, "app secret"),
            (40226, "high-risk"),
            (40164, "IP address"),
            (40003, "openid"),
            (43101, "agreed"),
            (48001, "may not use"),
            (87009, "session key"),
            (45011, "too many calls"),
            (41002, "missing"),
        ] {
            let advice = refusal(Some(errcode)).advice(Api::Other);
            assert!(advice.contains(word), "{advice}");
        }
    }

    #[test]
    fn an_invalid_code_is_told_by_where_it_comes_from() {
        let begins = |api, text| refusal(Some(40029)).advice(api).starts_with(text);
        assert!(begins(Api::Login, " (errcode 40029: the code is none of wx.login's"));
        assert!(begins(Api::PhoneNumber, " (errcode 40029: the code is none of the phone number button's"));
        assert_eq!(refusal(Some(0)).advice(Api::Login), "");
        assert_eq!(refusal(Some(99999)).advice(Api::Login), " (errcode 99999)");
    }
}
