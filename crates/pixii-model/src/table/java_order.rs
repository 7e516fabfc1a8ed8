//! The order in which AWS lists attribute names in some messages: that of the Java hash tables it gathers them in.
//!
//! A name lands in bucket `(h ^ h >>> 16) mod capacity` of its `String.hashCode()` `h`; buckets are walked in turn, and
//! names in one bucket stand in the order they came. A table doubles when it is more than three quarters full.
//! (Source: java.util.HashMap's documented behaviour, and captures of 2026-10-09 from two regions.)

/// How large AWS makes the table before it adds names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InitialCapacity {
    /// As many buckets as there are names, rounded up to a power of two.
    ForNames,
    /// Sixteen.
    Default,
}

/// The names without repeats, in that order.
pub(super) fn listed(names: &[&str], initial: InitialCapacity) -> Vec<String> {
    let mut unique: Vec<&str> = Vec::with_capacity(names.len());
    for name in names {
        if !unique.contains(name) {
            unique.push(name);
        }
    }
    let mut capacity = match initial {
        InitialCapacity::ForNames => unique.len().max(1).next_power_of_two(),
        InitialCapacity::Default => 16,
    };
    while unique.len() * 4 > capacity * 3 {
        capacity *= 2;
    }
    // A stable sort keeps the order within a bucket.
    unique.sort_by_key(|name| bucket(name, capacity));
    unique.into_iter().map(str::to_owned).collect()
}

fn bucket(name: &str, capacity: usize) -> usize {
    let hash =
        name.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ (hash >> 16)) as usize & (capacity - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_aws_was_seen_to_list_them() {
        use InitialCapacity::*;
        for (names, initial, expect) in [
            (&["PK", "h", "a", "unused"][..], ForNames, &["h", "a", "unused", "PK"][..]),
            (&["PK", "h", "a"], Default, &["a", "h", "PK"]),
            (&["PK", "a", "b", "c", "d", "u1"], ForNames, &["a", "b", "PK", "c", "d", "u1"]),
            (&["h", "a", "zz"], ForNames, &["h", "zz", "a"]),
            (&["pk", "sk", "gpk", "gsk", "pk"], Default, &["gpk", "sk", "pk", "gsk"]),
        ] {
            assert_eq!(listed(names, initial), expect, "{names:?}");
        }
    }
}
