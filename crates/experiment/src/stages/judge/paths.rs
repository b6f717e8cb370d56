//! The judged on every path through the folds.

use scaleout_exits::ReplayConfig;
use scaleout_report::PathSummary;

use crate::{
    ExperimentError,
    stages::judge::{field::Field, names::CANDIDATE},
};

impl Field<'_> {
    /// Candidate and rules chosen in-span on every path; none without a candidate or a rule.
    pub(super) fn paths(&self, assumptions: &ReplayConfig) -> Result<Vec<PathSummary>, ExperimentError> {
        let count = self.folds_of.iter().map(Vec::len).min().unwrap_or(0);
        let mut paths = Vec::with_capacity(count);
        for path in 0..count {
            let fold_of: Vec<usize> = self.folds_of.iter().map(|folds| folds[path]).collect();
            let mean_of = |name: Option<&str>| -> Result<Option<f64>, ExperimentError> {
                let Some(rule) = self.rules.iter().find(|rule| Some(rule.name.as_str()) == name) else {
                    return Ok(None);
                };
                let outcomes = self.replay_on(rule, assumptions, &fold_of)?;
                let mean = outcomes.iter().map(|outcome| outcome.objective).sum::<f64>() / outcomes.len() as f64;
                Ok(Some(self.prepared.objective.certainty_equivalent_r(mean)))
            };
            let (model, rule) = (mean_of(Some(CANDIDATE))?, mean_of(self.in_span_rule.as_deref())?);
            let (Some(model_objective), Some(rule_objective)) = (model, rule) else { return Ok(paths) };
            paths.push(PathSummary {
                path: path + 1,
                model_objective,
                rule: self.in_span_rule.clone().unwrap_or_default(),
                rule_objective,
                best_ladder: self.in_span_ladder.clone(),
                ladder_objective: mean_of(self.in_span_ladder.as_deref())?,
                difference_r: model_objective - rule_objective,
            });
        }
        Ok(paths)
    }
}
