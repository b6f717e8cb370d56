use rayon::{iter::ParallelIterator, slice::ParallelSlice};
use serde::{Deserialize, Serialize};

use super::BLOCK_ROWS;
use crate::data::Sample;

/// How one feature becomes a number of unit deviation: clamped to the range seen in training, centred, scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// Position of the feature in a row.
    pub feature: usize,
    /// Least value let through: the .1 % quantile of the training rows.
    pub low: f64,
    /// Greatest value let through: the 99.9 % quantile.
    pub high: f64,
    /// Mean of the clamped training values.
    pub mean: f64,
    /// Deviation of the clamped training values; above 0.
    pub deviation: f64,
}

impl Scaler {
    /// The scaler of `feature` over `sample`; `None` if it is constant or missing everywhere.
    pub(crate) fn fitted(sample: &Sample, feature: usize) -> Option<Self> {
        let mut values: Vec<f32> = sample
            .features
            .iter()
            .skip(feature)
            .step_by(sample.width)
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        values.sort_unstable_by(f32::total_cmp);
        let last = values.len().checked_sub(1)?;
        let cut = (last as f64 * 0.001) as usize;
        let (low, high) = (f64::from(values[cut]), f64::from(values[last - cut]));
        let count = values.len() as f64;
        let clamped = || values.iter().map(|value| f64::from(*value).clamp(low, high));
        let mean = clamped().sum::<f64>() / count;
        let deviation = (clamped().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        // A deviation of rounding errors is none.
        (mean.abs().max(high - low) * 1e-9 < deviation).then_some(Self { feature, low, high, mean, deviation })
    }

    /// `count` quantiles of the scaled training values that have values on both sides, each once.
    pub(crate) fn knots(&self, sample: &Sample, count: usize) -> Vec<f64> {
        let column = sample.features.iter().skip(self.feature).step_by(sample.width);
        let mut values: Vec<f64> = column.filter(|value| value.is_finite()).map(|value| self.scaled(*value)).collect();
        values.sort_unstable_by(f64::total_cmp);
        let (Some(&least), Some(&most)) = (values.first(), values.last()) else { return Vec::new() };
        let mut knots: Vec<f64> = (1..=count).map(|knot| values[knot * (values.len() - 1) / (count + 1)]).collect();
        knots.dedup();
        knots.retain(|knot| least < *knot && *knot < most);
        knots
    }

    /// The scaled value; 0, the mean, where it is missing.
    pub fn scaled(&self, value: f32) -> f64 {
        if value.is_nan() { 0.0 } else { (f64::from(value).clamp(self.low, self.high) - self.mean) / self.deviation }
    }
}

/// One column of the regression: a product of powers and hinges of scaled features, centred and scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// (position among the scalers, power) of each factor; empty for the constant.
    pub factors: Vec<(usize, u32)>,
    /// (position among the scalers, knot) of each factor max(0, x − knot).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hinges: Vec<(usize, f64)>,
    /// Mean over the training rows; 0 for the constant.
    pub mean: f64,
    /// Deviation over the training rows; 1 for the constant.
    pub deviation: f64,
}

impl Term {
    /// A term before its mean and deviation are known.
    pub(crate) fn raw(factors: Vec<(usize, u32)>) -> Self {
        Self { factors, hinges: Vec::new(), mean: 0.0, deviation: 1.0 }
    }

    /// The product of two terms before their means are known.
    fn times(&self, other: &Self) -> Self {
        let factors = [self.factors.as_slice(), &other.factors].concat();
        Self { hinges: [self.hinges.as_slice(), &other.hinges].concat(), ..Self::raw(factors) }
    }

    /// Positions of the scalers it is made of.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        let hinged = self.hinges.iter().map(|&(place, _)| place);
        self.factors.iter().map(|&(place, _)| place).chain(hinged)
    }

    fn is_constant(&self) -> bool {
        self.factors.is_empty() && self.hinges.is_empty()
    }

    /// The term's value at scaled features.
    pub fn value(&self, scaled: &[f64]) -> f64 {
        let powers: f64 = self.factors.iter().map(|&(place, exponent)| power(scaled[place], exponent)).product();
        let hinges: f64 = self.hinges.iter().map(|&(place, knot)| (scaled[place] - knot).max(0.0)).product();
        (powers * hinges - self.mean) / self.deviation
    }
}

/// `base` to the power `exponent`; the small ones without a call.
fn power(base: f64, exponent: u32) -> f64 {
    let square = base * base;
    match exponent {
        1 => base,
        2 => square,
        3 => base * square,
        4 => square * square,
        5 => base * (square * square),
        _ => base.powi(exponent as i32),
    }
}

/// The values of all `terms` at one row.
pub(crate) fn expand(scalers: &[Scaler], terms: &[Term], row: &[f32], scaled: &mut [f64], values: &mut [f64]) {
    for (out, scaler) in scaled.iter_mut().zip(scalers) {
        *out = scaler.scaled(row[scaler.feature]);
    }
    for (out, term) in values.iter_mut().zip(terms) {
        *out = term.value(scaled);
    }
}

