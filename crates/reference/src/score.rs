//! The value of a rule with the error of its simulation.

/// The value of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// In the problem's tabled unit.
    pub value: f64,
    /// Of the simulation; 0 where the value is exact.
    pub standard_error: f64,
}

impl Score {
    /// Mean of a sample with its standard error.
    pub(crate) fn of_sample(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self { value: mean, standard_error: (squares / (count - 1.0).max(1.0) / count).sqrt() }
    }

    /// Mean over deviation of a sample, with the error of a normal sample's ratio (Lo 2002, equation 6).
    pub(crate) fn ratio_of_sample(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = Self::of_sample(values);
        let ratio = mean.value / (mean.standard_error * count.sqrt());
        Self { value: ratio, standard_error: ((1.0 + 0.5 * ratio * ratio) / count).sqrt() }
    }
}
