//! Requests that do not say properly who is asking.

use crate::error::AuthFault;
use std::fmt;

impl fmt::Display for AuthFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingToken => f.write_str("Request is missing Authentication Token"),
            Self::HeaderAndQuery => f.write_str(
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
            ),
            Self::NotKeyValue { part, header } => write!(
                f,
                "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
            ),
            Self::HeaderIncomplete { missing, no_date, header } => {
                for name in missing {
                    write!(f, "Authorization header requires '{name}' parameter. ")?;
                }
                if *no_date {
                    f.write_str(
                        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
                    )?;
                }
                write!(f, "Authorization={header}")
            }
            Self::QueryIncomplete { missing } => {
                for name in missing {
                    write!(f, "AWS query-string parameters must include '{name}'. ")?;
                }
                f.write_str("Re-examine the query-string parameters.")
            }
            Self::Date { date } => write!(
                f,
                "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ),
            Self::HostNotSigned => f.write_str("'Host' must be a 'SignedHeader' in the AWS Authorization."),
            Self::Algorithm { algorithm } => {
                write!(f, "Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). ")
            }
            Self::Credential { credential } => write!(
                f,
                "Credential must have exactly 5 slash-delimited elements, \
                 e.g. keyid/date/region/service/term, got '{credential}'"
            ),
        }
    }
}
