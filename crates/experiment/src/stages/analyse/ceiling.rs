//! An estimate of what no exit of the model's kind can be expected to pass on the test trades.
//!
//! The bound is hindsight that pays for the surprises in a hold value. In each fold, X is the gain of holding k parts through
//! a bar and the best hold value after it, by the model that was chosen; a surprise is X less what trees fitted to X on the
//! training trades expect of it. If that expectation is right, surprises cancel for every exit that sees what the model sees,
//! so the mean of the bound is at least that of the best such exit. Exits with orders inside the bar are of another kind.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{
    Contestant, Evaluation,
    stats::moments::{deviation, mean},
};
use scaleout_exits::{Fraction, PaidHindsight};
use scaleout_model::{Model, TreeRegressor};
use scaleout_report::CeilingSummary;
use scaleout_training::{TrainingData, TreesConfig, fit_trees};

use crate::{CANDIDATE, ExperimentError, Fitted, FittedFold, Prepared};

/// Standard errors from 0 at which one of two mean surprises shows that the expectation is wrong: 5 % together by chance.
const MOST_SURPRISE: f64 = 2.24;

/// Standard errors by which the bound must lie above selling at once.
const LEAST_ROOM: f64 = 2.0;

/// What one test trade gives.
struct OfTrade {
    /// J of the bound.
    bound: f64,
    sell_at_once: f64,
    /// The sum of the surprises of a trade that is held to its end, and of one that holds what the candidate held.
    held: f64,
    followed: f64,
}

/// The ceiling on the test trades, each in the first fold that tests it; `None` where a fold has no model with hold values
/// of its own, and where [`PaidHindsight`] has no answer or orders are late.
///
/// # Errors
/// If rows do not show what a model reads, or nothing varies in them.
pub(super) fn ceiling(
    prepared: &Prepared,
    fitted: &Fitted,
    data: &TrainingData,
    evaluation: &Evaluation,
    contestants: &[Contestant],
) -> Result<Option<CeilingSummary>, ExperimentError> {
    let replay = &prepared.config.replay;
    let Some(candidate) = contestants.iter().find(|contestant| contestant.name == CANDIDATE) else { return Ok(None) };
    if 0 < replay.latency_bars || 0.0 < replay.latency_ms {
        return Ok(None);
    }
    let held_by: BTreeMap<&str, &[Fraction]> =
        candidate.outcomes.iter().map(|outcome| (outcome.id.as_str(), outcome.held.as_slice())).collect();
    let (mut trades, mut seen) = (Vec::new(), BTreeSet::new());
    for fold in &fitted.folds {
        let places: Vec<usize> = fold.test.iter().copied().filter(|place| seen.insert(*place)).collect();
        let Some(of_fold) = of_fold(prepared, fold, data, &places, &held_by)? else { return Ok(None) };
        trades.extend(of_fold);
    }
    let figures = evaluation.contestants.iter().find(|contestant| contestant.name == CANDIDATE);
    let candidate = figures.and_then(|figures| figures.metrics.get("mean_objective")?.value);
    let Some(candidate) = candidate.filter(|_| !trades.is_empty()) else { return Ok(None) };
    let count = evaluation.power.effective_by_overlap.max(1.0);
    let of = |value: fn(&OfTrade) -> f64| -> [f64; 2] {
        let values: Vec<f64> = trades.iter().map(value).collect();
        [mean(&values).unwrap_or(0.0), deviation(&values).unwrap_or(0.0) / count.sqrt()]
    };
    let [objective, standard_error] = of(|trade| trade.bound);
    let [sell_at_once, _] = of(|trade| trade.sell_at_once);
    let (surprise_held, surprise_followed) = (of(|trade| trade.held), of(|trade| trade.followed));
    let is_withheld = [surprise_held, surprise_followed].iter().any(|[mean, error]| MOST_SURPRISE * error < mean.abs());
    let room = objective - sell_at_once;
    let follows_a_rule = fitted.folds.iter().any(|fold| fold.lesson.follows().is_some());
    let is_told = !is_withheld && !follows_a_rule && LEAST_ROOM * standard_error < room;
    Ok(Some(CeilingSummary {
        trades: trades.len(),
        objective,
        standard_error,
        sell_at_once,
        candidate,
        captured: is_told.then(|| (candidate - sell_at_once) / room),
        follows_a_rule,
        surprise_held,
        surprise_followed,
        is_withheld,
    }))
}

