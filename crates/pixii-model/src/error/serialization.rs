//! Bodies that are no JSON, and members of the wrong JSON type.

/// What a value should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonKind {
    /// A string, or an enum.
    #[default]
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
    /// An array of these.
    List(&'static JsonKind),
    /// An object with free keys and these values.
    Map(&'static JsonKind),
    /// An object with known members, by its name in the API model.
    Structure(&'static str),
}

/// Where a value stands: AWS words the same fault differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Position {
    /// As a structure's member.
    #[default]
    Member,
    /// In a list, or as a map's value.
    Element,
}

/// What came instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonToken {
    /// A string.
    String,
    /// A whole number.
    Number,
    /// A number with a fraction.
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
    /// A value has the wrong JSON type.
    WrongType {
        /// What it should have been.
        expected: JsonKind,
        /// Where it stands.
        position: Position,
        /// What it was.
        found: JsonToken,
    },
    /// A string for a boolean, but none of the words that AWS takes for one.
    BooleanText,
    /// A blob whose text has a length that base64 cannot have.
    Base64Length {
        /// How long it was.
        length: usize,
    },
    /// A blob whose text is not base64.
    Base64,
}
