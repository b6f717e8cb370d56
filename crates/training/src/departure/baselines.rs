//! Plain rules that one row decides, what each earned on the training trades, and the one a careful trader would take.

use scaleout_model::{BaselineRule, Beyond, DepartureRegressor, ExitLevel, Regressor, RowLayout};

use crate::{
    improve::comparison::is_better,
    problem::{target_table::TargetTable, task::LearningTask},
    rows::sample::RowSample,
};

/// Bars after which everything, or the last of several parts, is sold.
const BARS_HELD: [u32; 18] = [1, 2, 3, 4, 6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 181, 256, 512, 1024];

/// Quantiles of a feature over the rows at which levels are tried.
const TARGETS: [f64; 6] = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98];
const STOPS: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.3];
const TRAILS: [f64; 10] = [0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.94, 0.97];

/// The rules, the first of which sells at once, and what each earned on every training trade.
#[derive(Debug, Clone)]
pub(crate) struct Baselines {
    rules: Vec<BaselineRule>,
    /// J by rule, then by trade; in utility where utility is exponential.
    utilities: Vec<Vec<f64>>,
}

impl Baselines {
    /// Every rule on the trades of `train`, whose rows are laid out as `layout`.
    pub(crate) fn new(train: &RowSample, layout: &RowLayout, task: &LearningTask) -> Self {
        let rules = rules(train, layout, task.grid.tranches);
        let utilities =
            rules.iter().map(|rule| task.utilities(task.score(train, &policy(rule, train, task)).0)).collect();
        Self { rules, utilities }
    }

    /// The place of the rule with the highest mean J over the trades at `trades`, if it beats selling at once by more
    /// than one standard error; else that of selling at once.
    pub(crate) fn best_on(&self, trades: &[usize]) -> usize {
        let of = |rule: usize| -> Vec<f64> { trades.iter().map(|&trade| self.utilities[rule][trade]).collect() };
        let mean = |rule: usize| trades.iter().map(|&trade| self.utilities[rule][trade]).sum::<f64>();
        let means: Vec<f64> = (0..self.rules.len()).map(mean).collect();
        let best = (1..means.len()).fold(0, |best, rule| if means[best] < means[rule] { rule } else { best });
        if is_better(&of(best), &of(AT_ONCE)) { best } else { AT_ONCE }
    }

    /// The rule at `place`.
    pub(crate) fn rule(&self, place: usize) -> &BaselineRule {
        &self.rules[place]
    }

    /// J of every trade under the rule at `place`, in utility where utility is exponential.
    pub(crate) fn utilities(&self, place: usize) -> &[f64] {
        &self.utilities[place]
    }
}

/// The place of the rule that sells at once.
pub(crate) const AT_ONCE: usize = 0;

/// What following `rule` does on the rows of `sample`.
pub(crate) fn policy(rule: &BaselineRule, sample: &RowSample, task: &LearningTask) -> TargetTable {
    let alone = DepartureRegressor::alone(rule.clone(), task.grid.outputs());
    task.policy(&Regressor::Departure(alone), sample)
}

