//! A seeded dice for tests: the same seed, the same rolls.

/// SplitMix64: small, and good enough for a dice.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0, included, to `end`, excluded.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// From 0, included, to 1, excluded.
    pub(crate) fn unit(&mut self) -> f64 {
        // The upper 53 bits are what an f64 holds exactly.
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }
}
