//! Compressed bodies: those that come, and the answers that clients would rather have compressed.
//!
//! DynamoDB knows gzip and deflate (which in HTTP means zlib's format) and compresses answers from 4 KiB up.

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};
use http::HeaderValue;
use std::io::{self, Read, Write};

/// The shortest answer that is worth compressing.
pub(crate) const COMPRESSED_BYTES_MIN: usize = 4 * 1024;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
}

/// Why a compressed body cannot be had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DecodeFault {
    /// Not what its coding says, or cut off.
    Malformed,
    /// Larger than allowed once decompressed.
    TooLarge,
}

impl Coding {
    const ALL: [Self; 2] = [Self::Gzip, Self::Deflate];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    pub(crate) fn header_value(self) -> HeaderValue {
        HeaderValue::from_static(self.as_str())
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|coding| name.eq_ignore_ascii_case(coding.as_str()))
    }

    /// The coding that a `Content-Encoding` header names; `Err` if it is one we do not have.
    pub(crate) fn of_content(header: &str) -> Result<Option<Self>, DecodeFault> {
        match header.trim() {
            "" => Ok(None),
            name if name.eq_ignore_ascii_case("identity") => Ok(None),
            name => Self::from_name(name).map(Some).ok_or(DecodeFault::Malformed),
        }
    }

    /// The coding that an `Accept-Encoding` header likes best, if it likes one at all.
    ///
    /// DynamoDB's reading is its own: the better quality wins and the earlier of equals, `*` stands for what the header does
    /// not name, and `identity` never counts. Within an entry the first `q=` counts, wherever it stands; a quality that is
    /// no number is 1, as is one above 1, and a negative one refuses.
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        let mut named = [false; Self::ALL.len()];
        let mut others = 0.0;
        for entry in header.split(',') {
            let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
            let quality = quality(parameters);
            if name.trim() == "*" {
                others = quality;
            } else if let Some(coding) = Self::from_name(name.trim()) {
                named[coding as usize] = true;
                if quality > best.map_or(0.0, |(_, best)| best) {
                    best = Some((coding, quality));
                }
            }
        }
        let other = Self::ALL.into_iter().find(|coding| !named[*coding as usize]);
        match (best, other) {
            (best, Some(other)) if others > best.map_or(0.0, |(_, best)| best) => Some(other),
            (best, _) => best.map(|(coding, _)| coding),
        }
    }

    /// Compresses an answer. Takes a while where it is long.
    pub(crate) fn encode(self, body: &[u8]) -> Bytes {
        // The fastest level: an answer waits for its compression, and a level more buys little on JSON.
        let out = Vec::with_capacity(body.len() / 4);
        let encoded = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(out, Compression::fast());
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(out, Compression::fast());
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
        };
        encoded.expect("a Vec takes every byte").into()
    }

    /// Decompresses a body of at most `bytes_max`. Takes a while where it is long.
    pub(crate) fn decode(self, body: &[u8], bytes_max: usize) -> Result<Bytes, DecodeFault> {
        match self {
            // A gzip file may have several members one after another.
            Self::Gzip => read_at_most(MultiGzDecoder::new(body), bytes_max),
            Self::Deflate => read_at_most(ZlibDecoder::new(body), bytes_max),
        }
    }
}

fn read_at_most(decoder: impl Read, bytes_max: usize) -> Result<Bytes, DecodeFault> {
    let mut body = Vec::new();
    let read: io::Result<usize> = decoder.take(bytes_max as u64 + 1).read_to_end(&mut body);
    match read {
        Err(_) => Err(DecodeFault::Malformed),
        Ok(_) if body.len() > bytes_max => Err(DecodeFault::TooLarge),
        Ok(_) => Ok(body.into()),
    }
}

