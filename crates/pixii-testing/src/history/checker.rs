//! Looks for an order that explains a history, as Wing and Gong do: take any request that began before all others that are
//! left had ended, see whether it is answered as it was, go on; and remember where that led to nothing.

use super::{Event, Held, Outcome};
use std::collections::HashSet;

/// Most requests of a history.
const EVENTS_MAX: usize = 128;

/// Whether some order explains the events, from these items on. If none does, the history in words.
pub fn check(items: &[Held], events: &[Event]) -> Result<(), String> {
    assert!(events.len() <= EVENTS_MAX, "a history is at most {EVENTS_MAX} requests long");
    let events: Vec<&Event> = events.iter().filter(|event| event.outcome != Outcome::NotWritten).collect();
    let mut search = Search { events, dead: HashSet::new() };
    if search.explains(0, items.to_vec()) {
        return Ok(());
    }
    let mut sorted = search.events.clone();
    sorted.sort_by_key(|event| event.began);
    let lines = sorted.iter().map(|event| {
        format!("  {:>4} to {:>4}: {:?} -> {:?}\n", event.began, event.ended, event.op, event.outcome)
    });
    Err(format!("no order explains this, from {items:?} on:\n{}", lines.collect::<String>()))
}

struct Search<'a> {
    events: Vec<&'a Event>,
    /// What was done and held where nothing led on.
    dead: HashSet<(u128, Vec<Held>)>,
}

impl Search<'_> {
    /// Whether what is not `done` is explained, when the items hold this.
    fn explains(&mut self, done: u128, items: Vec<Held>) -> bool {
        let left = || (0..self.events.len()).filter(move |at| done & (1 << at) == 0);
        let known = |at: &usize| self.events[*at].outcome != Outcome::Unknown;
        // Requests of open outcome need not have happened.
        let Some(first_end) = left().filter(known).map(|at| self.events[at].ended).min() else { return true };
        if self.dead.contains(&(done, items.clone())) {
            return false;
        }
        let next: Vec<usize> = left().filter(|at| self.events[*at].began < first_end).collect();
        for at in next {
            let event = self.events[at];
            let mut after = items.clone();
            let outcome = event.op.run(&mut after);
            let fits = event.outcome == Outcome::Unknown || event.outcome == outcome;
            if fits && self.explains(done | (1 << at), after) {
                return true;
            }
        }
        self.dead.insert((done, items));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Op};
    use super::*;

    fn event(op: Op, outcome: Outcome, began: u64, ended: u64) -> Event {
        Event { op, outcome, began, ended }
    }

    #[test]
    fn an_order_must_keep_what_was_over_before() {
        let put = event(Op::Put { at: 0, value: 1 }, Outcome::Held(vec![None]), 0, 1);
        let stale = |began, ended| event(Op::Get { at: 0 }, Outcome::Held(vec![None]), began, ended);
        assert!(check(&[None], &[put.clone(), stale(2, 3)]).is_err(), "a read after the put must see it");
        let overlapping = Event { ended: 4, ..put };
        assert_eq!(check(&[None], &[overlapping, stale(2, 3)]), Ok(()));
    }

    #[test]
    fn two_counts_cannot_both_be_first() {
        let add = |held| event(Op::Add { at: 0, by: 1 }, Outcome::Held(vec![Some(held)]), 0, 9);
        assert!(check(&[None], &[add(1), add(1)]).is_err());
        assert_eq!(check(&[None], &[add(2), add(1)]), Ok(()));
    }

    #[test]
    fn transactions_are_whole() {
        let write = event(Op::Write(vec![(0, Action::Put(1)), (1, Action::Put(1))]), Outcome::Written, 0, 9);
        let read = |held| event(Op::Read(vec![0, 1]), Outcome::Held(held), 1, 8);
        assert!(check(&[None; 2], &[write.clone(), read(vec![Some(1), None])]).is_err());
        assert_eq!(check(&[None; 2], &[write, read(vec![Some(1), Some(1)])]), Ok(()));
    }

    #[test]
    fn what_is_unknown_may_happen_late_or_never() {
        let lost = event(Op::Put { at: 0, value: 1 }, Outcome::Unknown, 0, u64::MAX);
        let get = |held, began, ended| event(Op::Get { at: 0 }, Outcome::Held(vec![held]), began, ended);
        assert_eq!(check(&[None], &[lost.clone(), get(None, 1, 2)]), Ok(()));
        assert_eq!(check(&[None], &[lost.clone(), get(None, 1, 2), get(Some(1), 3, 4)]), Ok(()));
        assert!(check(&[None], &[lost, get(Some(1), 1, 2), get(None, 3, 4)]).is_err());
    }
}
