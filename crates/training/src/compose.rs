//! Between hold values H(1/K) … H(1) and the marginal values a learner predicts: K (H(k/K) − H((k−1)/K)).

/// Marginal hold values of each state of one row, in R for one whole unit, in place.
pub(crate) fn to_marginals(hold: &mut [f64], tranches: usize) {
    for wait in hold.chunks_exact_mut(tranches) {
        for k in (0..tranches).rev() {
            let below = if k == 0 { 0.0 } else { wait[k - 1] };
            wait[k] = (wait[k] - below) * tranches as f64;
        }
    }
}

/// Hold values from marginal ones, in place; with `concave` the marginals are first made non-increasing.
pub(crate) fn to_hold_values(marginals: &mut [f64], tranches: usize, shape: Shape) {
    for wait in marginals.chunks_exact_mut(tranches) {
        match shape {
            Shape::Concave => project_non_increasing(wait),
            Shape::Free => {}
        }
        let mut total = 0.0;
        for value in wait {
            total += *value / tranches as f64;
            *value = total;
        }
    }
}

/// What is known of H as a function of the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Concave: every cost is convex in the part sold.
    Concave,
    /// Anything: a fee for every order, spacing between sales or few lots break concavity.
    Free,
}

/// The nearest non-increasing sequence in least squares (pool adjacent violators).
fn project_non_increasing(values: &mut [f64]) {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(values.len());
    for &value in values.iter() {
        let mut pool = (value, 1);
        while let Some(&(before, size)) = pools.last()
            && before < pool.0
        {
            let joined = size + pool.1;
            pool = ((before * size as f64 + pool.0 * pool.1 as f64) / joined as f64, joined);
            pools.pop();
        }
        pools.push(pool);
    }
    let mut place = 0;
    for (mean, size) in pools {
        values[place..place + size].fill(mean);
        place += size;
    }
}

/// The target whose mean at the right answer is that answer, under exponential utility; both are (N × outputs).
///
/// H is the certainty equivalent: E[exp(−γ(Z − H))] = 1, so with the present estimate b the target
/// b + (1 − exp(−γ(Z − b)))/γ has mean b exactly where b is right; rounds of fitting find it. The estimate is first
/// moved as a whole to where it is right on average, because from far above the target overshoots.
pub(crate) fn utility_targets(values: &mut [f64], present: &[f64], outputs: usize, risk_aversion: f64) {
    // Beyond this the exponential of one trade would outweigh all others; it bounds a target, not a result.
    const MOST_EXPONENT: f64 = 4.0;
    let moves: Vec<f64> =
        (0..outputs).map(|output| move_of_level(values, present, output, outputs, risk_aversion)).collect();
    for ((value, base), by) in values.iter_mut().zip(present).zip(moves.iter().cycle()) {
        let base = base + by;
        let exponent = (-risk_aversion * (*value - base)).min(MOST_EXPONENT);
        *value = base + (1.0 - exponent.exp()) / risk_aversion;
    }
}

/// −ln(mean exp(−γ(Z − b)))/γ over the rows of one output.
fn move_of_level(values: &[f64], present: &[f64], output: usize, outputs: usize, risk_aversion: f64) -> f64 {
    let above = || values.iter().zip(present).skip(output).step_by(outputs).map(|(value, base)| value - base);
    let worst = above().fold(f64::INFINITY, f64::min);
    let (mut count, mut sum) = (0.0_f64, 0.0);
    for above in above() {
        count += 1.0;
        sum += (-risk_aversion * (above - worst)).exp();
    }
    if count == 0.0 { 0.0 } else { worst - (sum / count).ln() / risk_aversion }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marginals_and_back() {
        let mut values = vec![0.3, 0.5, 0.6, 0.55];
        to_marginals(&mut values, 4);
        let expected = [1.2, 0.8, 0.4, -0.2];
        assert!(values.iter().zip(expected).all(|(got, want)| (got - want).abs() < 1e-12), "{values:?}");
        to_hold_values(&mut values, 4, Shape::Concave);
        assert!((values[3] - 0.55).abs() < 1e-12);
    }

    #[test]
    fn certainty_equivalents_are_where_the_targets_rest() {
        // Two outputs over four rows: gains of ±1 have the certainty equivalent −ln cosh 1.
        let gains = [1.0, 3.0, -1.0, 3.0, 1.0, 3.0, -1.0, 3.0];
        let mean = |values: &[f64], output: usize| values.iter().skip(output).step_by(2).sum::<f64>() / 4.0;
        for level in [-2.0, 0.0, 2.0] {
            let mut targets = gains;
            utility_targets(&mut targets, &[level; 8], 2, 1.0);
            let found = (mean(&targets, 0), mean(&targets, 1));
            assert!((found.0 + 1.0_f64.cosh().ln()).abs() < 1e-12 && (found.1 - 3.0).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn projection_pools_what_rises() {
        let mut values = vec![1.0, 3.0, 2.0, 0.0];
        project_non_increasing(&mut values);
        assert_eq!(values, vec![2.0, 2.0, 2.0, 0.0]);
    }
}