fn quality(parameters: &str) -> f32 {
    let Some((_, value)) = parameters.split_once("q=") else { return 1.0 };
    let value = value.split(';').next().unwrap_or_default().trim();
    value.parse().map_or(1.0, |quality: f32| if quality.is_finite() { quality.min(1.0) } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_encoding_is_read_as_dynamodb_reads_it() {
        use Coding::{Deflate, Gzip};
        let cases = [
            ("", None),
            ("identity", None),
            ("br", None),
            ("x-gzip", None),
            ("gzip", Some(Gzip)),
            ("gzip, deflate", Some(Gzip)),
            ("br, identity, deflate, gzip", Some(Deflate)),
            ("GZIP, identity", Some(Gzip)),
            ("dog, gzip ,, cat", Some(Gzip)),
            ("gzip;q=0.8, deflate;q=0.5", Some(Gzip)),
            ("deflate;q=0.5, gzip;q=0.2", Some(Deflate)),
            ("br, gzip;q=0, deflate; q = 0.5 , identity;q=0", Some(Deflate)),
            ("*", Some(Gzip)),
            ("*, deflate;q=0.5", Some(Gzip)),
            ("*, deflate", Some(Deflate)),
            ("*, gzip;q=0.5", Some(Deflate)),
            ("*, gzip;q=0, deflate;q=0", None),
            ("*;q=0", None),
            ("*;q=0.5,identity", Some(Gzip)),
            ("gzip;q=0.5,identity;q=0.8", Some(Gzip)),
            ("br;q=0.8,identity;q=0.5,*;q=0", None),
            ("gzip ;q=0", None),
            ("identity;q=0", None),
            ("\"gzip\"", None),
            ("gzip br", None),
            ("gzip:q=1", None),
            ("gzip;q=31,deflate;q=51", Some(Gzip)),
            ("deflate;q=0.5, gzip;q=1;q=0.2", Some(Gzip)),
            ("deflate;q=0.5,gzip;q=0.", Some(Deflate)),
            ("deflate;q=0.5,gzip;q=0.x", Some(Gzip)),
            ("deflate;q=0.5,gzip;q=nan", Some(Gzip)),
            ("deflate;q=-0.5,gzip;q=0.2", Some(Gzip)),
            ("gzip;q= 0;q=1", None),
            ("gzip;q =0;q=1", Some(Gzip)),
            ("gzip;nq=0;q=1", None),
            ("gzip;q=0, gzip;q=1, gzip;q=0", Some(Gzip)),
            ("br,identity;q=0.5,gzip;q=0.0001", Some(Gzip)),
        ];
        for (header, expected) in cases {
            assert_eq!(Coding::accepted(header), expected, "{header:?}");
        }
    }

    #[test]
    fn what_is_encoded_decodes() {
        let body = b"{\"TableName\":\"Music\"}".repeat(5000);
        for coding in Coding::ALL {
            let encoded = coding.encode(&body);
            assert!(encoded.len() * 20 < body.len(), "{coding:?}");
            assert_eq!(coding.decode(&encoded, body.len()).expect("decodes"), body);
            assert_eq!(coding.decode(&encoded, body.len() - 1), Err(DecodeFault::TooLarge));
            assert_eq!(coding.decode(&encoded[..encoded.len() - 1], body.len()), Err(DecodeFault::Malformed));
            assert_eq!(coding.decode(&body, body.len()), Err(DecodeFault::Malformed));
            assert_eq!(coding.decode(b"", 1), Err(DecodeFault::Malformed));
        }
    }

    #[test]
    fn a_gzip_body_may_have_several_members_but_no_junk() {
        let mut members = Coding::Gzip.encode(b"{\"a\":").to_vec();
        members.extend_from_slice(&Coding::Gzip.encode(b"1}"));
        assert_eq!(Coding::Gzip.decode(&members, 100).expect("decodes"), &b"{\"a\":1}"[..]);
        members.extend_from_slice(b"junk");
        assert_eq!(Coding::Gzip.decode(&members, 100), Err(DecodeFault::Malformed));
    }

    #[test]
    fn content_codings() {
        for (header, expected) in [
            ("", Ok(None)),
            (" Identity ", Ok(None)),
            ("GZIP", Ok(Some(Coding::Gzip))),
            ("deflate", Ok(Some(Coding::Deflate))),
            ("br", Err(DecodeFault::Malformed)),
            ("gzip, gzip", Err(DecodeFault::Malformed)),
        ] {
            assert_eq!(Coding::of_content(header), expected, "{header:?}");
        }
    }
}
