//! The plan card: a learned exit as the ladder that comes closest to it.
//!
//! Closest is meant trade by trade: the root mean square of the differences in J on the training trades. A ladder that
//! earns as much on average but in other trades is another plan, not a card of this one.

use std::collections::BTreeSet;

use scaleout_exits::{
    Fraction, Objective, TradeOutcome,
    policies::{AllOutStop, Offset, Plan, PolicyConfig, Rung, Schedule, Spacing, StopRule, TimeLimit, Trigger},
};
use scaleout_model::PlanCard;

/// What a card is made from.
#[derive(Debug, Clone, Copy)]
pub struct PlanTask<'a> {
    /// The model's training trades as it took them off.
    pub model: &'a [TradeOutcome],
    /// Grid of fractions of the model; a card has at most four parts.
    pub tranches: u32,
    /// Bars after which everything left is closed.
    pub horizon_bars: u32,
    /// What J is.
    pub objective: &'a Objective,
    /// The schedule with the highest J on these trades, from which the search starts as well.
    pub seed: Option<&'a Schedule>,
}

/// Most ladders that are replayed for one card.
const MOST_REPLAYS: usize = 72;

/// Levels of rungs, in R.
const LEVELS: [f64; 14] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0];

/// Bars of time limits.
const TIMES: [u32; 20] = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200];

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
    let mut search = Search { score, model: &model, seen: BTreeSet::new(), tried: 0 };
    let mut card: Option<(Card, f64)> = None;
    let starts = [Card::by_time(task), Card::by_level(task)];
    for start in starts.into_iter().chain(task.seed.map(|seed| Card::by_schedule(seed, task))) {
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

struct Search<'a, S> {
    score: S,
    model: &'a [f64],
    seen: BTreeSet<Card>,
    tried: usize,
}

impl<E, S: Fn(&PolicyConfig) -> Result<Vec<f64>, E>> Search<'_, S> {
    /// The card compared with the model; `None` if it was before.
    fn try_card(&mut self, card: &Card, task: &PlanTask<'_>) -> Result<Option<Tried>, E> {
        if !self.seen.insert(card.clone()) {
            return Ok(None);
        }
        self.tried += 1;
        let policy = card.policy(task);
        let objectives = (self.score)(&policy)?;
        Ok(Some(Tried::new(policy, &objectives, self.model)))
    }
}

/// Equal parts, each with a level and a time: places in [`LEVELS`] and [`TIMES`], or one beyond for none. Neither falls
/// from one part to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Card {
    levels: Vec<usize>,
    times: Vec<usize>,
    stop: usize,
}

const STOPS: usize = 3;

impl Card {
    fn parts(task: &PlanTask<'_>) -> usize {
        task.tranches.clamp(1, 4) as usize
    }

    fn times_before(task: &PlanTask<'_>) -> usize {
        TIMES.partition_point(|&bars| bars < task.horizon_bars)
    }

    /// Each part leaves when the model holds, on average, less than it.
    fn by_time(task: &PlanTask<'_>) -> Self {
        let parts = Self::parts(task);
        let mean_held = |bar: usize| {
            let held = task.model.iter().filter_map(|outcome| outcome.held.get(bar));
            held.map(|held| held.as_f64()).sum::<f64>() / task.model.len() as f64
        };
        let times = (0..parts)
            .map(|part| {
                let left = 1.0 - (part as f64 + 0.5) / parts as f64;
                let bar = (0..task.horizon_bars).find(|&bar| mean_held(bar as usize) < left);
                bar.map_or(Self::times_before(task), |bar| {
                    TIMES.partition_point(|&time| time < bar).min(Self::times_before(task))
                })
            })
            .collect();
        Self { levels: vec![LEVELS.len(); parts], times, stop: 0 }
    }

    /// Each part leaves when `schedule` holds less than it.
    fn by_schedule(schedule: &Schedule, task: &PlanTask<'_>) -> Self {
        let parts = Self::parts(task);
        let last = Self::times_before(task);
        let time_of = |part: usize| {
            let left = 1.0 - (part as f64 + 0.5) / parts as f64;
            let mut held = 1.0;
            let bar = schedule.sold.iter().position(|sold| {
                held -= sold.as_f64();
                held < left
            });
            bar.map_or(last, |bar| TIMES.partition_point(|&time| (time as usize) < bar).min(last))
        };
        Self { levels: vec![LEVELS.len(); parts], times: (0..parts).map(time_of).collect(), stop: 0 }
    }

