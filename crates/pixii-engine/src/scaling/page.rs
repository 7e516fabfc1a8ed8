//! Pages of what is described: so many, and a token that says where the next begins.

use pixii_model::error::ScalingFault;

/// Most targets, scheduled actions or activities in one answer.
pub const RESULTS_MAX: usize = 50;
/// Most policies.
pub const POLICIES_MAX: usize = 10;

/// What a request wants of a list.
pub struct Page {
    /// How many.
    pub limit: usize,
    /// Behind what, in the list's order.
    pub after: Option<Vec<u8>>,
}

impl Page {
    /// Reads a request's `MaxResults` and `NextToken`. More than there may be is as much as there may be.
    pub fn new(
        max_results: Option<i32>,
        next_token: Option<&str>,
        most: usize,
    ) -> Result<Self, ScalingFault> {
        let limit = match max_results {
            None => most,
            Some(wanted) => usize::try_from(wanted).map_err(|_| ScalingFault::MaxResults)?.min(most),
        };
        let decode =
            |token: &str| base64_simd::STANDARD.decode_to_vec(token).map_err(|_| ScalingFault::NextToken);
        Ok(Self { limit, after: next_token.map(decode).transpose()? })
    }

    /// The token for what comes behind a place.
    pub fn token(place: &[u8]) -> String {
        base64_simd::STANDARD.encode_to_string(place)
    }

    /// Takes its part of a list that is sorted by place, and the token for the rest.
    pub fn take<T>(self, list: impl Iterator<Item = (Vec<u8>, T)>) -> (Vec<T>, Option<String>) {
        let behind = |place: &[u8]| self.after.as_deref().is_none_or(|after| place > after);
        let mut rest = list.filter(|(place, _)| behind(place)).peekable();
        let (mut taken, mut last) = (Vec::new(), None);
        while taken.len() < self.limit
            && let Some((place, element)) = rest.next()
        {
            taken.push(element);
            last = Some(place);
        }
        let more = rest.peek().is_some();
        (taken, last.filter(|_| more).map(|place| Self::token(&place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let list = || (1..=5u8).map(|number| (vec![number], number));
        let mut token: Option<String> = None;
        let mut seen = Vec::new();
        for expect in [&[1, 2][..], &[3, 4], &[5]] {
            let page = Page::new(Some(2), token.as_deref(), 50).unwrap();
            let (taken, next) = page.take(list());
            assert_eq!(taken, expect);
            seen.extend(taken);
            token = next;
        }
        assert_eq!((seen.len(), token), (5, None));
        assert_eq!(Page::new(Some(0), None, 50).unwrap().take(list()), (Vec::new(), None));
        assert_eq!(Page::new(Some(1000), None, 3).unwrap().limit, 3);
        assert!(Page::new(Some(-1), None, 3).is_err());
        assert!(Page::new(None, Some("no token"), 3).is_err());
    }
}
