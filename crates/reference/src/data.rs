use scaleout_exits::{Objective, Utility};
use scaleout_market::PathSinceEntry;

use crate::{Moment, ReferenceError, ReferencePath, Rule, Score, reference_path::PathSource};

/// What one bar can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleLimits {
    /// Most tranches that leave at one decision; `None` where all may. What is left at the horizon goes at once.
    pub max_tranches_per_bar: Option<u32>,
    /// Bars from one sale to the next: 1 where every bar may sell.
    pub min_bars_between_sales: u32,
}

impl Default for SaleLimits {
    fn default() -> Self {
        Self { max_tranches_per_bar: None, min_bars_between_sales: 1 }
    }
}

/// Simulated trades of a reference problem: what the general pipeline learns from, and what scores a rule.
///
/// Decision `j` (0 to N − 1) is made at `prices[j]` with row `j` of the features; step `j` runs from `prices[j]` to
/// `prices[j + 1]`, and what is left after the last step is sold at `prices[N]`. One unit of price is one R.
#[derive(Debug, Clone)]
pub struct ReferenceData {
    /// Id of the problem.
    pub problem: String,
    /// Bars N until everything left is sold.
    pub horizon_bars: usize,
    /// Equal parts K that the position can be sold in.
    pub tranches: usize,
    /// J.
    pub objective: Objective,
    /// What one bar can take.
    pub limits: SaleLimits,
    /// Names of the feature columns.
    pub columns: Vec<String>,
    /// Those of [`PATH_FEATURES`] that tell something about what is to come; empty where the columns tell all.
    pub path_features: &'static [&'static str],
    /// The tabled figure is `scale · (offset + mean J)`.
    pub offset: f64,
    /// See `offset`.
    pub scale: f64,
    /// The trades.
    pub paths: Vec<ReferencePath>,
}

/// Features of a trade's own path that any rule may read beside a problem's columns.
pub const PATH_FEATURES: [&str; 4] = ["unrealised_r", "mfe_r", "mae_r", "drawdown_r"];

impl ReferenceData {
    /// The mean objective of the fractions held through each step, one schedule a path, in the tabled unit.
    ///
    /// A schedule that ends early holds nothing after its end. Gains count with their true means where these are
    /// known, which is unbiased for every rule that looks only backward and much less noisy.
    ///
    /// # Errors
    /// When there is not one schedule a path.
    pub fn score_held(&self, held: &[Vec<f64>]) -> Result<Score, ReferenceError> {
        let objectives = self.objectives(held)?;
        if self.paths.iter().all(|path| path.exit_values.is_empty()) {
            return Ok(self.summarise(&objectives));
        }
        let exits: Vec<f64> = self.paths.iter().zip(held).map(|(path, held)| path.exit_value(held)).collect();
        Ok(Score::ratio_of_sample(&exits))
    }

    /// The share of paths on which a part is held while a part is gone: 0 where tranches must leave together.
    pub fn partial_exit_share(held: &[Vec<f64>]) -> f64 {
        let is_partial = |path: &&Vec<f64>| path.iter().any(|part| 0.0 < *part && *part < 1.0);
        held.iter().filter(is_partial).count() as f64 / held.len().max(1) as f64
    }

    /// The unbiased score of any rule on these paths.
    ///
    /// # Errors
    /// When the rule reads a feature that is neither a column nor one of [`PATH_FEATURES`].
    pub fn score(&self, rule: &dyn Rule) -> Result<Score, ReferenceError> {
        self.score_held(&self.held(rule)?)
    }

    /// The score of a rule as `optimum` plus the mean difference to the optimal rule on the same paths.
    pub(crate) fn score_against(
        &self,
        rule: &dyn Rule,
        optimal: &dyn Rule,
        optimum: f64,
    ) -> Result<Score, ReferenceError> {
        let (learned, best) = (self.held(rule)?, self.held(optimal)?);
        let is_mean = match self.objective.utility {
            Utility::MeanVariance => self.paths.iter().all(|path| path.exit_values.is_empty()),
            Utility::Exponential => self.objective.risk_aversion == 0.0,
        };
        if !is_mean {
            return self.score_held(&learned);
        }
        let (learned, best) = (self.objectives(&learned)?, self.objectives(&best)?);
        let differences: Vec<f64> = learned.iter().zip(&best).map(|(learned, best)| learned - best).collect();
        let mean = Score::of_sample(&differences);
        Ok(Score { value: optimum + self.scale * mean.value, standard_error: self.scale * mean.standard_error })
    }

    /// Names of the position features that a learner is shown: the bars to the horizon, and those features of the path
    /// that tell more than the columns; where there are no columns, all of the path's own.
    pub fn position_features(&self) -> Vec<String> {
        let of_the_path = if self.columns.is_empty() { &PATH_FEATURES } else { self.path_features };
        std::iter::once(&"bars_to_horizon").chain(of_the_path).map(|name| (*name).to_owned()).collect()
    }

