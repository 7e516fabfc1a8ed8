//! What a stream says of one change.

use super::{OperationType, SequenceNumber};
use crate::encoded::OutputItem;
use crate::table::StreamViewType;
use crate::wire::{Encode, JsonWriter};
use std::sync::Arc;

/// The version of what a record holds.
const EVENT_VERSION: &str = "1.1";
/// Which service records come from.
const EVENT_SOURCE: &str = "aws:dynamodb";

/// One change of one item, and what goes with it (API model: Record).
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Tells this record from all others: 32 hexadecimal digits.
    pub event_id: String,
    /// What the change did to its item.
    pub event_name: OperationType,
    /// Where it was made.
    pub aws_region: Arc<str>,
    /// The change.
    pub dynamodb: StreamRecord,
    /// Who made it, if the service itself did.
    pub user_identity: Option<Identity>,
}

impl Encode for Record {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("awsRegion", &*self.aws_region);
            object.field("dynamodb", &self.dynamodb);
            object.field("eventID", &self.event_id);
            object.field("eventName", &self.event_name);
            object.field("eventSource", EVENT_SOURCE);
            object.field("eventVersion", EVENT_VERSION);
            object.optional("userIdentity", &self.user_identity);
        });
    }
}

/// One change of one item (API model: StreamRecord). Its items are written from the bytes in which they are stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamRecord {
    /// When it was made, in whole seconds since 1970: AWS tells no more.
    pub approximate_creation_date_time: u64,
    /// The item's primary key.
    pub keys: OutputItem,
    /// The item as it is now, if the stream shows that and it is there.
    pub new_image: Option<OutputItem>,
    /// The item as it was, if the stream shows that and it was there.
    pub old_image: Option<OutputItem>,
    /// Where the record stands in its shard.
    pub sequence_number: SequenceNumber,
    /// What keys and images count together.
    pub size_bytes: u64,
    /// What the stream shows.
    pub stream_view_type: StreamViewType,
}

impl Encode for StreamRecord {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ApproximateCreationDateTime", &self.approximate_creation_date_time);
            object.field("Keys", &self.keys);
            object.optional("NewImage", &self.new_image);
            object.optional("OldImage", &self.old_image);
            object.field("SequenceNumber", &self.sequence_number);
            object.field("SizeBytes", &self.size_bytes);
            object.field("StreamViewType", &self.stream_view_type);
        });
    }
}

/// Who made a change, if it was no user (API model: Identity).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub principal_id: &'static str,
    /// Of which kind.
    pub identity_type: &'static str,
}

impl Identity {
    /// DynamoDB, which deletes items that have expired.
    pub const TIME_TO_LIVE: Self = Self { principal_id: "dynamodb.amazonaws.com", identity_type: "Service" };
}

impl Encode for Identity {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("PrincipalId", self.principal_id);
            object.field("Type", self.identity_type);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoded::EncodedItem;
    use crate::item::Item;
    use crate::wire::encode::to_json;

    #[test]
    fn a_record_is_written_as_aws_writes_it() {
        let item: Item =
            [("id".to_owned(), "a".into()), ("note".to_owned(), "b".into())].into_iter().collect();
        let image = EncodedItem::encode(&item);
        let record = Record {
            event_id: "0123456789abcdef0123456789abcdef".to_owned(),
            event_name: OperationType::Remove,
            aws_region: "us-east-1".into(),
            dynamodb: StreamRecord {
                approximate_creation_date_time: 1_700_000_000,
                keys: OutputItem::Selected(image.clone(), ["id".to_owned()].into()),
                new_image: None,
                old_image: Some(OutputItem::Encoded(image)),
                sequence_number: SequenceNumber::MIN,
                size_bytes: 11,
                stream_view_type: StreamViewType::NewAndOldImages,
            },
            user_identity: Some(Identity::TIME_TO_LIVE),
        };
        let expect = concat!(
            r#"{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1700000000,"Keys":{"id":{"S":"a"}},"#,
            r#""OldImage":{"id":{"S":"a"},"note":{"S":"b"}},"SequenceNumber":"100000000000000000000","#,
            r#""SizeBytes":11,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"0123456789abcdef0123456789abcdef","#,
            r#""eventName":"REMOVE","eventSource":"aws:dynamodb","eventVersion":"1.1","#,
            r#""userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}"#,
        );
        assert_eq!(String::from_utf8(to_json(&record)).expect("JSON is text"), expect);
    }
}
