//! Requests that do not say properly who is asking.

/// What is wrong with a request's Signature Version 4 credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthFault {
    /// Neither an `Authorization` header of Signature Version 4 nor its query parameters.
    MissingToken,
    /// Both at once.
    HeaderAndQuery,
    /// A part of the `Authorization` header is not `key=value`.
    NotKeyValue {
        /// The part.
        part: String,
        /// The whole header.
        header: String,
    },
    /// The `Authorization` header lacks parameters, or the request a date.
    HeaderIncomplete {
        /// The parameters it lacks, in the order AWS lists them.
        missing: Vec<&'static str>,
        /// Whether there is neither `X-Amz-Date` nor `Date`.
        no_date: bool,
        /// The whole header.
        header: String,
    },
    /// The query string lacks parameters.
    QueryIncomplete {
        /// The ones it lacks, in the order AWS lists them.
        missing: Vec<&'static str>,
    },
    /// The date is not `YYYYMMDDTHHMMSSZ`.
    Date {
        /// What came.
        date: String,
    },
    /// `Host` is not among the signed headers.
    HostNotSigned,
    /// Another algorithm than `AWS4-HMAC-SHA256`.
    Algorithm {
        /// What came.
        algorithm: String,
    },
    /// The credential does not have five elements.
    Credential {
        /// What came.
        credential: String,
    },
}

impl AuthFault {
    /// The code AWS answers with.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationTokenException",
            Self::HeaderAndQuery | Self::HostNotSigned => "InvalidSignatureException",
            Self::NotKeyValue { .. }
            | Self::HeaderIncomplete { .. }
            | Self::QueryIncomplete { .. }
            | Self::Date { .. }
            | Self::Algorithm { .. }
            | Self::Credential { .. } => "IncompleteSignatureException",
        }
    }
}