    /// What `inputs` (columns, columns `<name>@-<n>` n bars before, or [`PATH_FEATURES`]) were at each decision of each path: one table a path, shape
    /// `(steps, inputs)`, as many steps as the path ran. Before the start of a path a column is NaN.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn rows(&self, inputs: &[String]) -> Result<Vec<Vec<f64>>, ReferenceError> {
        let sources = inputs.iter().map(|name| self.source(name)).collect::<Result<Vec<PathSource>, _>>()?;
        let rows_of = |path: &ReferencePath| {
            let mut so_far = PathSinceEntry::at_fill();
            let mut rows = Vec::with_capacity(path.unit.r.len() * sources.len());
            for step in 0..path.unit.r.len() {
                rows.extend(sources.iter().map(|source| path.feature(*source, step, &so_far)));
                so_far = path.after(step, so_far);
            }
            rows
        };
        Ok(self.paths.iter().map(rows_of).collect())
    }

    /// The fractions that a rule holds through each step of every path, as long as the path ran and any was held.
    ///
    /// # Errors
    /// As [`ReferenceData::score`].
    pub fn held(&self, rule: &dyn Rule) -> Result<Vec<Vec<f64>>, ReferenceError> {
        let inputs = rule.inputs();
        let rows = self.rows(&inputs)?;
        let tranches = self.tranches;
        let most = self.limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
        let spacing = self.limits.min_bars_between_sales as usize;
        let mut left = vec![tranches; self.paths.len()];
        let mut since = vec![usize::MAX; self.paths.len()];
        let mut held: Vec<Vec<f64>> = vec![Vec::new(); self.paths.len()];
        for step in 0..self.horizon_bars {
            let running: Vec<usize> =
                (0..left.len()).filter(|&i| left[i] > 0 && step < self.paths[i].unit.r.len()).collect();
            let row_of = |&i: &usize| &rows[i][step * inputs.len()..(step + 1) * inputs.len()];
            let asked: Vec<f64> = running.iter().flat_map(row_of).copied().collect();
            let mut answers = vec![0; running.len() * tranches];
            let at = Moment { step, bars_to_horizon: self.horizon_bars - step, tranches };
            rule.targets(&at, &asked, &mut answers);
            for (answers, &i) in answers.chunks_exact(tranches).zip(&running) {
                let wanted = answers[left[i] - 1] as usize;
                let may_sell = since[i] >= spacing;
                let kept = if may_sell { wanted.clamp(left[i].saturating_sub(most), left[i]) } else { left[i] };
                since[i] = if kept < left[i] { 1 } else { since[i].saturating_add(1) };
                left[i] = kept;
                held[i].push(kept as f64 / tranches as f64);
            }
        }
        Ok(held)
    }

    /// The same paths without their first `count` columns.
    pub(crate) fn without_first_columns(mut self, count: usize) -> Self {
        let width = self.columns.len();
        self.columns.drain(..count);
        for path in &mut self.paths {
            path.features = path.features.chunks_exact(width).flat_map(|row| &row[count..]).copied().collect();
        }
        self
    }

    /// J of each path, in R.
    fn objectives(&self, held: &[Vec<f64>]) -> Result<Vec<f64>, ReferenceError> {
        if held.len() != self.paths.len() {
            return Err(ReferenceError::ScheduleCount { held: held.len(), paths: self.paths.len() });
        }
        Ok(self.paths.iter().zip(held).map(|(path, held)| path.objective(&self.objective, held)).collect())
    }

    fn summarise(&self, objectives: &[f64]) -> Score {
        let gamma = self.objective.risk_aversion;
        let score = match self.objective.utility {
            Utility::Exponential if gamma > 0.0 => {
                let utilities: Vec<f64> = objectives.iter().map(|value| (-gamma * value).exp()).collect();
                let mean = Score::of_sample(&utilities);
                Score { value: -mean.value.ln() / gamma, standard_error: mean.standard_error / (gamma * mean.value) }
            }
            Utility::Exponential | Utility::MeanVariance => Score::of_sample(objectives),
        };
        Score { value: self.scale * (self.offset + score.value), standard_error: self.scale * score.standard_error }
    }

    fn source(&self, name: &str) -> Result<PathSource, ReferenceError> {
        let (of, before) = match name.rsplit_once("@-") {
            Some((of, bars)) => (of, bars.parse().ok()),
            None => (name, Some(0)),
        };
        if let (Some(column), Some(before)) = (self.columns.iter().position(|known| known == of), before) {
            return Ok(PathSource::Column(column, self.columns.len(), before));
        }
        let path = PATH_FEATURES.iter().position(|known| *known == name);
        path.map(PathSource::Path).ok_or_else(|| ReferenceError::UnknownFeature {
            problem: self.problem.clone(),
            name: name.to_owned(),
            known: self.columns.iter().map(String::as_str).chain(PATH_FEATURES).collect::<Vec<_>>().join(", "),
        })
    }
}
