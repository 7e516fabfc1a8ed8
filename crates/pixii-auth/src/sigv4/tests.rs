use super::*;

const CREDENTIAL: &str = "Credential=AKID/20261123/eu-west-1/dynamodb/aws4_request";
const DATE: &str = "20261123T101112Z";

fn header(authorization: &str) -> Result<Principal<'_>, AuthFault> {
    let request = SignedRequest { authorization: Some(authorization), query: None, date: Some(DATE) };
    verify(&request, &Credentials::Any)
}

fn query(query: &str) -> Result<Principal<'_>, AuthFault> {
    verify(&SignedRequest { query: Some(query), ..SignedRequest::default() }, &Credentials::Any)
}

/// The refusal, as `code: sentence`.
fn refusal(answer: Result<Principal<'_>, AuthFault>) -> String {
    let fault = answer.expect_err("a refusal");
    format!("{}: {fault}", fault.code())
}

#[test]
fn a_signed_header_names_key_and_region() {
    let signed = Principal { access_key_id: "AKID".into(), region: "eu-west-1".into() };
    for separator in [", ", ",", " ", " ,, "] {
        let parts = [CREDENTIAL, "SignedHeaders=x-amz-date;Host", "Signature=00"].join(separator);
        assert_eq!(header(&format!("AWS4-HMAC-SHA256 {parts}")).as_ref(), Ok(&signed), "{separator:?}");
        let slashes = parts.replace("aws4_request", "aws4_request//");
        assert_eq!(header(&format!("  AWS4-HMAC-SHA256 {slashes} ")).as_ref(), Ok(&signed), "{slashes:?}");
    }
}

#[test]
fn a_presigned_query_names_key_and_region() {
    let presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20261123%2Flocal%2fdynamodb/aws4_request\
                     &X-Amz-Date=20261123T101112Z&X-Amz-SignedHeaders=host%3Bx-a&X-Amz-Signature=00";
    assert_eq!(query(presigned), Ok(Principal { access_key_id: "AK".into(), region: "local".into() }));
}

#[test]
fn malformed_headers_are_refused_as_aws_does() {
    let incomplete = "IncompleteSignatureException: ";
    let requires = |name: &str| format!("Authorization header requires '{name}' parameter. ");
    let cases = [
        ("", "MissingAuthenticationTokenException: Request is missing Authentication Token".to_owned()),
        ("AWS4", "MissingAuthenticationTokenException: Request is missing Authentication Token".to_owned()),
        (
            "Basic AWS4-",
            "MissingAuthenticationTokenException: Request is missing Authentication Token".to_owned(),
        ),
        (
            "AWS4-",
            format!(
                "{incomplete}{}{}{}Authorization=AWS4-",
                requires("Credential"),
                requires("Signature"),
                requires("SignedHeaders")
            ),
        ),
        (
            "AWS4- Signature=b, Credential=a",
            format!("{incomplete}{}Authorization=AWS4- Signature=b, Credential=a", requires("SignedHeaders")),
        ),
        (
            "AWS4- Signature=,Credential=a SignedHeaders=",
            format!(
                "{incomplete}{}Authorization=AWS4- Signature=,Credential=a SignedHeaders=",
                requires("Signature")
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential= x, Signature=b",
            format!(
                "{incomplete}'x' not a valid key=value pair (missing equal-sign) in Authorization header: \
                 'AWS4-HMAC-SHA256 Credential= x, Signature=b'."
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a Signature=b SignedHeaders=x-host",
            "InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
        ),
        (
            "AWS4-HMAC-SHA25 Credential=a Signature=b SignedHeaders=host",
            format!(
                "{incomplete}Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d Signature=b SignedHeaders=host",
            format!(
                "{incomplete}Credential must have exactly 5 slash-delimited elements, \
                 e.g. keyid/date/region/service/term, got 'a/b/c/d'"
            ),
        ),
    ];
    for (authorization, expected) in cases {
        assert_eq!(refusal(header(authorization)), expected, "{authorization:?}");
    }
}

#[test]
fn a_date_is_needed_in_the_basic_format() {
    let authorization = "AWS4-HMAC-SHA256 Credential=a Signature=b SignedHeaders=host";
    let undated = SignedRequest { authorization: Some(authorization), ..SignedRequest::default() };
    assert_eq!(
        refusal(verify(&undated, &Credentials::Any)),
        format!(
            "IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a \
             'Date' header. Authorization={authorization}"
        )
    );
    for date in
        ["201", "2026-11-23T10:11:12Z", "20261123T101112", "Mon, 23 Nov 2026 10:11:12 GMT", "２０２６11T"]
    {
        let request = SignedRequest { date: Some(date), ..undated };
        assert_eq!(
            refusal(verify(&request, &Credentials::Any)),
            format!(
                "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '{date}'. \
                 See http://en.wikipedia.org/wiki/ISO_8601"
            )
        );
    }
}

#[test]
fn malformed_queries_are_refused_as_aws_does() {
    let missing = |names: &[&str]| {
        let names: String =
            names.iter().map(|name| format!("AWS query-string parameters must include '{name}'. ")).collect();
        format!("IncompleteSignatureException: {names}Re-examine the query-string parameters.")
    };
    let all = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
    let no_token = "MissingAuthenticationTokenException: Request is missing Authentication Token".to_owned();
    let cases = [
        ("", no_token.clone()),
        ("X-Amz-Algorith", no_token.clone()),
        ("X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", no_token),
        ("X-Amz-Algorithm", missing(&all)),
        ("X-Amz-Algorithm=a&X-Amz-Credential=", missing(&all[1..])),
        ("X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d", missing(&all[3..4])),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(query(text)), expected, "{text:?}");
    }
}

#[test]
fn both_forms_at_once_are_refused() {
    let request = SignedRequest { authorization: Some("X"), query: Some("a&X-Amz-Algorithm"), date: None };
    assert_eq!(
        refusal(verify(&request, &Credentials::Any)),
        "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as \
         HTTP header."
    );
}

#[test]
fn escapes_decode_and_stray_percents_stay() {
    for (text, expected) in
        [("a%2Fb", "a/b"), ("%", "%"), ("%2", "%2"), ("%zz%41", "%zzA"), ("%25", "%"), ("%ff", "\u{fffd}")]
    {
        assert_eq!(percent_decoded(text), expected, "{text:?}");
    }
}
