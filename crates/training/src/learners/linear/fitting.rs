use ndarray::{ArrayView2, linalg::general_mat_mul};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_model::{LinearRegressor, Regressor, Scaler, Term, expand_terms, place_in_time};

use super::{
    BLOCK_ROWS, LinearConfig, TimeBasis, screening,
    solve::{Cholesky, elastic_net},
    terms,
};
use crate::{
    TrainingError,
    data::Sample,
    learners::{Fitted, Fitting},
};

/// The changes of the constant over time are known to be needed, so they are hardly penalised.
const CONSTANT_PENALTY: f64 = 1e-3;

/// Most products of features among the terms: the Gram matrix grows with their square.
const MOST_PRODUCTS: usize = 1_000;

/// Strongest penalty; beyond it nothing but the mean is left.
pub(crate) const MOST_PENALTY: f64 = 1e6;

/// The linear learner with the Gram matrix of its rows: each round only needs new right-hand sides.
pub(crate) struct LinearFitting<'a> {
    config: LinearConfig,
    sample: &'a Sample,
    weights: Vec<f64>,
    scalers: Vec<Scaler>,
    terms: Vec<Term>,
    time: TimeBasis,
    /// Rows by place in time, in blocks.
    blocks: Vec<Block>,
    total_weight: f64,
    /// Σ w x xᵀ / Σ w.
    gram: Vec<f64>,
    /// The same with the penalty, factored.
    ridge: Cholesky,
}

/// Some rows with the same number of bars to the horizon.
struct Block {
    knot: usize,
    share: f64,
    rows: Vec<usize>,
}

