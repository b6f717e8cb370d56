//! An estimate of what no exit can be expected to pass on the test trades.
//!
//! The bound is hindsight that pays for the surprises in a hold value. In each fold, X is the gain of holding k parts through
//! a bar and the best hold value after it, by the model that was chosen; a surprise is X less what trees fitted to X on the
//! training trades expect of it. If that expectation is right, surprises cancel for every exit that does not know the
//! future, so the mean of the bound is at least that of the best exit.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{
    Evaluation,
    stats::moments::{deviation, mean},
};
use scaleout_exits::PaidHindsight;
use scaleout_model::{Model, TreeRegressor};
use scaleout_report::CeilingSummary;
use scaleout_training::{TrainingData, TreesConfig, fit_trees};

use crate::{CANDIDATE, ExperimentError, Fitted, FittedFold, Prepared};

/// Standard errors from 0 at which a mean surprise shows that the expectation is wrong.
const MOST_SURPRISE: f64 = 2.0;

/// What one test trade gives.
struct OfTrade {
    /// J of the bound.
    bound: f64,
    sell_at_once: f64,
    /// The sum of the surprises of a trade that is held to its end, and of one that goes by the hold values.
    held: f64,
    followed: f64,
}

/// The ceiling on the test trades; `None` where no fold has a model with hold values of its own, sales need spacing, parts
/// are not whole lots, or utility is exponential.
///
/// # Errors
/// If rows do not show what a model reads, or nothing varies in them.
pub(super) fn ceiling(
    prepared: &Prepared,
    fitted: &Fitted,
    data: &TrainingData,
    evaluation: &Evaluation,
) -> Result<Option<CeilingSummary>, ExperimentError> {
    let mut trades = Vec::new();
    for fold in &fitted.folds {
        let Some(of_fold) = of_fold(prepared, fold, data)? else { return Ok(None) };
        trades.extend(of_fold);
    }
    let candidate = evaluation.contestants.iter().find(|contestant| contestant.name == CANDIDATE);
    let candidate = candidate.and_then(|candidate| candidate.metrics.get("mean_objective")?.value);
    let Some(candidate) = candidate else { return Ok(None) };
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
    let captured = (!is_withheld && MOST_SURPRISE * standard_error < room).then(|| (candidate - sell_at_once) / room);
    Ok(Some(CeilingSummary {
        trades: trades.len(),
        objective,
        standard_error,
        sell_at_once,
        candidate,
        captured,
        surprise_held,
        surprise_followed,
        is_withheld,
    }))
}

/// The test trades of one fold.
fn of_fold(
    prepared: &Prepared,
    fold: &FittedFold,
    data: &TrainingData,
) -> Result<Option<Vec<OfTrade>>, ExperimentError> {
    let Some(chosen) = fold.lesson.models.get(fold.lesson.chosen).filter(|_| !fold.train.is_empty()) else {
        return Ok(None);
    };
    let data = data.with_window(chosen.model.layout.window)?;
    let values = FoldValues { prepared, model: &chosen.model, data: &data };
    let learned: Vec<Option<Gains>> = fold.train.par_iter().map(|&place| values.gains(place)).collect();
    let Some(learned) = learned.into_iter().collect::<Option<Vec<Gains>>>() else { return Ok(None) };
    let (mut features, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (&place, gains) in fold.train.iter().zip(&learned) {
        features.extend_from_slice(&data.paths()[place].features);
        targets.extend(gains.after_holding.iter().flatten());
        weights.extend(gains.after_holding.iter().map(|_| data.weights()[place]));
    }
    let (width, tranches) = (data.layout().width(), chosen.model.tranches as usize);
    let expected = fit_trees(&TreesConfig::default(), &features, width, &targets, tranches, &weights)?;
    let tested: Vec<Option<OfTrade>> = fold.test.par_iter().map(|&place| values.of_trade(place, &expected)).collect();
    Ok(tested.into_iter().collect())
}

/// The model of a fold on trades.
struct FoldValues<'a> {
    prepared: &'a Prepared,
    model: &'a Model,
    data: &'a TrainingData,
}

/// What holding is worth on one trade.
struct Gains {
    /// Hold values before each step, of 1 … K parts.
    hold: Vec<Vec<f64>>,
    /// X: what holding 1 … K parts through each step turned out to be worth.
    after_holding: Vec<Vec<f64>>,
}

impl FoldValues<'_> {
    fn hindsight(&self, place: usize) -> Option<PaidHindsight<'_>> {
        let Prepared { trades, objective, config, .. } = self.prepared;
        PaidHindsight::new(&trades[place].unit, self.model.tranches, objective, &config.replay)
    }

    fn gains(&self, place: usize) -> Option<Gains> {
        let hindsight = self.hindsight(place)?;
        let values = self.model.expected_hold_values(&self.data.paths()[place].features)?;
        let hold: Vec<Vec<f64>> = values.chunks_exact(self.model.tranches as usize).map(<[f64]>::to_vec).collect();
        let next = hold.iter().skip(1).map(Vec::as_slice).chain([&[][..]]);
        let after_holding = next.enumerate().map(|(step, next)| hindsight.after_holding(step, next)).collect();
        Some(Gains { hold, after_holding })
    }

    fn of_trade(&self, place: usize, expected: &TreeRegressor) -> Option<OfTrade> {
        let (hindsight, Gains { hold, after_holding }) = (self.hindsight(place)?, self.gains(place)?);
        let (data, tranches) = (self.data, self.model.tranches as usize);
        let expected = expected.predict(&data.paths()[place].features, data.layout().width());
        let surprise = |(gains, expected): (&Vec<f64>, &[f64])| -> Vec<f64> {
            gains.iter().zip(expected).map(|(gain, expected)| gain - expected).collect()
        };
        let paid: Vec<Vec<f64>> = after_holding.iter().zip(expected.chunks_exact(tranches)).map(surprise).collect();
        let held = paid.iter().map(|paid| paid[tranches - 1]).sum();
        let (mut followed, mut level) = (0.0, tranches);
        for (step, (hold, paid)) in hold.iter().zip(&paid).enumerate() {
            level = hindsight.kept(step, level, hold);
            let Some(through) = level.checked_sub(1) else { break };
            followed += paid[through];
        }
        let sell_at_once = -self.prepared.trades[place].unit.sale_cost_r(0, 1.0);
        Some(OfTrade { bound: hindsight.most(&paid), sell_at_once, held, followed })
    }
}
