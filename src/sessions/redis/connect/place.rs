//! Where a redis is, and as whom to talk to it: what a URL says. What a URL cannot make happen is
//! refused.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

const PORT: u16 = 6379;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    Tcp { host: String, port: u16, tls: bool },
    Unix(PathBuf),
}

/// What is empty in a URL is None.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub address: Address,
    pub user: Option<String>,
    pub password: Option<String>,
    pub database: Option<u32>,
}

impl Address {
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { host, port, .. } if host.contains(':') => write!(formatter, "[{host}]:{port}"),
            Self::Tcp { host, port, .. } => write!(formatter, "{host}:{port}"),
            Self::Unix(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// The places at `urls`, of which there is at least one.
pub fn parse_all(urls: &[String], option: &str) -> Result<Vec<Place>, String> {
    match urls {
        [] => Err(format!("{option} must list at least one URL")),
        urls => urls.iter().map(|url| parse(url, option)).collect(),
    }
}

/// The place at `url`. The error must not repeat it: a password may stand there.
pub fn parse(url: &str, option: &str) -> Result<Place, String> {
    place(url.trim()).ok_or_else(|| {
        format!(
            "{option}: a URL of redis must look like 'redis://user:password@host:6379/0', 'rediss://host' (TLS) \
             or 'unix:///path/to/socket?db=0&user=…&pass=…', with nothing else in it"
        )
    })
}

fn place(text: &str) -> Option<Place> {
    // The parser drops control characters, and a password would be another one without them.
    if text.contains(char::is_control) {
        return None;
    }
    let (scheme, _) = text.split_once("://")?;
    let url = Url::parse(text).ok().filter(|url| url.fragment().is_none())?;
    match scheme {
        "redis" | "rediss" => tcp(&url, scheme == "rediss"),
        "unix" => unix(&url),
        _ => None,
    }
}

fn tcp(url: &Url, tls: bool) -> Option<Place> {
    let host = match url.host()? {
        Host::Domain(name) => decode(name)?,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    // To no address can anybody connect, and `redis://:6379` has no host either.
    if host.is_empty() || host == "0.0.0.0" || host == "::" || url.query().is_some() {
        return None;
    }
    Some(Place {
        address: Address::Tcp { host, port: url.port().unwrap_or(PORT), tls },
        user: filled(decode(url.username())?),
        password: filled(decode(url.password().unwrap_or_default())?),
        database: match url.path().trim_matches('/') {
            "" => None,
            number => Some(database(number)?),
        },
    })
}

fn unix(url: &Url) -> Option<Place> {
    if cfg!(not(unix)) || url.has_host() || !url.path().starts_with('/') || url.path() == "/" {
        return None;
    }
    let address = Address::Unix(decode(url.path())?.into());
    let mut place = Place { address, user: None, password: None, database: None };
    let mut names = Vec::new();
    for parameter in url.query().unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=')?;
        if names.contains(&name) {
            return None;
        }
        names.push(name);
        match name {
            "db" => place.database = Some(database(value)?),
            "user" => place.user = filled(decode(value)?),
            "pass" => place.password = filled(decode(value)?),
            _ => return None,
        }
    }
    Some(place)
}

fn database(number: &str) -> Option<u32> {
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

fn decode(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16, tls: bool) -> Address {
        Address::Tcp { host: host.to_owned(), port, tls }
    }

    #[test]
    fn what_a_url_says_is_found() {
        for (url, address, user, password, database) in [
            ("redis://h", tcp("h", 6379, false), None, None, None),
            (" redis://h/\n", tcp("h", 6379, false), None, None, None),
            ("rediss://h:1/0", tcp("h", 1, true), None, None, Some(0)),
            ("redis://:pass@h:6379/15/", tcp("h", 6379, false), None, Some("pass"), Some(15)),
            ("redis://bob:@h", tcp("h", 6379, false), Some("bob"), None, None),
            ("redis://b%40b:p%3a%2F%25+@h", tcp("h", 6379, false), Some("b@b"), Some("p:/%+"), None),
            ("redis://u:p@ss@[::1]:7", tcp("::1", 7, false), Some("u"), Some("p@ss"), None),
            ("redis://redis%2Elocal", tcp("redis.local", 6379, false), None, None, None),
            ("redis://192.0.2.1", tcp("192.0.2.1", 6379, false), None, None, None),
        ] {
            let expected =
                Place { address, user: user.map(str::to_owned), password: password.map(str::to_owned), database };
            assert_eq!(parse(url, "o"), Ok(expected), "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_takes_its_parameters_percent_encoded() {
        let place = parse("unix:///run/my%20redis.sock?db=2&user=bob&pass=a+b%26", "o").unwrap();
        assert_eq!(place.address, Address::Unix("/run/my redis.sock".into()));
        let given = (place.user.as_deref(), place.password.as_deref(), place.database);
        assert_eq!(given, (Some("bob"), Some("a+b&"), Some(2)));
    }

    #[test]
    fn what_a_url_cannot_make_happen_is_refused() {
        for url in [
            "redis://h?db=2",
            "redis://h/?",
            "redis://h/1?protocol=resp3",
            "redis://h/#2",
            "redis://h/db1",
            "redis://h/+1",
            "redis://h/-1",
            "redis://h/4294967296",
            "redis://h/1/2",
            "redis://",
            "redis://:6379",
            "redis://0.0.0.0",
            "redis://u:p%FF@h",
            "redis://u:p\n@h",
            "redis:h",
            "REDIS://h",
            "valkey://h",
            "unix://run/redis.sock",
            "unix:///",
            "unix:///run/redis.sock#1",
            "unix:///run/redis.sock?database=1",
            "unix:///run/redis.sock?db=1&db=2",
            "unix:///run/redis.sock?db=one",
            "unix:///run/redis.sock?db",
            "unix:///run/redis.sock?DB=1",
        ] {
            let error = parse(url, "options.tokens").unwrap_err();
            assert!(error.starts_with("options.tokens: ") && !error.contains("p%FF"), "{url}");
        }
    }

    #[test]
    fn an_address_is_shown_as_it_is_written() {
        for (url, shown, is_tls) in
            [("redis://h:1", "h:1", false), ("rediss://h", "h:6379", true), ("redis://[::1]:7", "[::1]:7", false)]
        {
            let address = parse(url, "o").unwrap().address;
            assert_eq!((address.to_string().as_str(), address.is_tls()), (shown, is_tls));
        }
        let socket = Address::Unix("/run/redis.sock".into());
        assert_eq!((socket.to_string().as_str(), socket.is_tls()), ("/run/redis.sock", false));
    }

    #[test]
    fn of_several_urls_each_is_read_and_there_is_one() {
        let urls = |urls: &[&str]| parse_all(&urls.iter().map(|&url| url.to_owned()).collect::<Vec<_>>(), "o");
        let places = urls(&["redis://a", "redis://b:1"]).unwrap();
        assert_eq!(places.iter().map(|place| place.address.to_string()).collect::<Vec<_>>(), ["a:6379", "b:1"]);
        assert_eq!(urls(&[]).unwrap_err(), "o must list at least one URL");
        assert_eq!(urls(&["redis://a", "b"]), Err(parse("b", "o").unwrap_err()));
    }
}
