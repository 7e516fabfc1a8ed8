//! Writes outputs as JSON, straight into the bytes that go out.

use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// What can be written as JSON.
pub trait Encode {
    /// Writes it.
    fn encode(&self, writer: &mut JsonWriter);

    /// About how many bytes that takes, where many are to be expected and counting is cheap.
    fn about_bytes(&self) -> usize {
        0
    }
}

/// A JSON text being written.
#[derive(Default)]
pub struct JsonWriter {
    out: Vec<u8>,
}

/// An object being written, member by member.
pub struct ObjectWriter<'w> {
    writer: &'w mut JsonWriter,
    empty: bool,
}

/// Seconds since 1970 with milliseconds, as AWS writes points in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Milliseconds since 1970.
    pub millis: u64,
}

/// How much room an answer gets at first, beyond what it says itself.
const ANSWER_BYTES: usize = 512;

/// Writes a whole answer.
pub fn to_json(value: &impl Encode) -> Vec<u8> {
    let mut writer = JsonWriter { out: Vec::with_capacity(ANSWER_BYTES + value.about_bytes()) };
    value.encode(&mut writer);
    writer.out
}

impl JsonWriter {
    /// An object, with the members that `members` writes.
    pub fn object(&mut self, members: impl FnOnce(&mut ObjectWriter<'_>)) {
        self.out.push(b'{');
        members(&mut ObjectWriter { writer: self, empty: true });
        self.out.push(b'}');
    }

    /// An array, with an element for each of `elements`.
    pub fn array<T>(&mut self, elements: impl IntoIterator<Item = T>, mut element: impl FnMut(&mut Self, T)) {
        self.out.push(b'[');
        for (at, value) in elements.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            element(self, value);
        }
        self.out.push(b']');
    }

    /// A string, escaped.
    pub fn string(&mut self, text: &str) {
        self.raw(b"\"");
        self.text(text.as_bytes());
        self.raw(b"\"");
    }

    /// What stands between the quotes of a string: UTF-8, escaped.
    pub(super) fn text(&mut self, text: &[u8]) {
        if needs_escapes(text) {
            self.escaped(text);
        } else {
            self.raw(text);
        }
    }

    #[cold]
    fn escaped(&mut self, text: &[u8]) {
        for &byte in text {
            match byte {
                b'"' => self.raw(b"\\\""),
                b'\\' => self.raw(b"\\\\"),
                b'\n' => self.raw(b"\\n"),
                b'\r' => self.raw(b"\\r"),
                b'\t' => self.raw(b"\\t"),
                0x08 => self.raw(b"\\b"),
                0x0c => self.raw(b"\\f"),
                0..0x20 => write!(Utf8(&mut self.out), "\\u{byte:04x}").expect("a Vec takes every byte"),
                _ => self.out.push(byte),
            }
        }
    }

    /// JSON as it is.
    #[inline]
    pub(super) fn raw(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// A string that is known to need no escapes, such as a number's text.
    pub fn plain(&mut self, text: &str) {
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    /// A string that shows a value whose text needs no escapes.
    pub fn displayed(&mut self, value: &impl Display) {
        self.out.push(b'"');
        self.bare(value);
        self.out.push(b'"');
    }

    /// A blob, in base64.
    pub fn blob(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        base64_simd::STANDARD.encode_append(bytes, &mut self.out);
        self.out.push(b'"');
    }

    /// A number or other bare token.
    fn bare(&mut self, value: &impl Display) {
        write!(Utf8(&mut self.out), "{value}").expect("a Vec takes every byte");
    }
}

/// Whether a string needs escapes in JSON. Looked at many bytes at a time, because most strings need none.
#[inline]
fn needs_escapes(text: &[u8]) -> bool {
    let needs = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    let (blocks, rest) = text.as_chunks::<16>();
    // Without an early end, so that a block is a few instructions.
    if blocks.iter().any(|block| block.iter().fold(false, |found, &byte| found | needs(byte))) {
        return true;
    }
    match text.last_chunk::<16>() {
        // What was not looked at, and some bytes before it that were.
        Some(last) if !rest.is_empty() => last.iter().fold(false, |found, &byte| found | needs(byte)),
        Some(_) => false,
        None => rest.iter().any(|&byte| needs(byte)),
    }
}

/// `fmt::Write` over bytes.
struct Utf8<'a>(&'a mut Vec<u8>);

impl Write for Utf8<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl ObjectWriter<'_> {
    /// A member.
    pub fn field(&mut self, name: &'static str, value: &(impl Encode + ?Sized)) {
        self.write(name, |writer| value.encode(writer));
    }

    /// A member, if there is one.
    pub fn optional(&mut self, name: &'static str, value: &Option<impl Encode>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// A member whose name comes from data.
    pub fn field_named(&mut self, name: &str, value: &(impl Encode + ?Sized)) {
        self.write_named(name, |writer| value.encode(writer));
    }

    /// A member whose name comes from data, and that `value` writes.
    pub fn write_named(&mut self, name: &str, value: impl FnOnce(&mut JsonWriter)) {
        self.separate();
        self.writer.string(name);
        self.writer.out.push(b':');
        value(self.writer);
    }

    /// A member that `value` writes. The name needs no escapes.
    pub fn write(&mut self, name: &'static str, value: impl FnOnce(&mut JsonWriter)) {
        self.separate();
        self.writer.plain(name);
        self.writer.out.push(b':');
        value(self.writer);
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.writer.out.push(b',');
        }
    }
}

impl Encode for str {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.string(self);
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.string(self);
    }
}

impl Encode for Bytes {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.blob(self);
    }
}

impl Encode for bool {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.bare(self);
    }
}

macro_rules! encode_bare {
    ($($number:ty),+) => {
        $(impl Encode for $number {
            fn encode(&self, writer: &mut JsonWriter) {
                writer.bare(self);
            }
        })+
    };
}

encode_bare!(u32, u64, usize, i32, i64);

impl Encode for f64 {
    fn encode(&self, writer: &mut JsonWriter) {
        // Always with a point, as AWS writes doubles: 1.0, 0.5.
        write!(Utf8(&mut writer.out), "{self:?}").expect("a Vec takes every byte");
    }
}

impl Encode for Timestamp {
    fn encode(&self, writer: &mut JsonWriter) {
        write!(Utf8(&mut writer.out), "{}.{:03}", self.millis / 1000, self.millis % 1000)
            .expect("a Vec takes every byte");
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.array(self, |writer, element| element.encode(writer));
    }

    fn about_bytes(&self) -> usize {
        self.iter().map(|element| element.about_bytes() + 1).sum()
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, writer: &mut JsonWriter) {
        (*self).encode(writer);
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, writer: &mut JsonWriter) {
        self.as_ref().encode(writer);
    }
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            for (name, value) in self {
                object.field_named(name, value);
            }
        });
    }
}
