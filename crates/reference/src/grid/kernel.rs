/// Evenly spaced values of one state variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GridAxis {
    pub low: f64,
    pub spacing: f64,
    pub len: usize,
}

impl GridAxis {
    /// `2 · half + 1` values with `centre` in the middle, out to `reach` on both sides.
    pub(crate) fn centred(centre: f64, reach: f64, half: usize) -> Self {
        let spacing = reach / half as f64;
        Self { low: centre - reach, spacing, len: 2 * half + 1 }
    }

    pub(crate) fn at(&self, index: usize) -> f64 {
        self.low + self.spacing * index as f64
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        let axis = *self;
        (0..axis.len).map(move |index| axis.at(index))
    }

    pub(crate) fn nearest(&self, value: f64) -> usize {
        let position = ((value - self.low) / self.spacing).round();
        position.clamp(0.0, (self.len - 1) as f64) as usize
    }
}

/// Weights of the nodes that give a smooth function's value at `value`: cubic interpolation, exact on a node.
pub(crate) fn point_weights(axis: &GridAxis, value: f64) -> Vec<f64> {
    let mut weights = vec![0.0; axis.len];
    let first = (((value - axis.low) / axis.spacing).floor() as usize).saturating_sub(1).min(axis.len - 4);
    for (node, weight) in weights.iter_mut().enumerate().skip(first).take(4) {
        let others = (first..first + 4).filter(|other| *other != node);
        *weight = others.map(|other| (value - axis.at(other)) / (axis.at(node) - axis.at(other))).product();
    }
    weights
}

/// An axis around `start` whose nodes include both `start` and `kink`, spaced at most `spacing`.
pub(crate) fn aligned_axis(start: f64, kink: f64, spacing: f64, reach: f64) -> GridAxis {
    let distance = (kink - start).abs();
    let spacing = if distance < 1e-12 { spacing } else { distance / (distance / spacing).ceil() };
    let half = (reach / spacing).ceil();
    GridAxis::centred(start, half * spacing, half as usize)
}

/// Gaussian transition probabilities from each value of one axis to those of another, as bands.
///
/// Weights are the density at the nodes, made to sum to 1: for smooth functions the error vanishes faster than any
/// power of the spacing, at a kink it is of second order in it.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    rows: Vec<Band>,
}

#[derive(Debug, Clone)]
struct Band {
    first: usize,
    weights: Vec<f64>,
}

/// Standard deviations beyond which a transition is cut off: the mass left out is 3e-12.
const REACH: f64 = 7.0;

impl Kernel {
    /// From `from[i]` to a normal law with mean `mean(from[i])` and deviation `sd` on `to`.
    pub(crate) fn gaussian(from: &GridAxis, to: &GridAxis, sd: f64, mean: impl Fn(f64) -> f64) -> Self {
        Self::mixture(from, to, sd, |value| [(1.0, mean(value))])
    }

