//! Problems with a known answer, solved by the same learners and the same code as real data.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use scaleout_exits::TradeTerms;
use scaleout_features::FeatureSpec;
use scaleout_market::Timestamp;
use scaleout_reference::{CATALOGUE, Moment, PATH_FEATURES, Parameter, Problem, ReferenceData, Rule, problem};
use scaleout_training::{
    FitConfig, LearnerConfig, Model, PathRows, RowLayout, SaleLimits, TrainingData, Unwatched, fit,
};
use scaleout_validation::Span;
use serde::Serialize;

use crate::ExperimentError;

/// Which problem, and how it is to be learned.
#[derive(Debug, Clone)]
pub struct ReferenceRequest {
    /// Id of the problem.
    pub problem: String,
    /// `key=value` over the tabled parameters.
    pub settings: Vec<String>,
    /// The learner; without one the problem is only solved.
    pub learner: Option<LearnerConfig>,
    /// Trades to learn from.
    pub paths: usize,
    /// Seed of the trades and of the learner.
    pub seed: u64,
}

/// How far a learner came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReferenceResult {
    /// Id of the problem.
    pub problem: String,
    /// What it is, in a line.
    pub title: String,
    /// Every parameter.
    pub parameters: BTreeMap<String, f64>,
    /// Value of the best rule there is.
    pub optimum: f64,
    /// Value of the best rule that ignores the features.
    pub base: f64,
    /// Which rule that is.
    pub base_rule: String,
    /// Further exact figures.
    pub details: BTreeMap<String, f64>,
    /// Name of the learner.
    pub learner: Option<String>,
    /// Trades it learned from.
    pub paths: Option<usize>,
    /// Value of the learned rule.
    pub learned: Option<f64>,
    /// Of `learned`; 0 where it is exact.
    pub standard_error: Option<f64>,
    /// (learned − base) ÷ (optimum − base); none where there is nothing to gain.
    pub skill: Option<f64>,
}

/// The ids of all problems, in order.
pub fn reference_problems() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|entry| entry.id)
}

/// Every problem with its parameters, their defaults and ranges, as text.
pub fn reference_list() -> String {
    let mut lines = Vec::new();
    for entry in &CATALOGUE {
        lines.push(format!("{:4} {}", entry.id, entry.title));
        lines.extend(entry.parameters.iter().map(|parameter| {
            let Parameter { name, default, min, max, doc, .. } = parameter;
            format!("       {name} = {default} ({min} to {max}): {doc}")
        }));
    }
    lines.join("\n")
}

/// The learner that a config calls `kind = "<name>"`, with its default settings.
///
/// # Errors
/// Names the learners if there is none of this name.
pub fn learner_by_name(name: &str) -> Result<LearnerConfig, ExperimentError> {
    serde_json::from_value(serde_json::json!({ "kind": name }))
        .map_err(|error| ExperimentError::Learner { name: name.to_owned(), message: error.to_string() })
}

/// Writes a problem as an ordinary data set (bars with feature columns, entries, config) into `folder`.
///
/// # Errors
/// If the problem or a parameter does not exist, or a file cannot be written.
pub fn write_reference(request: &ReferenceRequest, folder: &Path) -> Result<Vec<PathBuf>, ExperimentError> {
    let simulated = problem(&request.problem, &request.settings)?.simulate(request.paths, request.seed);
    let names = simulated.write(folder)?;
    Ok(names.iter().map(|name| folder.join(name)).collect())
}

impl ReferenceResult {
    /// The head of the table that [`Self::row`] belongs to.
    pub const HEAD: &'static str =
        "problem     optimum        base     learned   std err    skill  learner        seconds";

    /// The result as a row of a table.
    pub fn row(&self, seconds: Option<f64>) -> String {
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        format!(
            "{:7} {:>11.5} {:>11.5} {:>11} {:>9} {:>8}  {:14} {:>7}",
            self.problem,
            self.optimum,
            self.base,
            number(self.learned, 5),
            number(self.standard_error, 5),
            number(self.skill, 4),
            self.learner.as_deref().unwrap_or("-"),
            number(seconds, 1),
        )
    }
}

/// Solves a problem exactly and, with a learner, fits it on simulated trades and scores what it learned.
///
/// # Errors
/// If the problem or a parameter does not exist or is out of range, or the learner cannot be fitted.
pub fn reference(request: &ReferenceRequest) -> Result<ReferenceResult, ExperimentError> {
    let problem = problem(&request.problem, &request.settings)?;
    let solution = problem.solve();
    let mut result = ReferenceResult {
        problem: problem.id().to_owned(),
        title: problem.title().to_owned(),
        parameters: problem.settings().pairs().map(|(name, value)| (name.to_owned(), value)).collect(),
        optimum: solution.optimum,
        base: solution.base,
        base_rule: solution.base_rule.clone(),
        details: problem.details().into_iter().collect(),
        learner: None,
        paths: None,
        learned: None,
        standard_error: None,
        skill: None,
    };
    if let Some(learner) = &request.learner {
        let rule = learn(problem.as_ref(), learner, request.paths, request.seed)?;
        let score = problem.score(&rule)?;
        result.learner = Some(learner.name().to_owned());
        result.paths = Some(request.paths);
        result.learned = Some(score.value);
        result.standard_error = Some(score.standard_error);
        result.skill = solution.skill(score.value);
    }
    Ok(result)
}

