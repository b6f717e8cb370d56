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
        let names = self.feature_names();
        let columns: Option<Vec<usize>> =
            rule.inputs().iter().map(|input| names.iter().position(|name| name == input)).collect();
        if let Some(columns) = columns.filter(|_| self.scores_on_grid()) {
            return Ok(Score { value: self.measure(&Chooser::Rule { rule, columns }), standard_error: 0.0 });
        }
        let fresh = data(self, SCORING_PATHS, SCORING_SEED, PathPurpose::Scoring);
        let (optimum, optimal) = self.optimal();
        fresh.score_against(rule, &*optimal, optimum)
    }

    fn optimal_rule(&self) -> Option<Box<dyn Rule + '_>> {
        Some(self.optimal().1)
    }
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