    /// From `from[i]` to a mixture of normal laws with deviation `sd`, given as pairs of weight and mean.
    pub(crate) fn mixture<const PARTS: usize>(
        from: &GridAxis,
        to: &GridAxis,
        sd: f64,
        parts: impl Fn(f64) -> [(f64, f64); PARTS],
    ) -> Self {
        let row = |value: f64| {
            let parts = parts(value);
            let centres = parts.iter().map(|(_, centre)| *centre);
            let lowest = centres.clone().fold(f64::INFINITY, f64::min);
            let first = to.nearest(lowest - REACH * sd);
            let last = to.nearest(centres.fold(f64::NEG_INFINITY, f64::max) + REACH * sd);
            let density = |index: usize| {
                let part =
                    |(weight, centre): &(f64, f64)| weight * (-0.5 * ((to.at(index) - centre) / sd).powi(2)).exp();
                parts.iter().map(part).sum::<f64>()
            };
            let mut weights: Vec<f64> = (first..=last).map(density).collect();
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= total);
            } else {
                // The law lies beyond the axis: all its mass goes to the nearest node.
                return Band { first: to.nearest(lowest), weights: vec![1.0] };
            }
            Band { first, weights }
        };
        Self { rows: from.values().map(row).collect() }
    }

    /// The transitions that end on `axis` above the node `barrier`, which counts half: what falls below is killed.
    ///
    /// `survival(from)` is the exact probability of ending above the barrier, to which each row is scaled.
    pub(crate) fn killed_below(mut self, barrier: usize, survival: &[f64]) -> Self {
        for (band, &alive) in self.rows.iter_mut().zip(survival) {
            for (index, weight) in (band.first..).zip(&mut band.weights) {
                if index <= barrier {
                    *weight *= if index == barrier { 0.5 } else { 0.0 };
                }
            }
            let total: f64 = band.weights.iter().sum();
            if total > 0.0 {
                band.weights.iter_mut().for_each(|weight| *weight *= alive / total);
            }
        }
        self
    }

    /// `out[i] = E[next | from[i]]`.
    pub(crate) fn expect(&self, next: &[f64], out: &mut [f64]) {
        for (band, value) in self.rows.iter().zip(out) {
            let reached = &next[band.first..band.first + band.weights.len()];
            *value = dot(&band.weights, reached);
        }
    }

    /// Adds to `out` where the mass at each of the `from` values goes: the transpose of [`Kernel::expect`].
    pub(crate) fn spread(&self, mass: &[f64], out: &mut [f64]) {
        for (band, &here) in self.rows.iter().zip(mass).filter(|(_, here)| **here != 0.0) {
            for (weight, there) in band.weights.iter().zip(&mut out[band.first..]) {
                *there += here * weight;
            }
        }
    }

    /// [`Kernel::expect`] along the first axis of arrays of shape `(len, width)`.
    pub(crate) fn expect_rows(&self, next: &[f64], width: usize, out: &mut [f64]) {
        if width == 1 {
            self.expect(next, out);
            return;
        }
        for (band, row) in self.rows.iter().zip(out.chunks_exact_mut(width)) {
            row.fill(0.0);
            for (weight, reached) in band.weights.iter().zip(next[band.first * width..].chunks_exact(width)) {
                for (value, there) in row.iter_mut().zip(reached) {
                    *value += weight * there;
                }
            }
        }
    }

    /// [`Kernel::spread`] along the first axis of arrays of shape `(len, width)`.
    pub(crate) fn spread_rows(&self, mass: &[f64], width: usize, out: &mut [f64]) {
        if width == 1 {
            self.spread(mass, out);
            return;
        }
        for (band, row) in self.rows.iter().zip(mass.chunks_exact(width)) {
            if row.iter().all(|here| *here == 0.0) {
                continue;
            }
            for (weight, there) in band.weights.iter().zip(out[band.first * width..].chunks_exact_mut(width)) {
                for (value, here) in there.iter_mut().zip(row) {
                    *value += weight * here;
                }
            }
        }
    }
}

/// Sum of products in four strands, so that the processor need not wait for each addition.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut strands = [0.0; 4];
    let (a_blocks, b_blocks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..4 {
            strands[lane] += x[lane] * y[lane];
        }
    }
    strands.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::{GridAxis, Kernel};

    #[test]
    fn moments_of_a_step_are_those_of_the_normal_law() {
        let axis = GridAxis::centred(0.0, 9.0, 300);
        let kernel = Kernel::gaussian(&axis, &axis, 0.5, |x| 0.9 * x);
        let here = axis.at(axis.nearest(1.0));
        for (power, exact) in [(1, 0.9 * here), (2, 0.81 * here * here + 0.25)] {
            let next: Vec<f64> = axis.values().map(|x| x.powi(power)).collect();
            let mut out = vec![0.0; axis.len];
            kernel.expect(&next, &mut out);
            // The tails that are cut off hold 3e-12 of the mass.
            assert!((out[axis.nearest(1.0)] - exact).abs() < 1e-10);
        }
    }

    #[test]
    fn spreading_is_the_transpose_of_expecting() {
        let axis = GridAxis::centred(0.0, 3.0, 20);
        let kernel = Kernel::gaussian(&axis, &axis, 0.5, |x| 0.9 * x);
        let next: Vec<f64> = axis.values().map(|x| x.sin() + x * x).collect();
        let mass: Vec<f64> = axis.values().map(|x| 1.0 + x.cos()).collect();
        let (mut expected, mut spread) = (vec![0.0; axis.len], vec![0.0; axis.len]);
        kernel.expect(&next, &mut expected);
        kernel.spread(&mass, &mut spread);
        let left: f64 = expected.iter().zip(&mass).map(|(a, b)| a * b).sum();
        let right: f64 = spread.iter().zip(&next).map(|(a, b)| a * b).sum();
        assert!((left - right).abs() < 1e-10);
        let (mut wide, mut tall) = (vec![0.0; 2 * axis.len], vec![0.0; 2 * axis.len]);
        let doubled: Vec<f64> = next.iter().flat_map(|value| [*value, 2.0 * value]).collect();
        kernel.expect_rows(&doubled, 2, &mut wide);
        assert!(wide.chunks_exact(2).zip(&expected).all(|(pair, one)| (pair[1] - 2.0 * one).abs() < 1e-12));
        let heavy: Vec<f64> = mass.iter().flat_map(|value| [*value, 2.0 * value]).collect();
        kernel.spread_rows(&heavy, 2, &mut tall);
        assert!(tall.chunks_exact(2).zip(&spread).all(|(pair, one)| (pair[1] - 2.0 * one).abs() < 1e-12));
    }
}
