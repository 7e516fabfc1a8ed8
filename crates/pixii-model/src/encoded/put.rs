//! Writes items as bytes.

use super::tag;
use crate::attribute_value::AttributeValue;
use crate::item::Item;
use crate::number::Number;

pub(super) fn put_varint(out: &mut Vec<u8>, value: usize) {
    let mut bytes = [0; 10];
    let width = varint(&mut bytes, value);
    out.extend_from_slice(&bytes[..width]);
}

/// Writes a number in groups of seven bits, lowest first, and answers how many bytes that took.
fn varint(out: &mut [u8; 10], mut value: usize) -> usize {
    let mut width = 0;
    while value >= 0x80 {
        out[width] = value as u8 | 0x80;
        value >>= 7;
        width += 1;
    }
    out[width] = value as u8;
    width + 1
}

fn put_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_number(out: &mut Vec<u8>, number: &Number) {
    use std::io::Write;
    put_sized(out, |out| write!(out, "{number}").expect("a Vec takes every byte"));
}

pub(super) fn put_map(out: &mut Vec<u8>, map: &Item) {
    put_varint(out, map.len());
    for (name, value) in map {
        put_blob(out, name.as_bytes());
        put_value(out, value);
    }
}

/// Writes what `content` writes, with its length before it.
fn put_sized(out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    // Most lengths fit one byte; for the others, the content makes room.
    let start = out.len();
    out.push(0);
    content(out);
    let length = out.len() - start - 1;
    if length < 0x80 {
        out[start] = length as u8;
    } else {
        let mut prefix = [0; 10];
        let width = varint(&mut prefix, length);
        out.splice(start..=start, prefix[..width].iter().copied());
    }
}

fn put_set<T>(out: &mut Vec<u8>, tag: u8, set: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.push(tag);
    put_sized(out, |out| {
        put_varint(out, set.len());
        for element in set {
            put(out, element);
        }
    });
}

fn put_value(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => {
            out.push(tag::S);
            put_blob(out, text.as_bytes());
        }
        AttributeValue::N(number) => {
            out.push(tag::N);
            put_number(out, number);
        }
        AttributeValue::B(bytes) => {
            out.push(tag::B);
            put_blob(out, bytes);
        }
        AttributeValue::Bool(true) => out.push(tag::TRUE),
        AttributeValue::Bool(false) => out.push(tag::FALSE),
        AttributeValue::Null => out.push(tag::NULL),
        AttributeValue::M(map) => {
            out.push(tag::M);
            put_sized(out, |out| put_map(out, map));
        }
        AttributeValue::L(list) => put_set(out, tag::L, list, put_value),
        AttributeValue::Ss(set) => put_set(out, tag::SS, set, |out, text| put_blob(out, text.as_bytes())),
        AttributeValue::Ns(set) => put_set(out, tag::NS, set, put_number),
        AttributeValue::Bs(set) => put_set(out, tag::BS, set, |out, bytes| put_blob(out, bytes)),
    }
}