fn rules(train: &RowSample, layout: &RowLayout, tranches: usize) -> Vec<BaselineRule> {
    let horizon = train.bars_to_horizon.iter().copied().max().unwrap_or(1);
    let time_feature = layout.time_feature();
    let scheduled = |name: String, bars_left_when_sold: Vec<u32>| BaselineRule {
        name,
        time_feature,
        bars_left_when_sold,
        exits: Vec::new(),
    };
    let all_out = |name: String, bars_left: u32| scheduled(name, vec![bars_left; tranches]);
    let mut rules = vec![all_out("sell at once".to_owned(), horizon), all_out("hold to the horizon".to_owned(), 0)];
    for bars in BARS_HELD.into_iter().filter(|&bars| bars < horizon) {
        let unit = if bars == 1 { "bar" } else { "bars" };
        rules.push(all_out(format!("sell after {bars} {unit}"), horizon - bars));
        if 1 < tranches && 1 < bars {
            // The first of K parts leaves at once, the last after `bars`, the others at equal steps between them.
            let parts = tranches as u32;
            let steps = (0..parts).rev().map(|part| horizon - bars * part / (parts - 1)).collect();
            rules.push(scheduled(format!("sell in {tranches} equal parts over {bars} bars"), steps));
        }
    }
    let place = |name: &str| layout.names().iter().position(|known| known == name);
    let held = |exits: Vec<ExitLevel>, name: String| BaselineRule { exits, ..all_out(name, 0) };
    let levels = |feature: usize, quantiles: &[f64], is_fine: fn(f32) -> bool| -> Vec<f32> {
        let mut values: Vec<f32> =
            (0..train.rows()).map(|row| train.row(row)[feature]).filter(|at| at.is_finite()).collect();
        values.sort_unstable_by(f32::total_cmp);
        let at = |share: &f64| values[((values.len() - 1) as f64 * share).round() as usize];
        let mut levels: Vec<f32> = if values.is_empty() { vec![] } else { quantiles.iter().map(at).collect() };
        levels.retain(|&level| is_fine(level));
        levels.dedup();
        levels
    };
    if let Some(feature) = place("unrealised_r") {
        let target = |level: f32| ExitLevel { feature, when: Beyond::AtLeast, level };
        let stop = |level: f32| ExitLevel { feature, when: Beyond::AtMost, level };
        let targets = levels(feature, &TARGETS, |level| 0.0 < level);
        let stops = levels(feature, &STOPS, |level| level < 0.0);
        rules.extend(targets.iter().map(|&level| held(vec![target(level)], format!("target {level:.2} R"))));
        rules.extend(stops.iter().map(|&level| held(vec![stop(level)], format!("stop {level:.2} R"))));
        for &high in &targets {
            let pair = |&low: &f32| held(vec![target(high), stop(low)], format!("target {high:.2} R, stop {low:.2} R"));
            rules.extend(stops.iter().step_by(2).map(pair));
        }
    }
    if let Some(feature) = place("drawdown_r") {
        let trail =
            |level: f32| held(vec![ExitLevel { feature, when: Beyond::AtLeast, level }], format!("trail {level:.2} R"));
        rules.extend(levels(feature, &TRAILS, |level| 0.0 < level).into_iter().map(trail));
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fitting::config::FitConfig, fitting::fit::task, fixtures::order_flow_market};

    #[test]
    fn a_schedule_that_spreads_the_impact_is_taken_where_it_pays() {
        let (data, _) = order_flow_market::paths(400, 0, 1);
        let everything: Vec<usize> = (0..400).collect();
        let task = task(&data, &everything, &order_flow_market::objective(), &FitConfig::default());
        let sample = data.sample(&everything, task.grid);
        let baselines = Baselines::new(&sample, data.layout(), &task);
        let mean = |rule: usize| baselines.utilities(rule).iter().sum::<f64>() / 400.0;
        // Selling at once costs .1 and an impact of .5.
        assert!((mean(AT_ONCE) + 0.6).abs() < 1e-9);
        let rule = baselines.rule(baselines.best_on(&everything));
        assert!(rule.name.starts_with("sell in 4 equal parts over "), "{}", rule.name);
        assert_eq!((rule.bars_left_when_sold[3], rule.exits.len()), (order_flow_market::HORIZON, 0));
    }

    #[test]
    fn rules_are_distinct_and_read_what_the_row_has() {
        let (data, _) = order_flow_market::paths(60, 0, 1);
        let everything: Vec<usize> = (0..60).collect();
        let task = task(&data, &everything, &order_flow_market::objective(), &FitConfig::default());
        let sample = data.sample(&everything, task.grid);
        let rules = rules(&sample, data.layout(), 4);
        let kinds = ["sell after", "sell in", "target", "stop", "trail"];
        for kind in kinds {
            assert!(rules.iter().any(|rule| rule.name.starts_with(kind)), "{kind}");
        }
        let names: std::collections::BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names.len(), rules.len());
        assert!(rules.iter().all(|rule| rule.bars_left_when_sold.is_sorted()));
    }
}
