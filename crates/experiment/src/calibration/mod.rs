//! Calibration: how often the verdict claims an edge where there is none, and how often it finds one that is there.
//!
//! Each market is made, run as any experiment is (tuned baselines, walk-forward, every assumption), judged, and thrown
//! away. Where there is nothing to find, every rule has the same expected J; where there is an edge, the best exit is
//! known exactly, so its paired t says how large the edge is.

mod market;
mod optimum;

use std::{fs, path::Path};

use scaleout_evaluation::{
    Evaluation,
    stats::moments::{deviation, mean},
};

use crate::{
    ExperimentError, LoadedConfig, Prepared, RunFolder, Silent, Unfinished,
    stages::{judge::judge, learn::learn},
};

pub use market::{CalibrationLearner, CalibrationMarket};

/// What one market gave.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationResult {
    /// Seed of the market.
    pub seed: u64,
    /// Whether the verdict called the model better than the rule chosen in-span.
    pub claimed: bool,
    /// Whether the interval of the paired difference alone lay above 0.
    pub interval_above_zero: bool,
    /// Whether the verdict called the model better than the ladder chosen in-span.
    pub better_than_ladder: bool,
    /// Mean paired difference of the model to the rule, in R.
    pub model_difference_r: f64,
    /// Paired t of the exact optimum against the rule, blocks of overlapping trades as one; `None` where nothing is
    /// planted.
    pub optimum_t: Option<f64>,
    /// Mean paired difference of the exact optimum to the rule, in R.
    pub optimum_difference_r: Option<f64>,
    /// The advice of the verdict.
    pub advice: String,
}

/// Makes the market of `seed`, runs it inside the folder `scratch` and judges it; nothing is left in `scratch`.
///
/// # Errors
/// If `scratch` cannot be written.
pub fn calibrate(
    market: &CalibrationMarket,
    learner: CalibrationLearner,
    seed: u64,
    scratch: &Path,
) -> Result<CalibrationResult, ExperimentError> {
    let folder = scratch.join(format!("market-{seed}"));
    let io = |source| ExperimentError::Io { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(io)?;
    let made = market.make(seed);
    for (name, text) in [("bars.csv", &made.bars), ("entries.csv", &made.entries)] {
        fs::write(folder.join(name), text).map_err(io)?;
    }
    fs::write(folder.join("config.toml"), market.config(learner, seed)).map_err(io)?;
    let result = judged(market, seed, &folder);
    fs::remove_dir_all(&folder).map_err(io)?;
    result
}

fn judged(market: &CalibrationMarket, seed: u64, folder: &Path) -> Result<CalibrationResult, ExperimentError> {
    let loaded = LoadedConfig::read(&folder.join("config.toml"))?;
    let prepared = Prepared::new(&loaded)?;
    let run = RunFolder::open(&folder.join("run"), Unfinished::Discard)?;
    let fitted = learn(&prepared, &run, &Silent)?;
    let judged = judge(&prepared, &fitted, &Silent)?;
    let Evaluation { verdict, comparisons, power, .. } = &judged.evaluation;
    let comparison = comparisons.first();
    let rule = judged.contestants.iter().find(|contestant| Some(&contestant.name) == verdict.rule.as_ref());
    let optimum = match (market.edge(), rule) {
        (Some(edge), Some(rule)) => {
            let policy = optimum::Optimum::new(edge, market.horizon_bars());
            let places: Vec<usize> = fitted.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
            let outcomes = prepared.replay(&places, |_| &policy, &prepared.config.replay)?;
            let paired = outcomes.iter().zip(&rule.outcomes).map(|(own, other)| own.objective - other.objective);
            Some(paired.collect::<Vec<f64>>())
        }
        _ => None,
    };
    // Trades that overlap are worth as many as their average uniqueness says.
    let paired_t = |paired: &Vec<f64>| {
        let error = deviation(paired)? / power.effective_by_overlap.sqrt();
        (error > 0.0).then(|| mean(paired).map(|mean| mean / error)).flatten()
    };
    Ok(CalibrationResult {
        seed,
        claimed: verdict.better_than_rule,
        interval_above_zero: comparison.and_then(|comparison| comparison.ci95).is_some_and(|[low, _]| low > 0.0),
        better_than_ladder: verdict.better_than_ladder,
        model_difference_r: comparison.map_or(0.0, |comparison| comparison.mean_objective_difference),
        optimum_t: optimum.as_ref().and_then(paired_t),
        optimum_difference_r: optimum.as_ref().and_then(|paired| mean(paired)),
        advice: verdict.advice.clone(),
    })
}

#[cfg(test)]
mod tests {
    use rayon::prelude::{IntoParallelIterator, ParallelIterator};

    use super::*;

    fn results(drift_r: f64, seeds: std::ops::Range<u64>) -> Vec<CalibrationResult> {
        let scratch = std::env::temp_dir().join(format!("scaleout-calibration-{}-{drift_r}", std::process::id()));
        let market = CalibrationMarket { trades: 300, drift_r };
        let one = |seed| calibrate(&market, CalibrationLearner::ToldTheFamily, seed, &scratch).unwrap();
        let results = seeds.into_par_iter().map(one).collect();
        fs::remove_dir_all(&scratch).unwrap();
        results
    }

    /// 5 % and two standard errors of 40 markets are 11.9 %: at most 4 claims. The whole calibration is an example.
    #[test]
    fn nothing_is_claimed_where_there_is_nothing() {
        let results = results(0.0, 0..40);
        let claimed = results.iter().filter(|result| result.claimed).count();
        assert!(claimed <= 4, "{claimed} of {}", results.len());
        let mean = results.iter().map(|result| result.model_difference_r).sum::<f64>() / 40.0;
        assert!(mean.abs() < 0.06, "every rule has the same expected J: {mean}");
    }

    /// The exact optimum has a mean t above 2.5 here, so that nine in ten should be found: 20 of them hold 13 or more in 99 of
    /// 100 draws.
    #[test]
    fn an_edge_is_found_where_there_is_one() {
        let results = results(0.105, 0..20);
        let claimed = results.iter().filter(|result| result.claimed).count();
        let t = results.iter().filter_map(|result| result.optimum_t).sum::<f64>() / 20.0;
        assert!(2.5 < t, "{t}");
        assert!(13 <= claimed, "{claimed} of {} at t = {t}", results.len());
    }
}
