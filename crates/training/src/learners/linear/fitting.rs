//! Fits of the linear learner: the Gram matrix of its rows once, a right-hand side for each round.

use ndarray::linalg::general_mat_mul;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_model::{LinearRegressor, Regressor, Scaler, Term, expand_terms, place_in_time};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        linear::{
            blocks::{TimeBlock, blocks, expand, gram, view},
            columns::{MOST_PRODUCTS, choose_terms, number_of_products},
            config::{LinearConfig, SPLINE_KNOTS},
            solve::{Cholesky, elastic_net},
            time_basis::TimeBasis,
        },
    },
    rows::sample::RowSample,
};

/// The changes of the constant over time are known to be needed, so they are hardly penalised.
const CONSTANT_PENALTY: f64 = 1e-3;

/// Strongest penalty; beyond it nothing but the mean is left.
pub(crate) const MOST_PENALTY: f64 = 1e6;

/// The linear learner with the Gram matrix of its rows: each round only needs new right-hand sides.
pub(crate) struct LinearFitting<'a> {
    config: LinearConfig,
    sample: &'a RowSample,
    weights: Vec<f64>,
    scalers: Vec<Scaler>,
    terms: Vec<Term>,
    time: TimeBasis,
    /// Rows by place in time, in blocks.
    blocks: Vec<TimeBlock>,
    total_weight: f64,
    /// Σ w x xᵀ / Σ w.
    gram: Vec<f64>,
    /// The same with the penalty, factored.
    ridge: Cholesky,
}

impl<'a> LinearFitting<'a> {
    pub(crate) fn new(config: LinearConfig, sample: &'a RowSample, weights: Vec<f64>) -> Result<Self, TrainingError> {
        config.check()?;
        let (scalers, terms) = choose_terms(&config, sample)?;
        let horizon = sample.bars_to_horizon.iter().copied().max().unwrap_or(1);
        let time = TimeBasis::new(horizon);
        let blocks = blocks(sample, &time, horizon);
        let total_weight: f64 = weights.iter().sum();
        let columns = terms.len() * time.knots.len();
        let mut matrix = gram(sample, &weights, &scalers, &terms, &time, &blocks);
        for value in &mut matrix {
            *value /= total_weight;
        }
        let mut penalised = matrix.clone();
        for column in 0..columns {
            penalised[column * columns + column] +=
                1e-10 + config.penalty * penalty_of(column, terms.len(), time.knots.len());
        }
        let singular = || TrainingError::Singular { columns, penalty: config.penalty };
        let ridge = Cholesky::new(&penalised, columns).ok_or_else(singular)?;
        Ok(Self { config, sample, weights, scalers, terms, time, blocks, total_weight, gram: matrix, ridge })
    }

    /// Σ w x yᵀ / Σ w in the basis of far coefficient and changes, shape (columns, outputs).
    fn cross(&self, targets: &[f64], outputs: usize) -> Vec<f64> {
        let parts: Vec<Vec<f64>> = self
            .blocks
            .par_iter()
            .map(|block| {
                let expanded = expand(self.sample, &self.scalers, &self.terms, block);
                let weighted: Vec<f64> = block
                    .rows
                    .iter()
                    .flat_map(|&row| {
                        let weight = self.weights[row] / self.total_weight;
                        targets[row * outputs..][..outputs].iter().map(move |target| target * weight)
                    })
                    .collect();
                let mut product = ndarray::Array2::zeros((self.terms.len(), outputs));
                let weighted = view(&weighted, outputs);
                general_mat_mul(1.0, &view(&expanded, self.terms.len()).t(), &weighted, 0.0, &mut product);
                product.into_raw_vec_and_offset().0
            })
            .collect();
        let width = self.terms.len() * outputs;
        let mut cross = vec![0.0; self.time.knots.len() * width];
        for (block, part) in self.blocks.iter().zip(parts) {
            for (knot, share) in block.hats() {
                for (sum, value) in cross[knot * width..][..width].iter_mut().zip(&part) {
                    *sum += share * value;
                }
            }
        }
        // From hats to changes: the column of knot c acts at every knot up to c.
        for knot in 1..self.time.knots.len() {
            for place in 0..width {
                cross[knot * width + place] += cross[(knot - 1) * width + place];
            }
        }
        cross
    }

