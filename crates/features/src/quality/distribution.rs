use serde::{Deserialize, Serialize};

/// How values are spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// Number of values.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Sample deviation; 0 for a single value.
    pub deviation: f64,
    /// Probability and value, with linear interpolation between order statistics (Hyndman & Fan 1996, type 7).
    pub quantiles: Vec<(f64, f64)>,
    /// Number of distinct values, counted up to 100.
    pub distinct_to_100: usize,
}

const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

impl Distribution {
    /// The distribution of `values`; `None` without any.
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let (mut mean, mut squares) = (0.0, 0.0);
        for (index, value) in values.iter().enumerate() {
            let step = value - mean;
            mean += step / (index + 1) as f64;
            squares += step * (value - mean);
        }
        let quantile = |probability: f64| {
            let place = probability * last as f64;
            let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
            (probability, below + (above - below) * place.fract())
        };
        Some(Self {
            count: values.len(),
            mean,
            deviation: if last == 0 { 0.0 } else { (squares / last as f64).sqrt() },
            quantiles: PROBABILITIES.map(quantile).to_vec(),
            distinct_to_100: values.chunk_by(|a, b| a == b).take(100).count(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Distribution;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let distribution = Distribution::of(vec![4.0, 1.0, 3.0, 2.0, 2.0]).unwrap();
        assert_eq!(distribution.quantiles[3], (0.25, 2.0));
        assert_eq!(distribution.quantiles[8], (1.0, 4.0));
        assert_eq!((distribution.mean, distribution.distinct_to_100), (2.4, 4));
        assert!((distribution.deviation - 1.3_f64.sqrt()).abs() < 1e-15);
        assert_eq!(Distribution::of(vec![]), None);
    }
}
