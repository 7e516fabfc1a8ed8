//! Request ids as AWS makes them: 52 characters of A-V and 0-9.

use rand::rngs::SmallRng;
use rand::{RngCore, SeedableRng};

/// Makes request ids. They are to be unlike, not to be unguessable, so a small generator that was seeded once will do.
#[derive(Debug)]
pub struct RequestIds(SmallRng);

/// One request's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestId([u8; RequestId::CHARACTERS]);

impl RequestIds {
    /// Seeded by the operating system.
    pub fn from_os() -> Self {
        Self(SmallRng::from_os_rng())
    }

    /// Seeded by hand, so that a test knows what comes.
    pub fn from_seed(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }

    /// A generator of its own, for one connection: no two threads share one.
    pub(crate) fn fork(&mut self) -> Self {
        Self(SmallRng::from_rng(&mut self.0))
    }

    pub(crate) fn next(&mut self) -> RequestId {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
        // Five bits a character: twelve characters of each of five random words are more than enough.
        let mut characters = [0; RequestId::CHARACTERS];
        for part in characters.chunks_mut(12) {
            let mut word = self.0.next_u64();
            for character in part {
                *character = DIGITS[(word & 31) as usize];
                word >>= 5;
            }
        }
        RequestId(characters)
    }
}

impl RequestId {
    pub(crate) const CHARACTERS: usize = 52;

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a request id is ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_52_capitals_and_digits_and_unlike() {
        let mut ids = RequestIds::from_seed(1);
        let mut fork = ids.fork();
        let made: HashSet<_> =
            (0..1000).flat_map(|_| [ids.next(), fork.next()]).map(|id| id.as_str().to_owned()).collect();
        assert_eq!(made.len(), 2000);
        for id in made {
            assert_eq!(id.len(), 52);
            assert!(id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{id}");
        }
    }
}
