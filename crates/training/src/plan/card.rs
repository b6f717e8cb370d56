//! The plan card: a learned exit as the ladder that comes closest to it.
//!
//! Closest is meant trade by trade: the root mean square of the differences in J on the training trades. A ladder that
//! earns as much on average but in other trades is another plan, not a card of this one.

use std::collections::BTreeSet;

use scaleout_exits::policies::PolicyConfig;
use scaleout_model::PlanCard;

use crate::plan::{candidate::LadderCandidate, task::PlanTask};

/// Most ladders that are replayed for one card.
const MOST_REPLAYS: usize = 72;

/// The card of a model: of the ladders `known` (each with J of every trade) and of those found by a search over rungs
/// in R, times and stops, the one closest to the model. `score` gives J of every trade under a ladder.
///
/// The search starts from where the model itself sold and from `task.seed`, and moves one part at a time; it is
/// deterministic.
///
/// # Errors
/// Those of `score`. `None` without trades.
pub fn plan_card<'k, E>(
    task: &PlanTask<'_>,
    known: impl IntoIterator<Item = (&'k PolicyConfig, Vec<f64>)>,
    score: impl Fn(&PolicyConfig) -> Result<Vec<f64>, E>,
) -> Result<Option<PlanCard>, E> {
    if task.model.is_empty() {
        return Ok(None);
    }
    let model: Vec<f64> = task.model.iter().map(|outcome| outcome.objective).collect();
    let mut best: Option<Tried> = None;
    let mut tried = 0;
    for (policy, objectives) in known {
        tried += 1;
        keep_closer(&mut best, Tried::new(policy.clone(), &objectives, &model));
    }
    let mut search = CardSearch { score, model: &model, seen: BTreeSet::new(), tried: 0 };
    let mut card: Option<(LadderCandidate, f64)> = None;
    let seed = task.seed.map(|seed| LadderCandidate::by_schedule(seed, task));
    for start in [LadderCandidate::by_time(task), LadderCandidate::by_level(task)].into_iter().chain(seed) {
        if let Some(found) = search.try_card(&start, task)?
            && card.as_ref().is_none_or(|(_, distance)| found.distance < *distance)
        {
            card = Some((start, found.distance));
            keep_closer(&mut best, found);
        }
    }
    let (mut card, mut distance) = card.expect("Invariant: the first start was not seen before");
    while search.tried < MOST_REPLAYS {
        let mut moved = false;
        for next in card.neighbours(task) {
            if MOST_REPLAYS <= search.tried {
                break;
            }
            if let Some(found) = search.try_card(&next, task)?
                && found.distance < distance
            {
                (card, distance, moved) = (next, found.distance, true);
                keep_closer(&mut best, found);
                break;
            }
        }
        if !moved {
            break;
        }
    }
    tried += search.tried;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    Ok(best.map(|best| PlanCard {
        policy: best.policy,
        plan_objective: task.objective.certainty_equivalent_r(best.mean),
        model_objective: task.objective.certainty_equivalent_r(mean(&model)),
        distance: best.distance,
        tried,
    }))
}

fn keep_closer(best: &mut Option<Tried>, found: Tried) {
    if best.as_ref().is_none_or(|best| found.distance < best.distance) {
        *best = Some(found);
    }
}

/// A ladder that was compared with the model.
struct Tried {
    policy: PolicyConfig,
    mean: f64,
    distance: f64,
}

impl Tried {
    fn new(policy: PolicyConfig, objectives: &[f64], model: &[f64]) -> Self {
        let count = model.len() as f64;
        let square = objectives.iter().zip(model).map(|(plan, model)| (plan - model).powi(2)).sum::<f64>() / count;
        Self { policy, mean: objectives.iter().sum::<f64>() / count, distance: square.sqrt() }
    }
}

struct CardSearch<'a, S> {
    score: S,
    model: &'a [f64],
    seen: BTreeSet<LadderCandidate>,
    tried: usize,
}