impl<'a> LinearFitting<'a> {
    pub(crate) fn new(config: LinearConfig, sample: &'a Sample, weights: Vec<f64>) -> Result<Self, TrainingError> {
        check(&config)?;
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

impl Fitting for LinearFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<Fitted, TrainingError> {
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

impl Block {
    fn hats(&self) -> impl Iterator<Item = (usize, f64)> {
        let hats = [(self.knot, 1.0 - self.share), (self.knot + 1, self.share)];
        hats.into_iter().filter(|&(_, share)| 0.0 < share)
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

pub(crate) fn check(config: &LinearConfig) -> Result<(), TrainingError> {
    let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
    if !(1..=5).contains(&config.degree) {
        return out_of_range("degree", f64::from(config.degree), "1 to 5");
    }
    if 20 < config.knots {
        return out_of_range("knots", config.knots as f64, "0 to 20");
    }
    if !(0.0..=MOST_PENALTY).contains(&config.penalty) {
        return out_of_range("penalty", config.penalty, "0 to 1000000");
    }
    if !(0.0..=1.0).contains(&config.l1_ratio) {
        return out_of_range("l1_ratio", config.l1_ratio, "0 to 1");
    }
    if config.most_features == 0 {
        return out_of_range("most_features", 0.0, "1 or more");
    }
    let interacting = config.interacting.min(config.most_features);
    if config.knots == 0 && MOST_PRODUCTS < products(interacting, config.degree) {
        let allowed = "as many as make no more than 1000 products of up to `degree` (16 at 3, 43 at 2)";
        return out_of_range("interacting", config.interacting as f64, allowed);
    }
    Ok(())
}

/// How many products of up to `degree` factors `features` features make, the constant among them.
fn products(features: usize, degree: u32) -> usize {
    (1..=degree as usize).fold(1, |product, factor| product.saturating_mul(features.saturating_add(factor)) / factor)
}

fn choose_terms(config: &LinearConfig, sample: &Sample) -> Result<(Vec<Scaler>, Vec<Term>), TrainingError> {
    let features: Vec<usize> = (0..sample.width).filter(|&feature| feature != sample.time_feature).collect();
    let scalers: Vec<Scaler> = features
        .par_iter()
        .map(|&feature| terms::scaler(sample, feature))
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect();
    let time_varies = sample.bars_to_horizon.iter().any(|bars| *bars != sample.bars_to_horizon[0]);
    if scalers.is_empty() && !time_varies {
        return Err(TrainingError::NothingVaries { features: sample.width });
    }
    let mut scalers = screening::ranked(scalers, sample, config.interacting.max(1));
    scalers.truncate(config.most_features);
    let raw = if config.knots == 0 {
        terms::products(scalers.len(), config.interacting, config.degree)
    } else {
        let knots: Vec<Vec<f64>> = scalers[..config.interacting.min(scalers.len())]
            .par_iter()
            .map(|scaler| terms::knots(scaler, sample, config.knots))
            .collect();
        terms::splines(scalers.len(), &knots)
    };
    let terms = terms::standardise(&scalers, raw, sample);
    Ok((scalers, terms))
}

fn blocks(sample: &Sample, time: &TimeBasis, horizon: u32) -> Vec<Block> {
    let mut by_bars = vec![Vec::new(); horizon as usize + 1];
    for (row, &bars) in sample.bars_to_horizon.iter().enumerate() {
        by_bars[bars as usize].push(row);
    }
    by_bars
        .iter()
        .enumerate()
        .flat_map(|(bars, rows)| {
            let (knot, share) = place_in_time(&time.knots, bars as f64);
            rows.chunks(BLOCK_ROWS).map(move |rows| Block { knot, share, rows: rows.to_vec() })
        })
        .collect()
}

fn expand(sample: &Sample, scalers: &[Scaler], terms: &[Term], block: &Block) -> Vec<f64> {
    let mut scaled = vec![0.0; scalers.len()];
    let mut expanded = vec![0.0; block.rows.len() * terms.len()];
    for (&row, values) in block.rows.iter().zip(expanded.chunks_exact_mut(terms.len())) {
        expand_terms(scalers, terms, sample.row(row), &mut scaled, values);
    }
    expanded
}

/// Σ w x xᵀ over all rows in the basis of far coefficient and changes.
fn gram(
    sample: &Sample,
    weights: &[f64],
    scalers: &[Scaler],
    terms: &[Term],
    time: &TimeBasis,
    blocks: &[Block],
) -> Vec<f64> {
    let (width, knots) = (terms.len(), time.knots.len());
    let columns = width * knots;
    let parts: Vec<Vec<f64>> = blocks
        .par_iter()
        .map(|block| {
            let mut expanded = expand(sample, scalers, terms, block);
            for (&row, values) in block.rows.iter().zip(expanded.chunks_exact_mut(width)) {
                let root = weights[row].sqrt();
                values.iter_mut().for_each(|value| *value *= root);
            }
            let mut product = ndarray::Array2::zeros((width, width));
            let expanded = view(&expanded, width);
            general_mat_mul(1.0, &expanded.t(), &expanded, 0.0, &mut product);
            product.into_raw_vec_and_offset().0
        })
        .collect();
    let mut hats = vec![0.0; columns * columns];
    for (block, part) in blocks.iter().zip(&parts) {
        for (knot, share) in block.hats() {
            for (other, other_share) in block.hats() {
                for (line, values) in part.chunks_exact(width).enumerate() {
                    let place = (knot * width + line) * columns + other * width;
                    for (sum, value) in hats[place..place + width].iter_mut().zip(values) {
                        *sum += share * other_share * value;
                    }
                }
            }
        }
    }
    accumulate_knots(&mut hats, width, knots);
    hats
}

/// From hats to changes, on both sides: sums of blocks over knots up to each.
fn accumulate_knots(matrix: &mut [f64], width: usize, knots: usize) {
    let columns = width * knots;
    for row in width..columns {
        for column in 0..columns {
            matrix[row * columns + column] += matrix[(row - width) * columns + column];
        }
    }
    for row in 0..columns {
        for column in width..columns {
            matrix[row * columns + column] += matrix[row * columns + column - width];
        }
    }
}

fn view(values: &[f64], width: usize) -> ArrayView2<'_, f64> {
    ArrayView2::from_shape((values.len() / width, width), values)
        .expect("Invariant: rows of equal width fill their buffer")
}
