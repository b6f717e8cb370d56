use scaleout_exits::{Objective, TradeTerms, UnitPath, Utility};
use scaleout_market::PathSinceEntry;

/// One simulated trade.
#[derive(Debug, Clone)]
pub struct ReferencePath {
    /// Gains, variances and costs of one whole unit, as far as the protective stop lets it run.
    pub unit: UnitPath,
    /// Price at each decision and at the horizon: N + 1 values, going on after a stop.
    pub prices: Vec<f64>,
    /// Protective stop, as a price.
    pub stop: Option<f64>,
    /// Feature rows, shape `(N, columns)`.
    pub features: Vec<f64>,
    /// True mean of each step's gain given what was known, or the gain itself where that mean is not known.
    pub expected: Vec<f64>,
    /// True mean of each step's variance, likewise.
    pub expected_variance: Vec<f64>,
    /// Where the tabled figure is mean / deviation of the value at exit: that value at each decision and at the
    /// horizon, N + 1 values. Empty elsewhere.
    pub exit_values: Vec<f64>,
}

/// Where a rule's input is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PathSource {
    /// Column, number of columns, and how many bars before the decision.
    Column(usize, usize, usize),
    /// Index in [`PATH_FEATURES`](crate::PATH_FEATURES).
    Path(usize),
}

impl ReferencePath {
    /// A path without a protective stop that has yet to be drawn.
    pub(crate) fn with_capacity(steps: usize, terms: TradeTerms) -> Self {
        let (r, variance) = (Vec::with_capacity(steps), Vec::with_capacity(steps));
        let unit = UnitPath::from_steps(0, r, variance, false, terms);
        Self {
            unit,
            prices: Vec::with_capacity(steps + 1),
            stop: None,
            features: Vec::new(),
            expected: Vec::with_capacity(steps),
            expected_variance: Vec::with_capacity(steps),
            exit_values: Vec::new(),
        }
    }

    /// A step whose mean gain and variance are not known: they count as they come out.
    pub(crate) fn push_gain(&mut self, gain: f64) {
        self.unit.r.push(gain);
        self.unit.variance.push(gain * gain);
        self.expected.push(gain);
        self.expected_variance.push(gain * gain);
    }

    pub(crate) fn feature(&self, source: PathSource, step: usize, path: &PathSinceEntry) -> f64 {
        match source {
            PathSource::Column(column, width, before) => match step.checked_sub(before) {
                Some(step) => self.features[step * width + column],
                None => f64::NAN,
            },
            PathSource::Path(0) => path.unrealised_r,
            PathSource::Path(1) => path.mfe_r,
            PathSource::Path(2) => path.mae_r,
            PathSource::Path(_) => path.drawdown_r(),
        }
    }

    /// The path since the fill after one more step.
    pub(crate) fn after(&self, step: usize, path: PathSinceEntry) -> PathSinceEntry {
        let unrealised_r = path.unrealised_r + self.unit.r[step];
        PathSinceEntry {
            bars_held: path.bars_held + 1,
            unrealised_r,
            mfe_r: path.mfe_r.max(unrealised_r),
            mae_r: path.mae_r.min(unrealised_r),
        }
    }

    /// The value at exit, parts weighted by what was sold when.
    pub(crate) fn exit_value(&self, held: &[f64]) -> f64 {
        let mut before = 1.0;
        let mut total = 0.0;
        for (step, value) in self.exit_values.iter().enumerate() {
            let last = step + 1 == self.exit_values.len();
            let part = if last { 0.0 } else { held.get(step).copied().unwrap_or(0.0) };
            total += (before - part) * value;
            before = part;
        }
        total
    }

    /// J of holding `held` through each step: certainty equivalents are taken over all paths, so for an exponential
    /// utility this is the net gain.
    pub(crate) fn objective(&self, objective: &Objective, held: &[f64]) -> f64 {
        let gamma = match objective.utility {
            Utility::MeanVariance => objective.risk_aversion,
            Utility::Exponential => 0.0,
        };
        let gains = match objective.utility {
            Utility::MeanVariance => &self.expected,
            Utility::Exponential => &self.unit.r,
        };
        let mut before = 1.0;
        let mut total = 0.0;
        for (step, (gain, variance)) in gains.iter().zip(&self.expected_variance).enumerate() {
            let part = held.get(step).copied().unwrap_or(0.0);
            total -= self.unit.terms.cost_r(before - part);
            total += part * gain - 0.5 * gamma * part * part * variance;
            before = part;
        }
        total - if self.unit.stopped { before * self.unit.stop_cost } else { self.unit.terms.cost_r(before) }
    }
}
