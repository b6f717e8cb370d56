use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use scaleout_market::Side;

use crate::{ExitError, TradeOutcome, policies::Schedule};

/// A candidate's own schedules, dealt out at random among the entries of the same group (the fold), side and symbol.
///
/// Replayed, they have the candidate's exposure over time and none of its timing: what is left of its edge under them
/// was exposure alone. Returns one schedule for each outcome, in their order.
///
/// # Errors
/// If `groups` has not one value for each outcome.
pub fn permuted_schedules(
    outcomes: &[TradeOutcome],
    groups: &[usize],
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Schedule>, ExitError> {
    if groups.len() != outcomes.len() {
        return Err(ExitError::Misaligned { what: "groups", given: groups.len(), expected: outcomes.len() });
    }
    let mut decks: BTreeMap<(usize, Side, &str), Vec<usize>> = BTreeMap::new();
    for (index, (outcome, &group)) in outcomes.iter().zip(groups).enumerate() {
        decks.entry((group, outcome.side, &outcome.symbol)).or_default().push(index);
    }
    let mut schedules: Vec<Schedule> = outcomes.iter().map(Schedule::of_outcome).collect();
    for places in decks.values() {
        let mut deck: Vec<Schedule> = places.iter().map(|&place| schedules[place].clone()).collect();
        deck.shuffle(rng);
        for (&place, schedule) in places.iter().zip(deck) {
            schedules[place] = schedule;
        }
    }
    Ok(schedules)
}
