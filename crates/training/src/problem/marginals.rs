//! What learners are fitted to: marginal values K (H(k/K) − H((k−1)/K)) of hold values H(1/K) … H(1).

/// Marginal hold values of each state of one row, in R for one whole unit, in place.
pub(crate) fn to_marginals(hold: &mut [f64], tranches: usize) {
    for wait in hold.chunks_exact_mut(tranches) {
        for k in (0..tranches).rev() {
            let below = if k == 0 { 0.0 } else { wait[k - 1] };
            wait[k] = (wait[k] - below) * tranches as f64;
        }
    }
}

/// The targets whose mean at the right answer is that answer, under exponential utility; both are (N × outputs).
///
/// H is the certainty equivalent: E[exp(−γ(Z − H))] = 1, so with an estimate b the target b + (1 − exp(−γ(Z − b)))/γ has
/// mean H where b is H, and misses it by the square of what b does.
pub(crate) fn utility_targets(values: &mut [f64], estimates: &[f64], risk_aversion: f64) {
    // Beyond this the exponential of one trade would outweigh all others; it bounds a target, not a result.
    const MOST_EXPONENT: f64 = 4.0;
    for (value, estimate) in values.iter_mut().zip(estimates) {
        let exponent = (-risk_aversion * (*value - estimate)).min(MOST_EXPONENT);
        *value = estimate - exponent.exp_m1() / risk_aversion;
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{Shape, to_hold_values};

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
    fn targets_rest_at_the_certainty_equivalent() {
        // Gains of ±1 have the certainty equivalent −ln cosh 1.
        let level = -1.0_f64.cosh().ln();
        let mean = |near: f64| {
            let mut targets = [1.0, -1.0];
            utility_targets(&mut targets, &[near; 2], 1.0);
            targets.iter().sum::<f64>() / 2.0
        };
        assert!((mean(level) - level).abs() < 1e-12);
        assert!((mean(level + 0.01) - level).abs() < 1e-4);
    }
}
