//! Problems with a known answer, solved by the same learners and the same code as real data.

#[cfg(test)]
mod law_tests;
pub(crate) mod rule;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Instant,
};

use scaleout_reference::{CATALOGUE, ExactRung, Parameter, Problem, Score, Solution, problem};
use scaleout_training::{Caution, LearnerConfig};
use serde::Serialize;

use crate::{
    ExperimentError, Progress,
    lessons::choice::{JudgedFit, simplest_of_best},
    progress::Watched,
    reference_problems::rule::{LearnedRule, learn, training_data},
};

/// Which problem, and how it is to be learned.
#[derive(Debug, Clone)]
pub struct ReferenceRequest {
    /// Id of the problem.
    pub problem: String,
    /// `key=value` over the tabled parameters.
    pub settings: Vec<String>,
    /// Who learns it.
    pub learners: ReferenceLearners,
    /// Trades to learn from.
    pub paths: usize,
    /// Seed of the trades and of the learner.
    pub seed: u64,
    /// Whether a learner departs from a plain rule only where it is sure to.
    pub caution: Caution,
}

/// Who learns a problem.
#[derive(Debug, Clone, PartialEq)]
pub enum ReferenceLearners {
    /// Nobody: it is only solved.
    Nobody,
    /// Each of some learners.
    Each(Vec<LearnerConfig>),
    /// Of the learners that a table has time for, the simplest that is as good as the best out of fold.
    Best,
    /// All of those, and which of them [`Self::Best`] takes.
    Contestants,
}

/// Most numbers that all paths of a problem may hold, some 20 bytes each: a machine of 16 GB has room for them.
const MOST_CELLS: usize = 400_000_000;

/// Numbers beside its columns that a bar of a path takes.
const CELLS_OF_A_BAR: usize = 10;

/// Names of the learners that [`ReferenceLearners::Best`] chooses from.
const CONTESTANTS: [&str; 3] = ["linear", "boosted-trees", "mlp"];

/// Where the first, second, … tranche is sold as the price rises; `null` where no price does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LadderResult {
    /// The levels at which the optimum cuts a whole position at the fill.
    pub exact: Vec<Option<f64>>,
    /// Those of the learned rule; `null` where nothing was learned or it reads more than the price.
    pub learned: Option<Vec<Option<f64>>>,
    /// The mean levels at which trades under the optimum sell each tranche before the horizon.
    pub exact_sold: Vec<Option<f64>>,
    /// Those under the learned rule.
    pub learned_sold: Option<Vec<Option<f64>>>,
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
    /// Where each tranche is sold, where that makes a ladder.
    pub ladder: Option<LadderResult>,
    /// Name of the learner.
    pub learner: Option<String>,
    /// Whether it is the one that `best` takes; none where there was nothing to choose from.
    pub is_chosen: Option<bool>,
    /// Trades it learned from.
    pub paths: Option<usize>,
    /// Seed of the trades and of the learner.
    pub seed: u64,
    /// Time that it took to simulate, learn and score, or without a learner to solve; the one figure that differs from
    /// call to call.
    pub seconds: f64,
    /// Value of the learned rule.
    pub learned: Option<f64>,
    /// Of `learned`; 0 where it is exact.
    pub standard_error: Option<f64>,
    /// No rule is worth more: the dual bound by the values of the learned rule, or of the optimum where the learned rule
    /// reads more than the state. None under exponential utility, for ratios and for large grids.
    pub upper_bound: Option<f64>,
    /// Standard error of `upper_bound`.
    pub upper_bound_error: Option<f64>,
    /// Value of the plain rule that the learner may depart from: the best on the training trades, or selling at once.
    pub floor: Option<f64>,
    /// Which rule that is.
    pub floor_rule: Option<String>,
    /// Standard errors that an advantage over it must exceed; none where it decides alone or nothing was learned.
    pub caution: Option<f64>,
    /// (learned − base) ÷ (optimum − base); none where there is nothing to gain, or no more than the error of the score.
    pub skill: Option<f64>,
    /// Why nothing was learned, where that failed.
    pub error: Option<String>,
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

/// Learners by name: `none`, `best`, `all` that `best` chooses from, or the kinds of a config with their default settings, separated by commas.
///
/// # Errors
/// Names the learners if there is none of this name.
pub fn reference_learners(names: &str) -> Result<ReferenceLearners, ExperimentError> {
    match names {
        "none" => Ok(ReferenceLearners::Nobody),
        "best" => Ok(ReferenceLearners::Best),
        "all" => Ok(ReferenceLearners::Contestants),
        names => Ok(ReferenceLearners::Each(names.split(',').map(learner_by_name).collect::<Result<_, _>>()?)),
    }
}

fn learner_by_name(name: &str) -> Result<LearnerConfig, ExperimentError> {
    let name = name.trim();
    serde_json::from_value(serde_json::json!({ "kind": name }))
        .map_err(|error| ExperimentError::Learner { name: name.to_owned(), message: error.to_string() })
}