    /// The elastic net's answer for one right-hand side, by linfa.
    fn elastic_net(&self, mut right: Vec<f64>) -> Result<Vec<f64>, TrainingError> {
        let (terms, knots, columns) = (self.terms.len(), self.time.knots.len(), right.len());
        // linfa penalises all columns alike, so the columns are scaled instead.
        let scales: Vec<f64> = (0..columns).map(|column| penalty_of(column, terms, knots).powf(-0.5)).collect();
        let mut gram = self.gram.clone();
        for (row, line) in gram.chunks_exact_mut(columns).enumerate() {
            for (value, scale) in line.iter_mut().zip(&scales) {
                *value *= scales[row] * scale;
            }
            // Columns of splines may say the same.
            line[row] *= 1.0 + if self.config.knots == 0 { 1e-9 } else { 1e-7 };
        }
        let singular = || TrainingError::Singular { columns, penalty: self.config.penalty };
        let gram = Cholesky::new(&gram, columns).ok_or_else(singular)?;
        right.iter_mut().zip(&scales).for_each(|(value, scale)| *value *= scale);
        let mut fitted = elastic_net(&gram, &right, self.config.penalty, self.config.l1_ratio)?;
        fitted.iter_mut().zip(&scales).for_each(|(value, scale)| *value *= scale);
        Ok(fitted)
    }

    /// The columns that `solve` finds, one right-hand side for each output.
    fn solved(
        &self,
        targets: &[f64],
        outputs: usize,
        solve: impl Fn(Vec<f64>) -> Result<Vec<f64>, TrainingError> + Sync,
    ) -> Result<Vec<Vec<f64>>, TrainingError> {
        let cross = self.cross(targets, outputs);
        let (columns, far_constant) = (self.columns(), self.far_constant());
        let solved: Vec<Result<Vec<f64>, TrainingError>> = (0..outputs)
            .into_par_iter()
            .map(|output| {
                // Targets of mean 0 and unit deviation, so that a penalty means the same for all and what they are
                // counted from means nothing.
                let (mean, deviation) = self.moments(targets, outputs, output);
                let ones = &self.gram[far_constant * columns..][..columns];
                let right = cross.iter().skip(output).step_by(outputs).zip(ones);
                let mut fitted = solve(right.map(|(value, one)| (value - mean * one) / deviation).collect())?;
                fitted.iter_mut().for_each(|value| *value *= deviation);
                fitted[far_constant] += mean;
                Ok(fitted)
            })
            .collect();
        solved.into_iter().collect()
    }

    /// The columns of the ridge fit, one slice of them for each output.
    pub(crate) fn ridge(&self, targets: &[f64], outputs: usize) -> Result<Vec<Vec<f64>>, TrainingError> {
        self.solved(targets, outputs, |mut right| {
            self.ridge.solve(&mut right);
            Ok(right)
        })
    }

    /// Columns of the regression: (knot, term), the last knot's the far coefficient, the others changes towards it.
    pub(crate) fn columns(&self) -> usize {
        self.terms.len() * self.time.knots.len()
    }

    /// The column of the far constant, 1 in every row.
    pub(crate) fn far_constant(&self) -> usize {
        self.columns() - self.terms.len()
    }

    /// `rows` in those columns, shape (N, columns).
    pub(crate) fn in_columns(&self, rows: &[usize]) -> Vec<f64> {
        let (terms, knots) = (self.terms.len(), &self.time.knots);
        let mut scaled = vec![0.0; self.scalers.len()];
        let mut values = vec![0.0; terms];
        let mut out = vec![0.0; rows.len() * self.columns()];
        for (&row, out) in rows.iter().zip(out.chunks_exact_mut(self.columns())) {
            expand_terms(&self.scalers, &self.terms, self.sample.row(row), &mut scaled, &mut values);
            let (knot, share) = place_in_time(knots, f64::from(self.sample.bars_to_horizon[row]));
            // The column of a knot acts at every knot up to it.
            for (later, out) in out.chunks_exact_mut(terms).enumerate().skip(knot) {
                let acts = if later == knot { 1.0 - share } else { 1.0 };
                out.iter_mut().zip(&values).for_each(|(out, value)| *out = acts * value);
            }
        }
        out
    }

