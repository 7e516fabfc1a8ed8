//! Whether what streams told is what happened.

use super::client::{Noted, Outcome};
use super::tag;
use crate::consumer::Seen;
use crate::naive::{Item, Key, Value};
use std::collections::BTreeMap;

/// Holds a stream against itself, and against the items there are if it is on: the records of an item are a chain, each
/// beginning where the one before it ended, and the last one's image is the item.
pub(super) fn judge(
    seen: &[Seen],
    items: Option<&BTreeMap<Key, Item>>,
    from_creation: bool,
) -> Result<(), String> {
    let mut now: BTreeMap<Key, Option<&Item>> = BTreeMap::new();
    for record in seen {
        let key: Key = ["pk", "sk"].map(|name| record.keys[name].clone()).to_vec();
        let event = match (&record.old, &record.new) {
            (None, Some(_)) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
            (None, None) => return Err(format!("a record without images: {record:?}")),
        };
        if record.event != event || record.by_time_to_live {
            return Err(format!("this is told to be {}: {record:?}", record.event));
        }
        if record.old == record.new {
            return Err(format!("a record of no change: {record:?}"));
        }
        let before = now.get(&key).copied();
        let expected = before.or(from_creation.then_some(None));
        if expected.is_some_and(|expected| expected != record.old.as_ref()) {
            return Err(format!("before {record:?}\nthe item was {expected:?}"));
        }
        let of_key = |image: &Item| ["pk", "sk"].map(|name| image[name].clone()).to_vec() == key;
        if ![&record.old, &record.new].into_iter().flatten().all(of_key) {
            return Err(format!("an image of another item: {record:?}"));
        }
        now.insert(key, record.new.as_ref());
    }
    let Some(items) = items else { return Ok(()) };
    for (key, item) in &now {
        if *item != items.get(key) {
            return Err(format!("the last image of {key:?} is {item:?}, the item {:?}", items.get(key)));
        }
    }
    match items.keys().find(|key| from_creation && !now.contains_key(*key)) {
        Some(key) => Err(format!("no record tells of {key:?}")),
        None => Ok(()),
    }
}

/// A record's place: which stream, and which of its records.
type Found<'a> = (usize, &'a Seen);

/// Holds what clients were answered against what all streams told.
pub(super) fn compare(noted: &[Noted], streams: &[(&'static str, &[Seen])]) -> Result<(), String> {
    // By the tag that came, and by the tag that went: each can do so once.
    let mut came: BTreeMap<(&str, String), Found<'_>> = BTreeMap::new();
    let mut went: BTreeMap<(&str, String), Found<'_>> = BTreeMap::new();
    for (at, (table, seen)) in streams.iter().enumerate() {
        for record in *seen {
            let tags = (record.old.as_ref().map(tag).transpose()?, record.new.as_ref().map(tag).transpose()?);
            // An update may leave the tag in its place only if it changes nothing else, and then there is no record.
            let twice = [(&mut came, &tags.1), (&mut went, &tags.0)].into_iter().find_map(|(known, tag)| {
                let key = (*table, tag.clone()?);
                known.insert(key, (at, record))
            });
            if let Some((_, earlier)) = twice {
                return Err(format!("told twice:\n{earlier:?}\n{record:?}"));
            }
        }
    }
    let mut told = 0;
    for note in noted {
        let place = match (&note.tag, &note.found) {
            (Some(tag), _) => came.get(&(note.table, tag.clone())),
            // A deletion is known by what it found.
            (None, Some(Some(found))) => went.get(&(note.table, found.clone())),
            (None, _) => continue,
        };
        let fault = match (note.outcome, note.on, place) {
            (Outcome::Refused, _, Some(_)) => Some("it was refused, and yet there is a record"),
            (Outcome::Refused, _, None) | (Outcome::Unknown, _, None) => None,
            (Outcome::Written, Some(Some(_)), None) => Some("it was written, and there is no record"),
            (_, Some(Some(on)), Some((at, _))) if on != *at => Some("it is told by another stream"),
            (_, Some(None), Some(_)) => Some("there was no stream, and yet there is a record"),
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(format!("{fault}: {note:?}\n{place:?}"));
        }
        let Some((_, record)) = place else { continue };
        told += 1;
        let old = record.old.as_ref().map(tag).transpose()?;
        if note.outcome == Outcome::Written && note.found.as_ref().is_some_and(|found| *found != old) {
            return Err(format!("it found {:?}, and its record {old:?}: {note:?}", note.found));
        }
        if note.tag.is_none() && record.new.is_some() {
            return Err(format!("it deleted what a record shows as changed: {note:?}\n{record:?}"));
        }
    }
    let known = |tag: &Item| {
        noted.iter().any(
            |note| matches!((&note.tag, tag.get("tag")), (Some(one), Some(Value::S(other))) if one == other),
        )
    };
    let stray = came.values().filter_map(|(_, record)| record.new.as_ref()).find(|image| !known(image));
    if let Some(image) = stray {
        return Err(format!("nobody wrote {image:?}"));
    }
    if told == 0 {
        return Err("no record was compared: this shows nothing".to_owned());
    }
    Ok(())
}
