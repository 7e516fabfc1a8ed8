//! Where a page was read, and how much: keys that stand for themselves and for what follows them.

use bytes::Bytes;

/// The most marks that are made of items; each then stands for twice as many.
const MARKS_MAX: usize = 32;

/// The marks of a page.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// A key, and the bytes from it up to the next.
    marks: Vec<(Bytes, usize)>,
    /// For how many items one stands, if items are marked; otherwise one stands for each step of the scan.
    stride: Option<usize>,
    /// How many items have been marked since.
    items: usize,
}

impl Marks {
    /// Marks of items, if somebody wants to know which, or of steps.
    pub fn new(of_items: bool) -> Self {
        Self { stride: of_items.then_some(1), ..Self::default() }
    }

    /// A step of the scan begins with that key.
    pub fn begin_step(&mut self, first: &Bytes) {
        if self.stride.is_none() {
            self.marks.push((first.clone(), 0));
        }
    }

    /// An item or entry was examined.
    pub fn examine(&mut self, key: &Bytes, bytes: usize) {
        if let Some(stride) = &mut self.stride {
            if self.marks.len() == MARKS_MAX && self.items.is_multiple_of(*stride) {
                let mut at = 0;
                self.marks.dedup_by(|later, earlier| {
                    at += 1;
                    let merges = at % 2 == 1;
                    earlier.1 += if merges { later.1 } else { 0 };
                    merges
                });
                *stride *= 2;
            }
            if self.items.is_multiple_of(*stride) {
                self.marks.push((key.clone(), 0));
            }
            self.items += 1;
        }
        self.marks.last_mut().expect("a step was begun, or an item marked").1 += bytes;
    }

    /// The marks.
    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, usize)> {
        self.marks.iter().map(|(key, bytes)| (key, *bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_items_stay_few_and_even() {
        for items in [1, 31, 32, 33, 64, 65, 1_000, 10_000] {
            let mut marks = Marks::new(true);
            for at in 0..items {
                marks.begin_step(&Bytes::new());
                marks.examine(&Bytes::from(format!("{at:05}")), 10);
            }
            let marks: Vec<_> = marks.iter().collect();
            assert!(marks.len() <= MARKS_MAX && (items < 32 || marks.len() > MARKS_MAX / 2), "{items}");
            assert_eq!(marks.iter().map(|(_, bytes)| bytes).sum::<usize>(), 10 * items);
            let even = marks[0].1;
            assert!(marks.iter().rev().skip(1).all(|(_, bytes)| *bytes == even), "{items}: {marks:?}");
            let stride = even / 10;
            for (at, (key, _)) in marks.iter().enumerate() {
                assert_eq!(**key, format!("{:05}", at * stride));
            }
        }
    }

    #[test]
    fn marks_of_steps_are_their_first_keys() {
        let mut marks = Marks::new(false);
        for step in ["a", "m"] {
            marks.begin_step(&Bytes::from(step));
            marks.examine(&Bytes::from(step), 3);
            marks.examine(&Bytes::from("between"), 4);
        }
        let marks: Vec<_> = marks.iter().collect();
        assert_eq!(marks, [(&Bytes::from("a"), 7), (&Bytes::from("m"), 7)]);
    }
}
