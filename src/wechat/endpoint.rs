//! Where WeChat is asked: which addresses may see a secret.

use std::net::IpAddr;

use url::Url;

use super::proxy;

const WECHAT: &str = "api.weixin.qq.com";

/// Queries hold secrets, so plain HTTP must not leave this machine.
pub fn parse_endpoint(endpoint: &str) -> Result<Url, String> {
    let wrong = || {
        "options.wechat.endpoint must be an https: URL without a query (http: on a loopback address only), \
         such as 'https://api.weixin.qq.com'"
            .to_owned()
    };
    let url = Url::parse(endpoint).map_err(|_| wrong())?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(url.host_str()),
        _ => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if allowed && plain { Ok(url) } else { Err(wrong()) }
}

/// The same address for plain HTTP: within the cloud, the platform itself takes these requests.
pub fn cloud_endpoint(mut endpoint: Url) -> Result<Url, String> {
    let is_wechat = endpoint.host_str() == Some(WECHAT) && endpoint.port().is_none();
    if !is_wechat && !is_loopback(endpoint.host_str()) {
        return Err("options.wechat.cloud needs WeChat's own endpoint: leave options.wechat.endpoint out".to_owned());
    }
    // Both schemes are special ones, between which a URL may change.
    let _ = endpoint.set_scheme("http");
    Ok(endpoint)
}

/// A proxy only forwards the bytes to an `https:` endpoint, but reads those to an `http:` one.
pub fn parse_proxy(proxy: &str, endpoint: &Url) -> Result<Url, String> {
    let proxy = proxy::parse(proxy).ok_or_else(|| {
        "options.wechat.proxy must be a URL, such as 'http://user:password@proxy.internal:3128'".to_owned()
    })?;
    if endpoint.scheme() != "https" && !is_loopback(proxy.host_str()) {
        return Err("options.wechat.proxy needs an https: endpoint: it would see the app secret".to_owned());
    }
    Ok(proxy)
}

fn is_loopback(host: Option<&str>) -> bool {
    let host = host.unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for endpoint in ["https://api.weixin.qq.com", "http://localhost:1", "http://127.0.0.9:1/", "http://[::1]:1"] {
            assert!(parse_endpoint(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in
            ["http://api.weixin.qq.com", "http://127.0.0.1.evil.example", "ftp://localhost", "weixin", "https://a?b=c"]
        {
            assert!(parse_endpoint(endpoint).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn in_the_cloud_wechat_itself_is_asked_plainly() {
        let cloud = |endpoint: &str| cloud_endpoint(parse_endpoint(endpoint).unwrap());
        assert_eq!(cloud("https://api.weixin.qq.com").unwrap().as_str(), "http://api.weixin.qq.com/");
        assert_eq!(cloud("http://127.0.0.1:1").unwrap().as_str(), "http://127.0.0.1:1/");
        assert_eq!(cloud("https://localhost:1").unwrap().as_str(), "http://localhost:1/");
        assert!(cloud("https://proxy.example").is_err());
        assert!(cloud("https://api.weixin.qq.com:8443").is_err());
    }

    #[test]
    fn a_proxy_does_not_read_secrets() {
        let https = parse_endpoint("https://api.weixin.qq.com").unwrap();
        let http = parse_endpoint("http://127.0.0.1:1").unwrap();
        assert!(parse_proxy("http://user:password@10.0.0.1:3128", &https).is_ok());
        assert!(parse_proxy("http://127.0.0.1:3128", &http).is_ok());
        assert!(parse_proxy("http://10.0.0.1:3128", &http).is_err());
        for proxy in ["", "proxy:3128", "ftp://proxy", "http://"] {
            assert!(parse_proxy(proxy, &https).is_err(), "{proxy}");
        }
    }
}
