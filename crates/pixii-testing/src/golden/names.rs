//! Names for values that only the server can make: shard iterators, sequence numbers, ids of records, tokens for
//! next pages, ARNs of what scales.
//!
//! In an answer, such a value is shown as `${iterator 1}`, numbered as they first appear; in a later request the same stands
//! for the value. So files neither depend on how such values are made nor hide which of them are the same.

use serde_json::Value as Json;

/// The members that hold such values, and what these are called.
const NAMED: [(&str, &str); 13] = [
    ("ShardIterator", "iterator"),
    ("NextShardIterator", "iterator"),
    ("SequenceNumber", "number"),
    ("StartingSequenceNumber", "number"),
    ("EndingSequenceNumber", "number"),
    ("eventID", "event"),
    ("NextToken", "token"),
    ("ScalableTargetARN", "target"),
    ("PolicyARN", "policy"),
    ("AlarmName", "alarm"),
    ("AlarmARN", "alarm-arn"),
    ("ScheduledActionARN", "action"),
    ("ActivityId", "activity"),
];

/// The values seen so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Seen {
    kind: &'static str,
    value: String,
    name: String,
}

impl Names {
    /// Puts names in the place of values in an answer.
    pub(super) fn name(&mut self, answer: &mut Json) {
        match answer {
            Json::Array(list) => list.iter_mut().for_each(|item| self.name(item)),
            Json::Object(members) => {
                for (member, value) in members {
                    match (NAMED.iter().find(|(named, _)| named == member), &mut *value) {
                        (Some((_, kind)), Json::String(text)) => *text = self.name_of(kind, text),
                        _ => self.name(value),
                    }
                }
            }
            _ => (),
        }
    }

    fn name_of(&mut self, kind: &'static str, value: &str) -> String {
        if let Some(seen) = self.seen.iter().find(|seen| seen.kind == kind && seen.value == value) {
            return seen.name.clone();
        }
        let name = format!("${{{kind} {}}}", self.seen.iter().filter(|seen| seen.kind == kind).count() + 1);
        self.seen.push(Seen { kind, value: value.to_owned(), name: name.clone() });
        name
    }

    /// Puts values in the place of names in a request.
    pub(super) fn resolve(&self, request: &str) -> String {
        self.seen.iter().fold(request.to_owned(), |text, seen| text.replace(&seen.name, &seen.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_value_has_the_same_name() {
        let mut names = Names::default();
        let mut answer = json!({"Records": [{"eventID": "e", "dynamodb": {"SequenceNumber": "7"}}],
            "NextShardIterator": "i", "Shards": [{"StartingSequenceNumber": "6", "EndingSequenceNumber": "7"}]});
        names.name(&mut answer);
        let range = &answer["Shards"][0];
        assert_eq!(range["EndingSequenceNumber"], answer["Records"][0]["dynamodb"]["SequenceNumber"]);
        assert_ne!(range["StartingSequenceNumber"], range["EndingSequenceNumber"]);
        assert_eq!(answer["NextShardIterator"], "${iterator 1}");
        assert_eq!(answer["Records"][0]["eventID"], "${event 1}");
        assert_eq!(names.resolve(r#"{"ShardIterator": "${iterator 1}"}"#), r#"{"ShardIterator": "i"}"#);
    }
}
