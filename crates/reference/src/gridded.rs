use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::{
    ExactRung, Problem, ReferenceData, ReferenceError, ReferencePath, Rule, Score, Settings, Solution,
    grid::{Chooser, GridAnswers, GridProblem},
    problem::{PathPurpose, SCORING_SEED, path_rng},
};

/// Fresh paths for rules that read more than the state.
const SCORING_PATHS: usize = 40_000;

impl<G: GridAnswers> Problem for G {
    fn id(&self) -> &'static str {
        GridProblem::id(self)
    }

    fn title(&self) -> &'static str {
        GridProblem::title(self)
    }

    fn settings(&self) -> &Settings {
        GridProblem::settings(self)
    }

    fn solve(&self) -> Solution {
        let (optimum, _) = self.optimum();
        let (base, base_rule) = self.base();
        Solution { optimum, base, base_rule }
    }

    fn details(&self) -> Vec<(String, f64)> {
        GridProblem::details(self)
    }

    fn ladder_of(&self, rule: &dyn Rule) -> Option<Vec<ExactRung>> {
        GridProblem::ladder_of(self, rule)
    }

    fn exact_ladder(&self) -> Option<Vec<ExactRung>> {
        GridProblem::exact_ladder(self)
    }

    fn simulate(&self, paths: usize, seed: u64) -> ReferenceData {
        data(self, paths, seed, PathPurpose::Training)
    }

    fn score(&self, rule: &dyn Rule) -> Result<Score, ReferenceError> {
        if let Some(columns) = columns_of(self, rule) {
            return Ok(Score { value: self.measure(&Chooser::Rule { rule, columns }), standard_error: 0.0 });
        }
        let fresh = data(self, SCORING_PATHS, SCORING_SEED, PathPurpose::Scoring);
        let (optimum, optimal) = self.optimal();
        fresh.score_against(rule, &*optimal, optimum)
    }

    fn dual_bound(&self, rule: &dyn Rule) -> Option<Score> {
        let of_rule = columns_of(self, rule).map(|columns| Chooser::Rule { rule, columns });
        self.bound(&of_rule.unwrap_or(Chooser::Best))
    }

    fn optimal_rule(&self) -> Option<Box<dyn Rule + '_>> {
        Some(self.optimal().1)
    }
}

/// The places of the inputs of `rule` among the features of the state; `None` where it reads more or the state is too large
/// to be gone through.
fn columns_of(problem: &dyn GridProblem, rule: &dyn Rule) -> Option<Vec<usize>> {
    let names = problem.feature_names();
    let columns = rule.inputs().iter().map(|input| names.iter().position(|name| name == input)).collect();
    if problem.scores_on_grid() { columns } else { None }
}

fn data(problem: &dyn GridProblem, paths: usize, seed: u64, purpose: PathPurpose) -> ReferenceData {
    let draw = |path: usize| -> ReferencePath { problem.path(&mut path_rng(seed, purpose, path)) };
    let data = ReferenceData {
        problem: problem.id().to_owned(),
        horizon_bars: problem.steps(),
        tranches: problem.tranches(),
        objective: problem.objective(),
        limits: problem.limits(),
        columns: problem.column_names(),
        path_features: problem.path_features(),
        offset: problem.offset(),
        scale: problem.scale(),
        paths: (0..paths).into_par_iter().map(draw).collect(),
    };
    if purpose == PathPurpose::Training && problem.hides_state() {
        data.without_first_columns(problem.feature_names().len())
    } else {
        data
    }
}