/// The test trades at `places` of one fold.
fn of_fold(
    prepared: &Prepared,
    fold: &FittedFold,
    data: &TrainingData,
    places: &[usize],
    held_by: &BTreeMap<&str, &[Fraction]>,
) -> Result<Option<Vec<OfTrade>>, ExperimentError> {
    let Some(chosen) = fold.lesson.models.get(fold.lesson.chosen).filter(|_| !fold.train.is_empty()) else {
        return Ok(None);
    };
    let data = data.with_window(chosen.model.layout.window)?;
    let values = FoldValues { prepared, model: &chosen.model, data: &data };
    let learned = fold.train.par_iter().map(|&place| values.gains(place, &values.hindsight(place)?));
    let learned: Vec<Option<Vec<Vec<f64>>>> = learned.collect();
    let Some(learned) = learned.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    let (mut features, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (&place, gains) in fold.train.iter().zip(&learned) {
        features.extend_from_slice(&data.paths()[place].features);
        targets.extend(gains.iter().flatten());
        weights.extend(gains.iter().map(|_| data.weights()[place]));
    }
    let (width, tranches) = (data.layout().width(), chosen.model.tranches as usize);
    let expected = fit_trees(&TreesConfig::default(), &features, width, &targets, tranches, &weights)?;
    let of_trade = |&place: &usize| {
        let held = held_by.get(prepared.trades[place].entry.id.as_str())?;
        values.of_trade(place, &expected, held)
    };
    let tested: Vec<Option<OfTrade>> = places.par_iter().map(of_trade).collect();
    Ok(tested.into_iter().collect())
}

/// The model of a fold on trades.
struct FoldValues<'a> {
    prepared: &'a Prepared,
    model: &'a Model,
    data: &'a TrainingData,
}

impl FoldValues<'_> {
    fn hindsight(&self, place: usize) -> Option<PaidHindsight<'_>> {
        let Prepared { trades, objective, config, .. } = self.prepared;
        PaidHindsight::new(&trades[place].unit, self.model.tranches, objective, &config.replay)
    }

    /// What holding 1 … K parts through each step turned out to be worth.
    fn gains(&self, place: usize, hindsight: &PaidHindsight<'_>) -> Option<Vec<Vec<f64>>> {
        let values = self.model.expected_hold_values(&self.data.paths()[place].features)?;
        let next = values.chunks_exact(self.model.tranches as usize).skip(1).chain([&[][..]]);
        Some(next.enumerate().map(|(step, next)| hindsight.after_holding(step, next)).collect())
    }

    /// The trade at `place`, of which the candidate held `held` through each bar.
    fn of_trade(&self, place: usize, expected: &TreeRegressor, held: &[Fraction]) -> Option<OfTrade> {
        let hindsight = self.hindsight(place)?;
        let gains = self.gains(place, &hindsight)?;
        let (data, tranches) = (self.data, self.model.tranches as usize);
        let expected = expected.predict(&data.paths()[place].features, data.layout().width());
        let surprise = |(gains, expected): (&Vec<f64>, &[f64])| -> Vec<f64> {
            gains.iter().zip(expected).map(|(gain, expected)| gain - expected).collect()
        };
        let paid: Vec<Vec<f64>> = gains.iter().zip(expected.chunks_exact(tranches)).map(surprise).collect();
        let in_parts = |held: &Fraction| (held.as_f64() * tranches as f64).round() as usize;
        let followed = paid.iter().zip(held).filter_map(|(paid, held)| paid.get(in_parts(held).checked_sub(1)?)).sum();
        Some(OfTrade {
            held: paid.iter().map(|paid| paid[tranches - 1]).sum(),
            followed,
            bound: hindsight.most(&paid),
            sell_at_once: -self.prepared.trades[place].unit.sale_cost_r(0, 1.0),
        })
    }
}
