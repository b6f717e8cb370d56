//! Choosing the columns of a linear fit on the training rows.

use rayon::{iter::ParallelIterator, slice::ParallelSlice};
use scaleout_model::{Scaler, Term, expand_terms};

use crate::{learners::linear::blocks::BLOCK_ROWS, rows::sample::RowSample};

/// The scaler of `feature` over `sample`; `None` if it is constant or missing everywhere.
pub(crate) fn scaler(sample: &RowSample, feature: usize) -> Option<Scaler> {
    let mut values: Vec<f32> =
        sample.features.iter().skip(feature).step_by(sample.width).copied().filter(|value| value.is_finite()).collect();
    values.sort_unstable_by(f32::total_cmp);
    let last = values.len().checked_sub(1)?;
    let cut = (last as f64 * 0.001) as usize;
    let (low, high) = (f64::from(values[cut]), f64::from(values[last - cut]));
    let count = values.len() as f64;
    let clamped = || values.iter().map(|value| f64::from(*value).clamp(low, high));
    let mean = clamped().sum::<f64>() / count;
    let deviation = (clamped().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    // A deviation of rounding errors is none.
    (mean.abs().max(high - low) * 1e-9 < deviation).then_some(Scaler { feature, low, high, mean, deviation })
}

/// `count` quantiles of the values that `scaler` makes of the training rows, with values on both sides, each once.
pub(crate) fn knots(scaler: &Scaler, sample: &RowSample, count: usize) -> Vec<f64> {
    let column = sample.features.iter().skip(scaler.feature).step_by(sample.width);
    let mut values: Vec<f64> = column.filter(|value| value.is_finite()).map(|value| scaler.scaled(*value)).collect();
    values.sort_unstable_by(f64::total_cmp);
    let (Some(&least), Some(&most)) = (values.first(), values.last()) else { return Vec::new() };
    let mut knots: Vec<f64> = (1..=count).map(|knot| values[knot * (values.len() - 1) / (count + 1)]).collect();
    knots.dedup();
    knots.retain(|knot| least < *knot && *knot < most);
    knots
}

/// A term before its mean and deviation are known.
fn raw(factors: Vec<(usize, u32)>) -> Term {
    Term { factors, hinges: Vec::new(), mean: 0.0, deviation: 1.0 }
}

/// The product of two terms before their means are known.
fn product(one: &Term, other: &Term) -> Term {
    let factors = [one.factors.as_slice(), &other.factors].concat();
    Term { hinges: [one.hinges.as_slice(), &other.hinges].concat(), ..raw(factors) }
}

fn is_constant(term: &Term) -> bool {
    term.factors.is_empty() && term.hinges.is_empty()
}

/// The constant, all products of the first `interacting` scalers up to `degree`, and the other scalers alone.
pub(crate) fn products(scalers: usize, interacting: usize, degree: u32) -> Vec<Term> {
    let mut terms = vec![raw(Vec::new())];
    let mut powers = vec![0_u32; interacting.min(scalers)];
    add_products(&mut terms, &mut powers, 0, degree);
    terms.extend((powers.len()..scalers).map(|place| raw(vec![(place, 1)])));
    terms
}

/// The constant, linear splines with `knots[i]` of the first scalers, all products of a function of the first with one of
/// the second of these, and the other scalers alone.
pub(crate) fn splines(scalers: usize, knots: &[Vec<f64>]) -> Vec<Term> {
    let of_feature = |place: usize| -> Vec<Term> {
        let hinges = knots[place].iter().map(|&knot| Term { hinges: vec![(place, knot)], ..raw(Vec::new()) });
        std::iter::once(raw(vec![(place, 1)])).chain(hinges).collect()
    };
    let functions: Vec<Vec<Term>> = (0..knots.len()).map(of_feature).collect();
    let mut terms = vec![raw(Vec::new())];
    terms.extend(functions.iter().flatten().cloned());
    if let [first, second, ..] = functions.as_slice() {
        terms.extend(first.iter().flat_map(|one| second.iter().map(|other| product(one, other))));
    }
    terms.extend((knots.len()..scalers).map(|place| raw(vec![(place, 1)])));
    terms
}

fn add_products(terms: &mut Vec<Term>, powers: &mut Vec<u32>, place: usize, left: u32) {
    if place == powers.len() {
        let factors: Vec<(usize, u32)> =
            powers.iter().enumerate().filter(|&(_, &power)| 0 < power).map(|(place, &power)| (place, power)).collect();
        if !factors.is_empty() {
            terms.push(raw(factors));
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
pub(crate) fn standardise(scalers: &[Scaler], terms: Vec<Term>, sample: &RowSample) -> Vec<Term> {
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
            if is_constant(&term) { Some(term) } else { (1e-6 < deviation).then_some(Term { mean, deviation, ..term }) }
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
        expand_terms(scalers, terms, row, &mut scaled, &mut values);
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
