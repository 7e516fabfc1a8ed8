//! Bodies that are no JSON, and members of the wrong JSON type.

/// What a member should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// A string, or an enum.
    String,
    /// A 32-bit number.
    Integer,
    /// A 64-bit number.
    Long,
    /// A floating-point number.
    Double,
    /// true or false.
    Boolean,
    /// Base64 in a string.
    Blob,
    /// A point in time, in seconds.
    Timestamp,
    /// An array.
    List,
    /// An object with free keys.
    Map,
    /// An object with known members.
    Structure,
}

/// What came instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonToken {
    /// A string.
    String,
    /// A whole number.
    Number,
    /// A number with a point or an exponent.
    Decimal,
    /// true
    True,
    /// false
    False,
    /// null
    Null,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Why a body cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SerializationFault {
    /// Not JSON, or not an object; AWS says no more.
    Syntax,
    /// A member has the wrong JSON type.
    WrongType {
        /// What it should have been.
        expected: JsonKind,
        /// What it was.
        found: JsonToken,
    },
    /// A blob whose text has a length that base64 cannot have.
    Base64Length {
        /// How long it was.
        length: usize,
    },
    /// A blob whose text is not base64.
    Base64,
}