/// The constant, all products of the first `interacting` scalers up to `degree`, and the other scalers alone.
pub(crate) fn products(scalers: usize, interacting: usize, degree: u32) -> Vec<Term> {
    let mut terms = vec![Term::raw(Vec::new())];
    let mut powers = vec![0_u32; interacting.min(scalers)];
    add_products(&mut terms, &mut powers, 0, degree);
    terms.extend((powers.len()..scalers).map(|place| Term::raw(vec![(place, 1)])));
    terms
}

/// The constant, linear splines with `knots[i]` of the first scalers, all products of a function of the first with one of
/// the second of these, and the other scalers alone.
pub(crate) fn splines(scalers: usize, knots: &[Vec<f64>]) -> Vec<Term> {
    let of_feature = |place: usize| -> Vec<Term> {
        let hinges = knots[place].iter().map(|&knot| Term { hinges: vec![(place, knot)], ..Term::raw(Vec::new()) });
        std::iter::once(Term::raw(vec![(place, 1)])).chain(hinges).collect()
    };
    let functions: Vec<Vec<Term>> = (0..knots.len()).map(of_feature).collect();
    let mut terms = vec![Term::raw(Vec::new())];
    terms.extend(functions.iter().flatten().cloned());
    if let [first, second, ..] = functions.as_slice() {
        terms.extend(first.iter().flat_map(|one| second.iter().map(|other| one.times(other))));
    }
    terms.extend((knots.len()..scalers).map(|place| Term::raw(vec![(place, 1)])));
    terms
}

fn add_products(terms: &mut Vec<Term>, powers: &mut Vec<u32>, place: usize, left: u32) {
    if place == powers.len() {
        let factors: Vec<(usize, u32)> =
            powers.iter().enumerate().filter(|&(_, &power)| 0 < power).map(|(place, &power)| (place, power)).collect();
        if !factors.is_empty() {
            terms.push(Term::raw(factors));
        }
        return;
    }
    for power in 0..=left {
        powers[place] = power;
        add_products(terms, powers, place + 1, left - power);
    }
    powers[place] = 0;
}

/// Fits the terms' means and deviations over the rows of `sample`, and drops those that do not vary.
pub(crate) fn standardise(scalers: &[Scaler], terms: Vec<Term>, sample: &Sample) -> Vec<Term> {
    let parts: Vec<Spread> = sample
        .features
        .par_chunks(BLOCK_ROWS * sample.width)
        .map(|rows| spread(scalers, &terms, rows, sample.width))
        .collect();
    let total = parts.into_iter().reduce(Spread::with).unwrap_or_default();
    terms
        .into_iter()
        .zip(total.means.into_iter().zip(total.squares))
        .filter_map(|(term, (mean, square))| {
            let deviation = (square / total.rows).sqrt();
            if term.is_constant() { Some(term) } else { (1e-6 < deviation).then_some(Term { mean, deviation, ..term }) }
        })
        .collect()
}

/// Means of the terms over some rows, and their sums of squares about them.
#[derive(Debug, Clone, Default)]
struct Spread {
    rows: f64,
    means: Vec<f64>,
    squares: Vec<f64>,
}

impl Spread {
    /// Over the rows of both (Chan, Golub & LeVeque 1979).
    fn with(mut self, other: Self) -> Self {
        let rows = self.rows + other.rows;
        let sums = self.means.iter_mut().zip(&mut self.squares).zip(other.means.iter().zip(&other.squares));
        for ((mean, square), (other_mean, other_square)) in sums {
            let change = other_mean - *mean;
            *mean += change * other.rows / rows;
            *square += other_square + change * change * self.rows * other.rows / rows;
        }
        Self { rows, ..self }
    }
}

/// Means and sums of squares over `rows` (n × `width`), by Welford's update.
fn spread(scalers: &[Scaler], terms: &[Term], rows: &[f32], width: usize) -> Spread {
    let (mut scaled, mut values) = (vec![0.0; scalers.len()], vec![0.0; terms.len()]);
    let mut spread = Spread { rows: 0.0, means: vec![0.0; terms.len()], squares: vec![0.0; terms.len()] };
    for row in rows.chunks_exact(width) {
        expand(scalers, terms, row, &mut scaled, &mut values);
        spread.rows += 1.0;
        for ((value, mean), square) in values.iter().zip(&mut spread.means).zip(&mut spread.squares) {
            let change = value - *mean;
            *mean += change / spread.rows;
            *square += change * (value - *mean);
        }
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_all_monomials_up_to_the_degree() {
        assert_eq!(products(2, 2, 3).len(), 10, "C(2 + 3, 3)");
        assert_eq!(products(5, 3, 2).len(), 12, "C(3 + 2, 2) and two alone");
    }

    #[test]
    fn splines_bend_at_their_knots() {
        let terms = splines(4, &[vec![0.5, 1.5], vec![1.0], vec![]]);
        // The constant, 3 + 2 + 1 functions, 3 × 2 products and one alone.
        assert_eq!(terms.len(), 1 + 6 + 6 + 1);
        let at = |x: f64, y: f64| terms.iter().map(|term| term.value(&[x, y, 0.0, 7.0])).collect::<Vec<f64>>();
        assert_eq!(at(2.0, 3.0), [1.0, 2.0, 1.5, 0.5, 3.0, 2.0, 0.0, 6.0, 4.0, 4.5, 3.0, 1.5, 1.0, 7.0]);
        assert_eq!(at(0.0, 1.0)[1..6], [0.0, 0.0, 0.0, 1.0, 0.0]);
    }
}
