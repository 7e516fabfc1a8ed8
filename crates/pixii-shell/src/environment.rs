//! What AWS's tools read from environment variables, read here too.

use crate::endpoint::Endpoint;
use crate::signature::Credentials;
use std::path::PathBuf;

/// Where `pixii dev` is, unless it is told otherwise.
pub const DEFAULT_ENDPOINT: &str = "http://127.0.0.1:8000";

/// Where to ask, as whom, trusting whom.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Whoever asks.
    pub credentials: Credentials,
    /// A file of certificate authorities.
    pub ca_bundle: Option<PathBuf>,
}

impl Environment {
    /// What arguments say goes first, then the environment.
    pub fn read(
        endpoint: Option<&str>,
        region: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let first =
            |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        let url =
            endpoint.map(str::to_owned).or_else(|| first(&["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]));
        let url = url.unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let mut parsed = Endpoint::parse(&url, region)?;
        if region.is_none()
            && !parsed.is_aws()
            && let Some(region) = first(&["AWS_REGION", "AWS_DEFAULT_REGION"])
        {
            parsed = Endpoint::parse(&url, Some(&region))?;
        }
        let credentials = match (first(&["AWS_ACCESS_KEY_ID"]), first(&["AWS_SECRET_ACCESS_KEY"])) {
            (Some(access_key_id), Some(secret_access_key)) => {
                Credentials { access_key_id, secret_access_key, session_token: first(&["AWS_SESSION_TOKEN"]) }
            }
            _ if parsed.is_aws() => {
                return Err(format!(
                    "{parsed} wants credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                ));
            }
            _ => Credentials::any(),
        };
        let ca_bundle = first(&["AWS_CA_BUNDLE"]).map(PathBuf::from);
        Ok(Self { endpoint: parsed, credentials, ca_bundle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        endpoint: Option<&str>,
        region: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Environment, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Environment::read(endpoint, region, variable)
    }

    #[test]
    fn arguments_go_before_variables() {
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://a:1"),
            ("AWS_ENDPOINT_URL", "http://b:1"),
            ("AWS_REGION", "r-1"),
        ];
        for (endpoint, region, expect) in [
            (None, None, ("http://a:1", "r-1")),
            (Some("http://c:1"), None, ("http://c:1", "r-1")),
            (None, Some("r-2"), ("http://a:1", "r-2")),
        ] {
            let found = read(endpoint, region, &variables).unwrap().endpoint;
            assert_eq!((found.to_string().as_str(), found.region()), expect);
        }
        let found = read(None, None, &[]).unwrap();
        assert_eq!(
            (found.endpoint.to_string().as_str(), found.endpoint.region()),
            (DEFAULT_ENDPOINT, "us-east-1")
        );
    }

    #[test]
    fn awss_endpoints_name_their_region_and_want_credentials() {
        let url = Some("https://dynamodb.eu-west-1.amazonaws.com");
        assert!(read(url, None, &[("AWS_ACCESS_KEY_ID", "a")]).unwrap_err().contains("wants credentials"));
        let variables = [
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_SESSION_TOKEN", "c"),
            ("AWS_REGION", "x"),
        ];
        let found = read(url, None, &variables).unwrap();
        assert_eq!(found.endpoint.region(), "eu-west-1");
        assert_eq!(found.credentials.session_token.as_deref(), Some("c"));
    }
}
