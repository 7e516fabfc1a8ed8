//! Time to Live: when an item expires. Pure.
//!
//! An item expires by the Number that its table's time-to-live attribute holds: seconds since 1970, of which a fraction does not
//! count. Anything else in that attribute is ignored, and so is a time that lies more than five years in the past.
//! Milliseconds are a time far in the future. (Source: Developer Guide, "Using time to live", and ScyllaDB's tests, which were
//! run against AWS: fractions, exponents and key attributes are all right.)
//!
//! What expires lies in the store in the order of its expiry ([`keyspace::expiry`]); writes keep that up as they keep up
//! indexes. An expired item is like any other until it is deleted: reads return it, and an update may let it live on.

use crate::env::Micros;
use crate::keyspace;
use crate::table::TimeToLive;
use bytes::Bytes;
use pixii_model::{EncodedItem, EncodedValue, Number};
use std::ops::Range;

/// How long ago an item may have expired and still be deleted: five years, one of them with a leap day.
const PAST_SECONDS_MAX: u64 = (5 * 365 + 1) * 24 * 60 * 60;

/// The second at which an item expires; `None` if it does not.
pub fn expiry(time_to_live: &TimeToLive, item: &EncodedItem) -> Option<u64> {
    match item.attribute(&time_to_live.attribute)? {
        EncodedValue::N(text) => Number::parse(text).ok()?.whole_u64(),
        _ => None,
    }
}

/// Key of the entry that an item has in the order of expiry; `None` if it has none. `key` is the item's stored key.
pub fn entry(time_to_live: &TimeToLive, key: &[u8], item: &EncodedItem) -> Option<Bytes> {
    expiry(time_to_live, item).map(|seconds| keyspace::expiry(time_to_live.id, seconds, key))
}

/// The seconds of expiry that make an item due: those that have passed, and not too long ago.
pub fn due(now: Micros) -> Range<u64> {
    now.seconds().saturating_sub(PAST_SECONDS_MAX)..now.seconds()
}

/// Whether an item is to be deleted.
pub fn is_expired(time_to_live: &TimeToLive, item: &EncodedItem, now: Micros) -> bool {
    expiry(time_to_live, item).is_some_and(|seconds| due(now).contains(&seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::DataId;
    use pixii_model::{AttributeValue, Item};

    const NOW: Micros = Micros(1_700_000_000_500_000);

    fn check(value: AttributeValue, expired: bool) {
        let time_to_live = TimeToLive { attribute: "expires".to_owned(), id: DataId(1), enabled: Micros(0) };
        let item = Item::from_iter([("expires".to_owned(), value.clone()), ("other".to_owned(), "x".into())]);
        let item = EncodedItem::encode(&item);
        assert_eq!(is_expired(&time_to_live, &item, NOW), expired, "{value:?}");
    }

    #[test]
    fn items_expire_by_a_number_of_seconds() {
        let number = |text: &str| AttributeValue::number(text).unwrap();
        for (text, expired) in [
            ("1699999999", true),
            ("1699999999.999", true),
            ("169999999e1", true),
            // The time must be later than what the attribute says, and fractions of a second do not count.
            ("1700000000", false),
            ("1700000000.1", false),
            ("1700000001", false),
            // Milliseconds.
            ("1699999999000", false),
            ("1e125", false),
            // Five years before.
            ("1542233600", true),
            ("1542233599", false),
            ("0", false),
            ("1e-130", false),
            ("-1699999999", false),
        ] {
            check(number(text), expired);
        }
        check("1699999999".into(), false);
        check(AttributeValue::Ns(vec![Number::from(1_699_999_999)]), false);
        check(AttributeValue::L(vec![number("1699999999")]), false);
        check(AttributeValue::Null, false);
    }

    #[test]
    fn an_item_without_the_attribute_does_not_expire() {
        let time_to_live = TimeToLive { attribute: "expires".to_owned(), id: DataId(1), enabled: Micros(0) };
        let item = Item::from_iter([("other".to_owned(), AttributeValue::number("1").unwrap())]);
        assert_eq!(expiry(&time_to_live, &EncodedItem::encode(&item)), None);
    }
}
