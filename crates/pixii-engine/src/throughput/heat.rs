//! Where to split a partition that is hot: pure.

use bytes::Bytes;

/// How many keys a sample holds.
const SAMPLE_KEYS: usize = 256;
/// How many are needed to say anything.
const SAMPLE_KEYS_MIN: usize = 16;

/// Places that were asked for of late, an item's key each.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    places: Vec<Bytes>,
    next: usize,
}

impl Sample {
    /// Adds a place; the oldest goes if there are many.
    pub fn add(&mut self, place: Bytes) {
        match self.places.get_mut(self.next) {
            Some(oldest) => *oldest = place,
            None => self.places.push(place),
        }
        self.next = (self.next + 1) % SAMPLE_KEYS;
    }

    /// Where to split the partition that begins at `start`, so that the load on both sides is as even as can be. A place that
    /// alone is asked for more than all others gets a partition to itself; that takes two splits, of which this is the next.
    /// `None` if there is nothing to gain: one place is all there is, or too little is known.
    ///
    /// `unit` cuts a place to what may not be divided: its item, or its item collection.
    pub fn split_place(&self, start: &[u8], unit: impl Fn(&[u8]) -> usize) -> Option<Vec<u8>> {
        if self.places.len() < SAMPLE_KEYS_MIN {
            return None;
        }
        let mut units: Vec<&[u8]> = self.places.iter().map(|place| &place[..unit(place)]).collect();
        units.sort_unstable();
        let mut groups: Vec<(&[u8], usize)> = Vec::new();
        for place in units {
            match groups.last_mut() {
                Some((last, count)) if *last == place => *count += 1,
                _ => groups.push((place, 1)),
            }
        }
        let total = self.places.len();
        let (hottest, _) = groups.iter().enumerate().max_by_key(|(_, (_, count))| *count)?;
        if groups.len() == 1 {
            return None;
        }
        if groups[hottest].1 * 2 > total {
            // Before it, unless the partition begins with it; else behind it.
            return match groups[hottest].0 {
                place if hottest > 0 && place > start => Some(place.to_vec()),
                _ => groups.get(hottest + 1).map(|_| just_behind(groups[hottest].0)),
            };
        }
        let mut below = 0;
        let mut best: Option<(usize, &[u8])> = None;
        for pair in groups.windows(2) {
            below += pair[0].1;
            let uneven = (2 * below).abs_diff(total);
            if pair[1].0 > start && best.is_none_or(|(least, _)| uneven < least) {
                best = Some((uneven, pair[1].0));
            }
        }
        best.map(|(_, place)| place.to_vec())
    }
}

/// The first place behind everything that begins with this one.
fn just_behind(place: &[u8]) -> Vec<u8> {
    let mut behind = place.to_vec();
    while let Some(last) = behind.pop() {
        if last < u8::MAX {
            behind.push(last + 1);
            return behind;
        }
    }
    // All bytes are at their largest: nothing can lie behind, and a split there is refused.
    place.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(places: &[(&str, usize)]) -> Sample {
        let mut sample = Sample::default();
        for (place, count) in places {
            for _ in 0..*count {
                sample.add(Bytes::copy_from_slice(place.as_bytes()));
            }
        }
        sample
    }

    #[test]
    fn a_split_falls_between_hot_keys_and_isolates_the_hottest() {
        let whole = |place: &[u8]| place.len();
        for (places, start, expect) in [
            (&[("a", 10), ("b", 10)][..], "", Some("b")),
            (&[("a", 5), ("b", 5), ("c", 5), ("d", 6)], "", Some("c")),
            (&[("a", 2), ("m", 20), ("z", 2)], "", Some("m")),
            (&[("m", 20), ("z", 2)], "m", Some("n")),
            (&[("m", 20)], "", None),
            (&[("a", 3), ("b", 3)], "", None),
        ] {
            let split = sample(places).split_place(start.as_bytes(), whole);
            assert_eq!(split, expect.map(|place| place.as_bytes().to_vec()), "{places:?}");
        }
        // Item collections that may not be divided.
        let collection = |place: &[u8]| place.len().min(1);
        let items = sample(&[("a1", 10), ("a2", 10)]);
        assert_eq!(items.split_place(b"", collection), None);
        assert_eq!(items.split_place(b"", whole), Some(b"a2".to_vec()));
    }

    #[test]
    fn a_sample_forgets_what_is_old() {
        let mut sample = sample(&[("old", SAMPLE_KEYS)]);
        for _ in 0..SAMPLE_KEYS / 2 {
            sample.add(Bytes::from_static(b"new1"));
            sample.add(Bytes::from_static(b"new2"));
        }
        assert!(sample.places.iter().all(|place| place != "old") && sample.places.len() == SAMPLE_KEYS);
    }
}