/// Writes a problem as an ordinary data set (bars with feature columns, entries, config) into `folder`.
///
/// # Errors
/// If the problem or a parameter does not exist, or a file cannot be written.
pub fn write_reference(request: &ReferenceRequest, folder: &Path) -> Result<Vec<PathBuf>, ExperimentError> {
    let problem = problem(&request.problem, &request.settings)?;
    check_paths(problem.as_ref(), request)?;
    let simulated = problem.simulate(request.paths, request.seed);
    let names = simulated.write(folder)?;
    Ok(names.iter().map(|name| folder.join(name)).collect())
}

/// Whether there are any paths, and no more than memory has room for.
fn check_paths(problem: &dyn Problem, request: &ReferenceRequest) -> Result<(), ExperimentError> {
    let one = problem.simulate(1, request.seed);
    let most = MOST_CELLS / (one.horizon_bars * (one.columns.len() + CELLS_OF_A_BAR));
    if (1..=most).contains(&request.paths) {
        return Ok(());
    }
    let (problem, bars) = (problem.id().to_owned(), one.horizon_bars);
    Err(ExperimentError::Paths { paths: request.paths, most, problem, bars })
}

impl ReferenceResult {
    /// The head of the table that [`Self::row`] belongs to.
    pub const HEAD: &'static str =
        "problem     optimum        base     learned   std err       bound    skill  learner        seconds";

    /// The result as a row of a table.
    pub fn row(&self) -> String {
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        format!(
            "{:7} {:>11.5} {:>11.5} {:>11} {:>9} {:>11} {:>8}  {:14} {:>7}",
            self.problem,
            self.optimum,
            self.base,
            number(self.learned, 5),
            number(self.standard_error, 5),
            number(self.upper_bound, 5),
            number(self.skill, 4),
            self.learner.as_deref().unwrap_or("-"),
            number(Some(self.seconds), 1),
        ) + (if self.is_chosen == Some(true) { "  taken by `best`" } else { "" })
            + &self.error.as_ref().map_or(String::new(), |error| format!("  {error}"))
            + &self.ladder.as_ref().map_or(String::new(), |ladder| format!("\n        {ladder}"))
    }
}

/// Solves a problem exactly, lets the learners fit simulated trades and scores what they learned: one result for each
/// learner, one without any. A learner that fails is a result with an error. `heard` is told of each as it comes, and
/// `progress` of every fit on the way.
///
/// # Errors
/// If the problem or a parameter does not exist or is out of range, or there are no or too many paths.
pub fn reference(
    request: &ReferenceRequest,
    progress: &dyn Progress,
    heard: &mut dyn FnMut(&ReferenceResult),
) -> Result<Vec<ReferenceResult>, ExperimentError> {
    let problem = problem(&request.problem, &request.settings)?;
    let contestants = || CONTESTANTS.into_iter().map(learner_by_name).collect::<Result<Vec<_>, _>>();
    // Each group is fitted together; of a group one is chosen.
    let groups: Vec<(&str, Vec<LearnerConfig>)> = match &request.learners {
        ReferenceLearners::Nobody => Vec::new(),
        ReferenceLearners::Each(learners) => {
            learners.iter().map(|learner| (learner.name(), vec![learner.clone()])).collect()
        }
        ReferenceLearners::Best => vec![("best", contestants()?)],
        ReferenceLearners::Contestants => vec![("all", contestants()?)],
    };
    let are_all_wanted = request.learners == ReferenceLearners::Contestants;
    if !groups.is_empty() {
        check_paths(problem.as_ref(), request)?;
    }
    let learners: usize = groups.iter().map(|(_, learners)| learners.len()).sum();
    progress.stage(problem.id(), 1 + learners as u64);
    let mut start = Instant::now();
    let solution = problem.solve();
    let solved = solved(problem.as_ref(), &solution, request.seed);
    progress.step("solved");
    let mut results = Vec::new();
    let mut add = |result: ReferenceResult| {
        let result = ReferenceResult { seconds: start.elapsed().as_secs_f64(), ..result };
        start = Instant::now();
        heard(&result);
        results.push(result);
    };
    if groups.is_empty() {
        add(solved.clone());
    }
    for (asked, learners) in &groups {
        let failed = |error| solved.failed(asked, request.paths, error);
        match fitted(problem.as_ref(), learners, request, progress) {
            Err(error) => add(failed(error)),
            Ok((rules, chosen)) => {
                for (place, rule) in rules.iter().enumerate().filter(|(place, _)| are_all_wanted || *place == chosen) {
                    let learned = learned(problem.as_ref(), rule);
                    let is_chosen = are_all_wanted.then_some(place == chosen);
                    add(learned
                        .map_or_else(failed, |learned| solved.with(&solution, request.paths, learned, is_chosen)));
                }
            }
        }
    }
    Ok(results)
}

