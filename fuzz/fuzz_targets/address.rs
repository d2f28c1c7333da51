//! Addresses of redis: what a URL says, another one says too that is made of it; and an error says
//! nothing of the URL.
#![no_main]

use std::net::Ipv6Addr;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mpauthx_fuzz::place::{Address, Place, parse};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    url: &'a str,
    host: &'a str,
    user: &'a str,
    password: &'a str,
    port: u16,
    database: u32,
    tls: bool,
}

fuzz_target!(|input: Input| {
    reads(input.url);
    for scheme in ["redis", "rediss", "unix"] {
        reads(&format!("{scheme}://{}", input.url));
    }
    let host = if input.host.is_empty() { "localhost" } else { input.host };
    let place = Place {
        address: Address::Tcp { host: host.to_owned(), port: input.port, tls: input.tls },
        user: filled(input.user),
        password: filled(input.password),
        database: Some(input.database),
    };
    match parse(&print(&place), "") {
        Ok(read) => assert_eq!(read, place),
        // To these addresses nobody can connect.
        Err(_) => assert!(host == "0.0.0.0" || host == "::", "{place:?}"),
    }
});

fn reads(url: &str) {
    match parse(url, "option") {
        Ok(place) => assert_eq!(parse(&print(&place), ""), Ok(place)),
        Err(error) => assert_eq!(error, parse("", "option").unwrap_err()),
    }
}

fn print(Place { address, user, password, database }: &Place) -> String {
    let (user, password) = (user.as_deref().unwrap_or_default(), password.as_deref().unwrap_or_default());
    match address {
        Address::Tcp { host, port, tls } => {
            let scheme = if *tls { "rediss" } else { "redis" };
            let is_ip = host.parse().is_ok_and(|ip: Ipv6Addr| ip.to_string() == *host);
            let host = if is_ip { format!("[{host}]") } else { encode(host) };
            let database = database.map(|number| number.to_string()).unwrap_or_default();
            format!("{scheme}://{}:{}@{host}:{port}/{database}", encode(user), encode(password))
        }
        Address::Unix(path) => {
            let path = path.to_str().expect("it came from a text");
            let database = database.map(|number| format!("&db={number}")).unwrap_or_default();
            format!("unix:///{}?user={}&pass={}{database}", encode(&path[1..]), encode(user), encode(password))
        }
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
