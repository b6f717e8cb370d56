use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use scaleout_market::Side;

use crate::{ExitError, TradeOutcome, policies::Schedule};

/// A candidate's own schedules, permuted among the entries of the same group (the fold), side and symbol.
///
/// A replay of them has the candidate's exposure over time but not its timing. An edge that remains is due to exposure
/// alone. Returns one schedule for each outcome, in their order.
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

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use scaleout_market::Side;

    use super::permuted_schedules;
    use crate::{
        TradeOutcome,
        policies::{Ladder, Schedule},
        test_market::{entry, instrument, play, random_history, touch},
    };

    #[test]
    fn schedules_change_hands_inside_their_fold_and_side_alone() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let outcomes: Vec<TradeOutcome> = (0..60)
            .map(|_| {
                let side = if rng.random_bool(0.5) { Side::Long } else { Side::Short };
                let stop = Some(100.0 - side.sign() * 3.0);
                let history = random_history(&mut rng, 12);
                play(
                    &entry(side, 100.0, stop, 4.0),
                    &history,
                    &instrument(),
                    &Ladder::weighted(&[0.2, 0.5], &[1, 2]),
                    &touch(12),
                )
            })
            .collect();
        let groups: Vec<usize> = (0..60).map(|place| place / 30).collect();
        let dealt = permuted_schedules(&outcomes, &groups, &mut rng).unwrap();
        let own: Vec<Schedule> = outcomes.iter().map(Schedule::of_outcome).collect();
        assert_ne!(dealt, own);
        for group in 0..2 {
            for side in [Side::Long, Side::Short] {
                let of = |schedules: &[Schedule]| {
                    let mut texts: Vec<String> = (0..60)
                        .filter(|&place| groups[place] == group && outcomes[place].side == side)
                        .map(|place| format!("{:?}", schedules[place]))
                        .collect();
                    texts.sort();
                    texts
                };
                assert_eq!(of(&dealt), of(&own), "fold {group} {side:?}");
            }
        }
        assert!(permuted_schedules(&outcomes, &groups[1..], &mut rng).is_err());
    }
}