impl<E, S: Fn(&PolicyConfig) -> Result<Vec<f64>, E>> CardSearch<'_, S> {
    /// The card compared with the model; `None` if it was before.
    fn try_card(&mut self, card: &LadderCandidate, task: &PlanTask<'_>) -> Result<Option<Tried>, E> {
        if !self.seen.insert(card.clone()) {
            return Ok(None);
        }
        self.tried += 1;
        let policy = card.policy(task);
        let objectives = (self.score)(&policy)?;
        Ok(Some(Tried::new(policy, &objectives, self.model)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use scaleout_exits::{
        Fraction, Money, Objective, TradeOutcome,
        policies::{AllOutStop, Schedule, StopRule},
    };
    use scaleout_market::{Side, Timestamp};

    use super::*;

    fn outcome(objective: f64, held_bars: usize) -> TradeOutcome {
        TradeOutcome {
            id: "a".into(),
            symbol: "A".into(),
            side: Side::Long,
            entry_ts: Timestamp::from_secs(0),
            exit_ts: Timestamp::from_secs(60),
            first_bar: 1,
            entry_price: 100.0,
            adds: Vec::new(),
            adds_missed: 0,
            legs: Vec::new(),
            carry: Money::ZERO,
            net: Money::ZERO,
            one_r: Money::from_f64(1.0),
            net_r: objective,
            gross_r: objective,
            objective,
            mfe_r: 0.0,
            mae_r: 0.0,
            bars_held: held_bars as u32,
            held: vec![Fraction::ONE; held_bars],
            bar_net_r: vec![0.0; held_bars],
        }
    }

    /// A market in which only the mean level and the mean time of a plan count, a trade for each.
    fn score(policy: &PolicyConfig) -> Result<Vec<f64>, Infallible> {
        let PolicyConfig::Plan(plan) = policy else { return Ok(vec![10.0, 10.0]) };
        let levels: f64 = plan.rungs.iter().map(|rung| rung.level * rung.fraction.as_f64()).sum();
        let times: f64 = plan.times.iter().map(|time| f64::from(time.bars) / 10.0).sum();
        Ok(vec![levels, times])
    }

    #[test]
    fn the_search_comes_close_to_a_plan_that_exists() {
        let model = [outcome(1.5, 8), outcome(2.0, 8)];
        let objective = Objective::mean_variance(0.0);
        let task = PlanTask { model: &model, tranches: 4, horizon_bars: 60, objective: &objective, seed: None };
        let card = plan_card(&task, [], score).unwrap().unwrap();
        assert!(card.distance < 0.2, "{card:?}");
        assert_eq!(card.policy.clone().checked().as_ref(), Ok(&card.policy));
        assert!((card.model_objective - 1.75).abs() < 1e-12);
        let again = plan_card(&task, [], score).unwrap().unwrap();
        assert_eq!(card, again);
    }

    #[test]
    fn a_ladder_that_is_known_and_closer_is_taken() {
        let model = [outcome(1.5, 8), outcome(2.0, 8)];
        let objective = Objective::mean_variance(0.0);
        let task = PlanTask { model: &model, tranches: 1, horizon_bars: 10, objective: &objective, seed: None };
        let known = PolicyConfig::AllOutStop(AllOutStop { stop: StopRule::Entry });
        let card = plan_card(&task, [(&known, vec![1.5, 2.0])], score).unwrap().unwrap();
        assert_eq!((card.policy, card.distance), (known, 0.0));
    }

    #[test]
    fn the_search_starts_from_the_seed_as_well() {
        // The model holds everything for 8 bars; only half at once and the rest after 30 bars is like it in J.
        let model = [outcome(0.0, 8), outcome(7.0, 8)];
        let score = |policy: &PolicyConfig| -> Result<Vec<f64>, Infallible> {
            let PolicyConfig::Plan(plan) = policy else { return Ok(vec![10.0, 10.0]) };
            let is_seed = plan.rungs.is_empty() && plan.times.iter().map(|time| time.bars).eq([0, 30]);
            Ok(if is_seed { vec![0.0, 7.0] } else { vec![5.0, 1.0] })
        };
        let objective = Objective::mean_variance(0.0);
        let half = Fraction::ratio(1, 2).unwrap();
        let mut sold = vec![Fraction::ZERO; 31];
        (sold[0], sold[30]) = (half, half);
        let seed = Schedule { sold };
        let task = PlanTask { model: &model, tranches: 4, horizon_bars: 60, objective: &objective, seed: None };
        assert!(plan_card(&task, [], score).unwrap().unwrap().distance > 0.0);
        let seeded = PlanTask { seed: Some(&seed), ..task };
        assert_eq!(plan_card(&seeded, [], score).unwrap().unwrap().distance, 0.0);
    }
}
