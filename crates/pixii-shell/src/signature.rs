//! AWS's Signature Version 4, as far as a POST without a query needs it.
//!
//! The hash of a canonical form of the request, with time and scope, is signed with a key that is derived from the
//! secret, the day, the region and the service.

use ring::{digest, hmac};
use std::fmt;

/// Who asks.
#[derive(Clone)]
pub struct Credentials {
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// What temporary credentials have besides.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Those that an endpoint takes which checks none.
    pub fn any() -> Self {
        Self { access_key_id: "pixii".into(), secret_access_key: "pixii".into(), session_token: None }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// What is signed for: a region, a service and a time.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The region.
    pub region: &'a str,
    /// The service.
    pub service: &'a str,
    /// `20261123T101112Z`, as `X-Amz-Date` has it.
    pub time: &'a str,
}

impl Scope<'_> {
    fn day(&self) -> &str {
        &self.time[..8]
    }
}

/// The Authorization header of a request. The headers are all that are signed: lower-case names, sorted.
pub fn authorization(
    credentials: &Credentials,
    scope: &Scope<'_>,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> String {
    debug_assert!(headers.is_sorted_by_key(|(name, _)| *name), "signed headers are sorted");
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let canonical = format!("POST\n{path}\n\n{lines}\n{names}\n{}", sha256(body));
    let day = scope.day();
    let scoped = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scoped}\n{}", scope.time, sha256(canonical.as_bytes()));
    let signature = hex(hmac_sha256(&signing_key(&credentials.secret_access_key, scope), &to_sign).as_ref());
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scoped}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key_id
    )
}

fn signing_key(secret: &str, scope: &Scope<'_>) -> hmac::Tag {
    let parts = [scope.region, scope.service, "aws4_request"];
    let day = hmac_sha256(format!("AWS4{secret}").as_bytes(), scope.day());
    parts.iter().fold(day, |key, part| hmac_sha256(&key, part))
}

fn hmac_sha256(key: &(impl AsRef<[u8]> + ?Sized), text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), text.as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds since 1970 as `X-Amz-Date` has them.
pub fn amz_date(unix_seconds: u64) -> String {
    let (days, seconds) = (unix_seconds / 86_400, unix_seconds % 86_400);
    // Years that begin in March end with the day that only some of them have. The count begins 0000-03-01.
    let since = days + 719_468;
    let (era, day_of_era) = (since / 146_097, since % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 { months_since_march + 3 } else { months_since_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The credentials and the scope of AWS's published test suite.
    fn suite() -> (Credentials, Scope<'static>) {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        (credentials, Scope { region: "us-east-1", service: "service", time: "20150830T123600Z" })
    }

    #[track_caller]
    fn check(headers: &[(&str, &str)], body: &str, expect: &str) {
        let (credentials, scope) = suite();
        let header = authorization(&credentials, &scope, "/", headers, body.as_bytes());
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        let expect = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={}, \
             Signature={expect}",
            names.join(";")
        );
        assert_eq!(header, expect);
    }

    #[test]
    fn requests_of_awss_suite_have_its_signatures() {
        let host = ("host", "example.amazonaws.com");
        let date = ("x-amz-date", "20150830T123600Z");
        // post-vanilla
        check(&[host, date], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        // post-x-www-form-urlencoded
        let form = ("content-type", "application/x-www-form-urlencoded");
        check(
            &[form, host, date],
            "Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        );
    }

    #[test]
    fn the_key_is_derived_as_awss_documentation_has_it() {
        let scope = Scope { region: "us-east-1", service: "iam", time: "20150830T000000Z" };
        let key = signing_key(&suite().0.secret_access_key, &scope);
        assert_eq!(hex(key.as_ref()), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn times_are_written_as_amz_date() {
        for (seconds, expect) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (1_709_251_199, "20240229T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(amz_date(seconds), expect);
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        assert!(!format!("{:?}", suite().0).contains("wJalr"));
    }
}
