//! Fractional Gaussian noise: exact draws and exact forecasts by the recursion of Durbin and Levinson (Hosking 1984).

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Increments of fractional Brownian motion on [0, 1] in equal steps: forecasts of each from those before it.
pub(super) struct FractionalNoise {
    /// `coefficients[t][k]`: weight of increment `t − 1 − k` in the forecast of increment `t`.
    coefficients: Vec<Vec<f64>>,
    /// Deviation of increment `t` about its forecast.
    deviations: Vec<f64>,
}

impl FractionalNoise {
    pub(super) fn new(hurst: f64, steps: usize) -> Self {
        let scale = (steps as f64).powf(-2.0 * hurst);
        let covariance = |lag: usize| {
            let power = |distance: f64| distance.abs().powf(2.0 * hurst);
            let lag = lag as f64;
            0.5 * scale * (power(lag + 1.0) - 2.0 * power(lag) + power(lag - 1.0))
        };
        let mut coefficients: Vec<Vec<f64>> = vec![Vec::new()];
        let mut variance = covariance(0);
        let mut deviations = vec![variance.sqrt()];
        for t in 1..steps {
            let before = &coefficients[t - 1];
            let explained: f64 = before.iter().enumerate().map(|(k, weight)| weight * covariance(t - 1 - k)).sum();
            let reflection = (covariance(t) - explained) / variance;
            let mut weights: Vec<f64> = (0..t - 1).map(|k| before[k] - reflection * before[t - 2 - k]).collect();
            weights.push(reflection);
            variance *= 1.0 - reflection * reflection;
            deviations.push(variance.max(0.0).sqrt());
            coefficients.push(weights);
        }
        Self { coefficients, deviations }
    }

    pub(super) fn steps(&self) -> usize {
        self.deviations.len()
    }

    /// Mean of increment `t` given the `t` increments before it.
    pub(super) fn forecast(&self, past: &[f64]) -> f64 {
        let weights = &self.coefficients[past.len()];
        past.iter().rev().zip(weights).map(|(value, weight)| value * weight).sum()
    }

    /// All increments of a path.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut increments = Vec::with_capacity(self.steps());
        for deviation in &self.deviations {
            let shock: f64 = rng.sample(StandardNormal);
            increments.push(self.forecast(&increments) + deviation * shock);
        }
        increments
    }

    /// For each of `horizons`, the weights of the first `t` increments in the mean of the sum of the next `horizon`
    /// ones, as far as there are any.
    pub(super) fn sum_weights(&self, t: usize, horizons: &[usize]) -> Vec<Vec<f64>> {
        let longest = horizons.iter().copied().max().unwrap_or(0).min(self.steps() - t);
        // `means[i]`: weights of the past in the mean of increment `i`; a known one is itself.
        let unit = |i: usize| (0..t).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
        let mut means: Vec<Vec<f64>> = (0..t).map(unit).collect();
        let mut sum = vec![0.0; t];
        let mut sums = vec![sum.clone()];
        for i in t..t + longest {
            let mut mean = vec![0.0; t];
            for (weight, earlier) in self.coefficients[i].iter().zip(means.iter().rev()) {
                mean.iter_mut().zip(earlier).for_each(|(to, from)| *to += weight * from);
            }
            sum.iter_mut().zip(&mean).for_each(|(to, from)| *to += from);
            sums.push(sum.clone());
            means.push(mean);
        }
        horizons.iter().map(|&horizon| sums[horizon.min(longest)].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::FractionalNoise;

    #[test]
    fn a_path_ends_with_deviation_one_and_persistence_shows() {
        let noise = FractionalNoise::new(0.7, 20);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let paths: Vec<Vec<f64>> = (0..20_000).map(|_| noise.draw(&mut rng)).collect();
        let ends: f64 = paths.iter().map(|path| path.iter().sum::<f64>().powi(2)).sum::<f64>() / 20_000.0;
        // Twenty thousand squares: one percent.
        assert!((ends - 1.0).abs() < 0.04, "{ends}");
        let lag: f64 = paths.iter().map(|path| path[3] * path[4]).sum::<f64>() / 20_000.0;
        let exact = (2_f64.powf(1.4) / 2.0 - 1.0) * 20_f64.powf(-1.4);
        assert!((lag / exact - 1.0).abs() < 0.1, "{lag} for {exact}");
    }

    #[test]
    fn forecasts_of_sums_start_with_the_forecast_of_the_next() {
        let noise = FractionalNoise::new(0.7, 20);
        let past = [0.1, -0.2, 0.3];
        let weights = noise.sum_weights(3, &[1, 5]);
        let next: f64 = weights[0].iter().zip(past).map(|(a, b)| a * b).sum();
        assert!((next - noise.forecast(&past)).abs() < 1e-14);
        // The second increment ahead: forecast it from the past and the forecast.
        let two = noise.sum_weights(3, &[2]);
        let both: f64 = two[0].iter().zip(past).map(|(a, b)| a * b).sum();
        assert!((both - next - noise.forecast(&[0.1, -0.2, 0.3, next])).abs() < 1e-14);
    }
}
