//! Where requests go, and which region their signatures name.

use http::Uri;
use http::uri::Authority;
use std::fmt;
use std::net::IpAddr;

/// A DynamoDB endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    authority: Authority,
    region: String,
}

impl Endpoint {
    /// Reads `http://host:port` or `https://host`. Without a region it is the one that AWS's host name has, or
    /// us-east-1.
    pub fn parse(url: &str, region: Option<&str>) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| format!("{url:?} is no URL like http://host:port"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().filter(|_| matches!(scheme, "http" | "https"));
        let authority = authority.ok_or_else(|| format!("{url:?} is no URL like http://host:port"))?.clone();
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(format!("{url:?} has more than a host, a port and a path"));
        }
        let region = region.or_else(|| aws_region(authority.host())).unwrap_or("us-east-1").to_owned();
        Ok(Self { uri, authority, region })
    }

    /// The whole address.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path to post to.
    pub fn path(&self) -> &str {
        match self.uri.path() {
            "" => "/",
            path => path,
        }
    }

    /// The Host header: without a port that the scheme implies.
    pub fn host(&self) -> String {
        let default = if self.uri.scheme_str() == Some("https") { 443 } else { 80 };
        match self.authority.port_u16() {
            Some(port) if port != default => format!("{}:{port}", self.authority.host()),
            _ => self.authority.host().to_owned(),
        }
    }

    /// The region that signatures name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether it is this machine, to which no proxy leads.
    pub fn is_loopback(&self) -> bool {
        let host = self.authority.host().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether it is AWS's own, which wants real credentials.
    pub fn is_aws(&self) -> bool {
        let host = self.authority.host();
        host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") || host.ends_with(".api.aws")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri.to_string().trim_end_matches('/'))
    }
}

/// `dynamodb.eu-west-1.amazonaws.com`, and the same of an account: `1234.ddb.eu-west-1.amazonaws.com`.
fn aws_region(host: &str) -> Option<&str> {
    let parts: Vec<_> = host.split('.').collect();
    let service = parts.iter().position(|part| matches!(*part, "dynamodb" | "dynamodb-fips" | "ddb"))?;
    let region = parts.get(service + 1)?;
    let rest = &parts[service + 2..];
    matches!(rest, ["amazonaws", "com"] | ["amazonaws", "com", "cn"] | ["api", "aws"]).then_some(*region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (url, region, host, path, expect) in [
            ("http://127.0.0.1:8000", None, "127.0.0.1:8000", "/", "us-east-1"),
            ("http://localhost:80/", Some("eu-west-1"), "localhost", "/", "eu-west-1"),
            ("https://[::1]:8443/ddb", None, "[::1]:8443", "/ddb", "us-east-1"),
            (
                "https://dynamodb.eu-north-1.amazonaws.com",
                None,
                "dynamodb.eu-north-1.amazonaws.com",
                "/",
                "eu-north-1",
            ),
            (
                "https://1.ddb.eu-west-3.amazonaws.com",
                None,
                "1.ddb.eu-west-3.amazonaws.com",
                "/",
                "eu-west-3",
            ),
        ] {
            let endpoint = Endpoint::parse(url, region).unwrap();
            assert_eq!(
                (endpoint.host().as_str(), endpoint.path(), endpoint.region()),
                (host, path, expect),
                "{url}"
            );
            assert_eq!(endpoint.to_string(), url.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for url in ["127.0.0.1:8000", "ftp://x", "http://", "", "http://u:p@x", "http://x/?y"] {
            assert!(Endpoint::parse(url, None).is_err(), "{url}");
        }
    }

    #[test]
    fn this_machine_is_known() {
        for (url, expect) in [
            ("http://localhost:8000", true),
            ("http://127.0.0.2", true),
            ("http://[::1]:8000", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.org", false),
        ] {
            assert_eq!(Endpoint::parse(url, None).unwrap().is_loopback(), expect, "{url}");
        }
    }

    #[test]
    fn aws_is_known_by_its_name() {
        for (url, expect) in [
            ("https://dynamodb.us-east-1.amazonaws.com", true),
            ("http://localhost:8000", false),
            ("https://amazonaws.com.example.org", false),
        ] {
            assert_eq!(Endpoint::parse(url, None).unwrap().is_aws(), expect, "{url}");
        }
    }
}