impl fmt::Display for LadderResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = |rungs: &[Option<f64>]| {
            let level = |rung: &Option<f64>| rung.map_or("-".to_owned(), |level| format!("{level:.3}"));
            rungs.iter().map(level).collect::<Vec<_>>().join(" ")
        };
        let learned = |rungs: &Option<Vec<Option<f64>>>| {
            rungs.as_ref().map_or(String::new(), |rungs| format!(", learned {}", levels(rungs)))
        };
        write!(f, "sold on average at: exact {}{}", levels(&self.exact_sold), learned(&self.learned_sold))?;
        write!(f, "; ladder at the fill: exact {}{}", levels(&self.exact), learned(&self.learned))
    }
}

/// A learner's name and what it learned.
type NamedRule = (&'static str, LearnedRule);

/// What each of `learners` learns, and the place of the one to follow.
fn fitted(
    problem: &dyn Problem,
    learners: &[LearnerConfig],
    request: &ReferenceRequest,
    progress: &dyn Progress,
) -> Result<(Vec<NamedRule>, usize), ExperimentError> {
    let simulated = problem.simulate(request.paths, request.seed);
    let mut rules: Vec<NamedRule> = Vec::new();
    for learner in learners {
        let data = training_data(&simulated, learner.window())?;
        let watch = Watched::new(progress, problem.id(), learner.name());
        watch.start();
        let rule = learn(&simulated, &data, learner, request.caution, request.seed, &watch);
        watch.finish(rule.as_ref().map_or(0, |rule| rule.model.training.trials));
        progress.step(learner.name());
        let rule = rule?;
        rules.push((learner.name(), rule));
    }
    let judged = rules.iter().map(|(_, rule)| JudgedFit { model: &rule.model, out_of_fold: &rule.out_of_fold });
    let chosen = simplest_of_best(&judged.collect::<Vec<_>>());
    Ok((rules, chosen))
}

/// A learned rule, scored.
struct LearnedProblem {
    learner: &'static str,
    score: Score,
    bound: Option<Score>,
    ladder: Option<Vec<ExactRung>>,
    floor: Option<f64>,
    floor_rule: Option<String>,
    caution: Option<f64>,
}

fn learned(problem: &dyn Problem, (learner, rule): &NamedRule) -> Result<LearnedProblem, ExperimentError> {
    let departure = rule.model.training.departure.as_ref();
    let floor = rule.floor().map(|floor| problem.score(&floor)).transpose()?;
    Ok(LearnedProblem {
        learner,
        score: problem.score(rule)?,
        bound: problem.dual_bound(rule),
        ladder: problem.ladder_of(rule),
        floor: floor.map(|score| score.value),
        floor_rule: departure.map(|departure| departure.rule.name.clone()),
        caution: departure.and_then(|departure| departure.caution),
    })
}

fn at_fill(rungs: &[ExactRung]) -> Vec<Option<f64>> {
    rungs.iter().map(|rung| rung.at_fill).collect()
}

fn sold_at(rungs: &[ExactRung]) -> Vec<Option<f64>> {
    rungs.iter().map(|rung| rung.sold_at).collect()
}

fn solved(problem: &dyn Problem, solution: &Solution, seed: u64) -> ReferenceResult {
    ReferenceResult {
        problem: problem.id().to_owned(),
        title: problem.title().to_owned(),
        parameters: problem.settings().pairs().map(|(name, value)| (name.to_owned(), value)).collect(),
        optimum: solution.optimum,
        base: solution.base,
        base_rule: solution.base_rule.clone(),
        details: problem.details().into_iter().collect(),
        ladder: problem.exact_ladder().map(|rungs| LadderResult {
            exact: at_fill(&rungs),
            learned: None,
            exact_sold: sold_at(&rungs),
            learned_sold: None,
        }),
        learner: None,
        is_chosen: None,
        paths: None,
        seed,
        seconds: 0.0,
        learned: None,
        standard_error: None,
        upper_bound: None,
        upper_bound_error: None,
        floor: None,
        floor_rule: None,
        caution: None,
        skill: None,
        error: None,
    }
}

impl ReferenceResult {
    fn failed(&self, asked: &str, paths: usize, error: ExperimentError) -> Self {
        Self { learner: Some(asked.to_owned()), paths: Some(paths), error: Some(error.to_string()), ..self.clone() }
    }

    fn with(&self, solution: &Solution, paths: usize, learned: LearnedProblem, is_chosen: Option<bool>) -> Self {
        let LearnedProblem { learner, score, bound, ladder, floor, floor_rule, caution } = learned;
        let result = self.clone();
        Self {
            upper_bound: bound.map(|bound| bound.value),
            upper_bound_error: bound.map(|bound| bound.standard_error),
            floor,
            floor_rule,
            caution,
            learner: Some(learner.to_owned()),
            is_chosen,
            paths: Some(paths),
            learned: Some(score.value),
            standard_error: Some(score.standard_error),
            skill: solution.skill(score),
            ladder: result.ladder.map(|exact| LadderResult {
                learned: ladder.as_deref().map(at_fill),
                learned_sold: ladder.as_deref().map(sold_at),
                ..exact
            }),
            ..result
        }
    }
}
