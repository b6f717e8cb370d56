//! Exact values of the rules of thumb for a hidden trend (B8): trailing stop, target and stop.
//!
//! A trailing stop's state is the drawdown, a bracket's the gain, each next to whether the trend still stands. The
//! recursions integrate by Simpson's rule over the interval in which the trade goes on.

use super::hidden_trend::Trend;
use crate::normal;

/// Intervals that the range of the state is cut into; even, for Simpson's rule.
const INTERVALS: usize = 120;

/// The value of holding until the gain is `width` below its best, the fill's 0 included.
pub(super) fn trailing_stop(trend: &Trend, width: f64) -> f64 {
    // Node i stands for the drawdown i · spacing. A return r leads from D to max(0, D − r).
    let nodes = Nodes::new(width);
    let [up, down] = [trend.up, trend.down]
        .map(|mean| nodes.matrix(|from, to| normal::density(from - to - mean), |from| Some(normal::cdf(mean - from))));
    nodes.value(trend, &up, &down, 0.0)
}

/// The value of the best target and stop, each a multiple of half a deviation up to 16 and 8.
pub(super) fn best_bracket(trend: &Trend) -> f64 {
    let halves = |count: u32| (1..=count).map(|half| 0.5 * f64::from(half));
    let mut best = f64::NEG_INFINITY;
    // The matrix depends on the distance of the barriers alone, the start on where the fill lies between them.
    for distance in halves(48).skip(1) {
        let nodes = Nodes::new(distance);
        let [up, down] =
            [trend.up, trend.down].map(|mean| nodes.matrix(|from, to| normal::density(to - from - mean), |_| None));
        let by_start = nodes.values(trend, &up, &down);
        for stop in halves(16).filter(|stop| *stop < distance && distance - stop <= 16.0) {
            best = best.max(nodes.at_start(trend, &by_start, stop));
        }
    }
    best
}

/// Evenly spaced values of a state that ends the trade beyond `width`.
struct Nodes {
    spacing: f64,
}

/// Weights of the next values for each present one.
type Matrix = Vec<Vec<f64>>;

impl Nodes {
    fn new(width: f64) -> Self {
        Self { spacing: width / INTERVALS as f64 }
    }

    /// Simpson weights times the density of going from one node to another, with all the mass of `at_zero` on 0.
    fn matrix(&self, density: impl Fn(f64, f64) -> f64, at_zero: impl Fn(f64) -> Option<f64>) -> Matrix {
        let simpson = |node: usize| match node {
            0 | INTERVALS => 1.0,
            node if node % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let row = |from: usize| {
            let from = self.spacing * from as f64;
            let weight = |to: usize| simpson(to) * self.spacing / 3.0 * density(from, self.spacing * to as f64);
            let mut row: Vec<f64> = (0..=INTERVALS).map(weight).collect();
            row[0] += at_zero(from).unwrap_or(0.0);
            row
        };
        (0..=INTERVALS).map(row).collect()
    }

    /// Values while the trend stands and after it has turned, by node, at the fill.
    fn values(&self, trend: &Trend, up: &Matrix, down: &Matrix) -> [Vec<f64>; 2] {
        let dot = |row: &[f64], values: &[f64]| row.iter().zip(values).map(|(a, b)| a * b).sum::<f64>();
        let (mut standing, mut turned) = (vec![0.0; INTERVALS + 1], vec![0.0; INTERVALS + 1]);
        for _ in 0..trend.bars {
            let mixed: Vec<f64> =
                standing.iter().zip(&turned).map(|(s, t)| (1.0 - trend.turn) * s + trend.turn * t).collect();
            standing = up.iter().map(|row| trend.up + dot(row, &mixed)).collect();
            turned = down.iter().map(|row| trend.down + dot(row, &turned)).collect();
        }
        [standing, turned]
    }

    fn value(&self, trend: &Trend, up: &Matrix, down: &Matrix, start: f64) -> f64 {
        self.at_start(trend, &self.values(trend, up, down), start)
    }

    fn at_start(&self, trend: &Trend, [standing, turned]: &[Vec<f64>; 2], start: f64) -> f64 {
        let position = start / self.spacing;
        let node = (position as usize).min(INTERVALS - 1);
        let part = position - node as f64;
        let at = |values: &[f64]| (1.0 - part) * values[node] + part * values[node + 1];
        trend.start * at(standing) + (1.0 - trend.start) * at(turned)
    }
}