    /// The regressor of fitted columns, one slice of them for each output.
    pub(crate) fn regressor(&self, fitted: &[Vec<f64>]) -> LinearRegressor {
        let (terms, knots, outputs) = (self.terms.len(), self.time.knots.len(), fitted.len());
        let mut coefficients = vec![0.0; knots * terms * outputs];
        for (output, changes) in fitted.iter().enumerate() {
            for term in 0..terms {
                let mut sum = 0.0;
                for knot in (0..knots).rev() {
                    sum += changes[knot * terms + term];
                    coefficients[(knot * terms + term) * outputs + output] = sum;
                }
            }
        }
        LinearRegressor {
            outputs,
            time_feature: self.sample.time_feature,
            knots: self.time.knots.clone(),
            scalers: self.scalers.clone(),
            terms: self.terms.clone(),
            coefficients,
        }
    }
}

impl Learner for LinearConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(1..=5).contains(&self.degree) {
            return out_of_range("degree", f64::from(self.degree), "1 to 5");
        }
        if 20 < self.knots {
            return out_of_range("knots", self.knots as f64, "0 to 20");
        }
        if !(0.0..=MOST_PENALTY).contains(&self.penalty) {
            return out_of_range("penalty", self.penalty, "0 to 1000000");
        }
        if !(0.0..=1.0).contains(&self.l1_ratio) {
            return out_of_range("l1_ratio", self.l1_ratio, "0 to 1");
        }
        if self.most_features == 0 {
            return out_of_range("most_features", 0.0, "1 or more");
        }
        let interacting = self.interacting.min(self.most_features);
        if self.knots == 0 && MOST_PRODUCTS < number_of_products(interacting, self.degree) {
            let allowed = "as many as make no more than 1000 products of up to `degree` (16 at 3, 43 at 2)";
            return out_of_range("interacting", self.interacting as f64, allowed);
        }
        Ok(())
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        _seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(LinearFitting::new(self.clone(), sample, weights)?))
    }

    fn starts_alone(&self) -> bool {
        true
    }

    fn is_flexible(&self) -> bool {
        false
    }

    fn variations(&self) -> Vec<Self> {
        let penalties = [1.0, 10.0, 100.0].map(|factor| Self { penalty: self.penalty * factor, ..self.clone() });
        // Columns of splines lean on each other, and then a lasso's descent is slow to settle.
        let splines = (self.knots == 0).then(|| Self { knots: SPLINE_KNOTS, l1_ratio: 0.0, ..self.clone() });
        penalties.into_iter().chain(splines).collect()
    }

    // Degree and how many features are multiplied; the strength of the penalty is the small search's.
    fn wide_variations(&self) -> Vec<Self> {
        let with = |degree: u32, interacting| Self { degree: degree.clamp(1, 5), interacting, ..self.clone() };
        vec![
            with(self.degree - 1, self.interacting),
            with(self.degree + 1, self.interacting),
            with(self.degree, self.interacting + 2),
            with(self.degree, self.interacting.saturating_sub(2)),
        ]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self::default()
    }
}

impl Fitting for LinearFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        Ok(Regressor::Linear(self.regressor(&self.ridge(targets, outputs)?)).into())
    }

    fn finish(&mut self, targets: &[f64], outputs: usize) -> Result<Option<Regressor>, TrainingError> {
        if self.config.l1_ratio == 0.0 || self.config.penalty == 0.0 {
            return Ok(None);
        }
        let columns = self.solved(targets, outputs, |right| self.elastic_net(right))?;
        Ok(Some(Regressor::Linear(self.regressor(&columns))))
    }
}

impl LinearFitting<'_> {
    /// Weighted mean and deviation of one output's targets.
    fn moments(&self, targets: &[f64], outputs: usize, output: usize) -> (f64, f64) {
        let values = || targets.iter().skip(output).step_by(outputs).zip(&self.weights);
        let mean = values().map(|(value, weight)| value * weight).sum::<f64>() / self.total_weight;
        let square = values().map(|(value, weight)| weight * (value - mean).powi(2)).sum::<f64>() / self.total_weight;
        (mean, square.sqrt().max(1e-12))
    }
}

/// Columns are (knot, term); the last knot's block is the far coefficient, the others changes towards it.
fn penalty_of(column: usize, terms: usize, knots: usize) -> f64 {
    match (column % terms, column / terms) {
        (0, knot) if knot + 1 == knots => CONSTANT_PENALTY * 1e-3,
        (0, _) => CONSTANT_PENALTY,
        _ => 1.0,
    }
}