fn learn(
    problem: &dyn Problem,
    learner: &LearnerConfig,
    paths: usize,
    seed: u64,
) -> Result<LearnedRule, ExperimentError> {
    let simulated = problem.simulate(paths, seed);
    let data = training_data(&simulated, learner.window())?;
    let everything: Vec<usize> = (0..simulated.paths.len()).collect();
    let tranches = simulated.tranches as u32;
    let limits = SaleLimits {
        max_fraction_per_bar: simulated.limits.max_tranches_per_bar.map(|most| f64::from(most) / f64::from(tranches)),
        min_bars_between_sales: simulated.limits.min_bars_between_sales,
    };
    let config = FitConfig { tranches, limits, ..FitConfig::default() };
    let model = fit(&data, &everything, &simulated.objective, learner, &config, seed, &Unwatched)?;
    let terms = simulated.paths.first().map(|path| path.unit.terms);
    let terms = terms.expect("Invariant: a model is fitted on at least one trade");
    Ok(LearnedRule { model, terms })
}

/// The simulated trades as rows: the problem's columns are market features; where it has none, the path's own
/// features take their place.
fn training_data(simulated: &ReferenceData, window: u32) -> Result<TrainingData, ExperimentError> {
    let market = simulated.columns.iter().map(|name| column(name)).collect();
    let mut position = vec!["bars_to_horizon".to_owned()];
    if simulated.columns.is_empty() {
        position.extend(PATH_FEATURES.map(str::to_owned));
    }
    let layout = RowLayout { market, position, volatility: None, window };
    let rows = simulated.rows(&inputs(&layout))?;
    let paths = simulated
        .paths
        .iter()
        .zip(rows)
        .enumerate()
        .map(|(trade, (path, rows))| {
            let width = layout.width() - 1;
            let mut features = Vec::with_capacity(path.unit.steps() * layout.width());
            for (step, row) in rows.chunks_exact(width.max(1)).take(path.unit.steps()).enumerate() {
                push_row(&layout, row, (simulated.horizon_bars - step) as f64, &mut features);
            }
            // Each simulated trade lives on a stretch of time of its own.
            let length = simulated.horizon_bars as i64 + 1;
            let start = Timestamp::from_secs(trade as i64 * length);
            let span = Span::new(start, start.plus_nanos((length - 1) * 1_000_000_000))?;
            Ok(PathRows { span, unit: path.unit.clone(), features })
        })
        .collect::<Result<_, ExperimentError>>()?;
    Ok(TrainingData::new(layout, simulated.horizon_bars as u32, paths)?)
}

/// The model's inputs but for the bars to the horizon, which every moment brings.
fn inputs(layout: &RowLayout) -> Vec<String> {
    let market = || layout.market.iter().map(|spec| spec.name.trim_start_matches("column:").to_owned());
    let before = (1..layout.window).flat_map(|bars| market().map(move |name| format!("{name}@-{bars}")));
    market().chain(layout.position.iter().skip(1).cloned()).chain(before).collect()
}

fn column(name: &str) -> FeatureSpec {
    FeatureSpec { name: format!("column:{name}"), parameters: BTreeMap::new() }
}

fn push_row(layout: &RowLayout, inputs: &[f64], bars_to_horizon: f64, out: &mut Vec<f32>) {
    let (market, path) = inputs.split_at(layout.market.len());
    out.extend(market.iter().map(|&value| value as f32));
    out.push(bars_to_horizon as f32);
    out.extend(path.iter().map(|&value| value as f32));
}

/// A model as the rule that reference problems score.
struct LearnedRule {
    model: Model,
    terms: TradeTerms,
}

impl Rule for LearnedRule {
    fn inputs(&self) -> Vec<String> {
        inputs(&self.model.layout)
    }

    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
        let width = self.model.layout.width() - 1;
        let count = out.len() / at.tranches;
        let mut features = Vec::with_capacity(count * (width + 1));
        for row in 0..count {
            push_row(
                &self.model.layout,
                &rows[row * width..(row + 1) * width],
                at.bars_to_horizon as f64,
                &mut features,
            );
        }
        let hold = self.model.hold_values(&features);
        let per_row = hold.len() / count.max(1);
        for (hold, answers) in hold.chunks_exact(per_row.max(1)).zip(out.chunks_exact_mut(at.tranches)) {
            for (place, answer) in answers.iter_mut().enumerate() {
                let remaining = (place + 1) as f64 / at.tranches as f64;
                *answer = (self.model.target(hold, remaining, true, &self.terms) * at.tranches as f64).round() as u32;
            }
        }
    }
}