    /// As by time, and each part leaves sooner at the gains at which the model took profits.
    fn by_level(task: &PlanTask<'_>) -> Self {
        let legs = task.model.iter().flat_map(|outcome| {
            outcome.legs.iter().map(|leg| leg.gross.as_f64() / (outcome.one_r.as_f64() * leg.fraction.as_f64()))
        });
        let mut gains: Vec<f64> = legs.filter(|gain| LEVELS[0] <= *gain).collect();
        gains.sort_unstable_by(f64::total_cmp);
        let by_time = Self::by_time(task);
        let parts = by_time.levels.len();
        let level = |part: usize| {
            let gain = gains.get((part * gains.len() + gains.len() / 2) / parts);
            gain.map_or(LEVELS.len(), |gain| LEVELS.partition_point(|level| level < gain))
        };
        Self { levels: (0..parts).map(level).collect(), ..by_time }
    }

    /// Cards that differ in one thing: all parts together first, then each.
    fn neighbours(&self, task: &PlanTask<'_>) -> Vec<Self> {
        let parts = self.levels.len();
        let mut cards = Vec::new();
        let ranges = (0..=parts).map(|part| if part == 0 { 0..parts } else { part - 1..part });
        for range in ranges {
            for step in [-1_isize, 1, -3, 3] {
                let mut card = self.clone();
                shift(&mut card.levels, range.clone(), step, LEVELS.len());
                cards.push(card);
                let mut card = self.clone();
                shift(&mut card.times, range.clone(), step, Self::times_before(task));
                cards.push(card);
            }
        }
        cards.extend((0..STOPS).filter(|&stop| stop != self.stop).map(|stop| Self { stop, ..self.clone() }));
        cards
    }

    fn policy(&self, task: &PlanTask<'_>) -> PolicyConfig {
        let parts = self.levels.len() as u32;
        let part = |count: usize| Fraction::ratio(count as u32, parts).expect("Invariant: at most all parts");
        let mut rungs: Vec<Rung> = Vec::new();
        let mut times: Vec<TimeLimit> = Vec::new();
        for (place, (&level, &time)) in self.levels.iter().zip(&self.times).enumerate() {
            let share = part(place + 1).saturating_sub(part(place));
            match (LEVELS.get(level), rungs.last_mut()) {
                (Some(&level), Some(last)) if last.level == level => {
                    last.fraction = [last.fraction, share].into_iter().sum();
                }
                (Some(&level), _) => rungs.push(Rung { level, fraction: share }),
                (None, _) => {}
            }
            let held = Fraction::ONE.saturating_sub(part(place + 1));
            match (TIMES.get(time).filter(|&&bars| bars < task.horizon_bars), times.last_mut()) {
                (Some(&bars), Some(last)) if last.bars == bars => last.held = held,
                (Some(&bars), _) => times.push(TimeLimit { bars, held }),
                (None, _) => {}
            }
        }
        if rungs.is_empty() && times.is_empty() {
            return PolicyConfig::AllOutStop(AllOutStop { stop: StopRule::Entry });
        }
        let stop = match self.stop {
            0 => StopRule::Entry,
            1 => StopRule::BreakEven { after: Trigger::Sales(1), offset: Offset::None },
            _ => StopRule::BreakEven { after: Trigger::GainR(1.0), offset: Offset::None },
        };
        PolicyConfig::Plan(Plan { rungs, spacing: Spacing::R, stop, times })
    }
}

/// Moves the places of `range` by `step` within 0..=`most`, and the others as far as the order asks.
fn shift(places: &mut [usize], range: std::ops::Range<usize>, step: isize, most: usize) {
    for place in range.clone() {
        places[place] = places[place].saturating_add_signed(step).min(most);
    }
    for place in range.end..places.len() {
        places[place] = places[place].max(places[place - 1]);
    }
    for place in (0..range.start).rev() {
        places[place] = places[place].min(places[place + 1]);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use scaleout_exits::Money;
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
        // The model holds everything for 8 bars; only selling a half at once and the rest after 30 bars is like it in J.
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

    #[test]
    fn parts_stay_in_order() {
        let mut places = vec![2, 3, 3, 5];
        shift(&mut places, 1..2, 3, 6);
        assert_eq!(places, [2, 6, 6, 6]);
        shift(&mut places, 2..3, -5, 6);
        assert_eq!(places, [1, 1, 1, 6]);
    }
}
