//! Mean, deviation, skew and kurtosis; `None` where the numbers do not determine them.

/// The mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample deviation (divisor n − 1); `None` below two values.
pub fn deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// Mean ÷ sample deviation, per period of the values; `None` below two values or without any variation.
pub fn sharpe(values: &[f64]) -> Option<f64> {
    let spread = deviation(values).filter(|&spread| spread > 0.0)?;
    Some(mean(values)? / spread)
}

/// Skew and kurtosis (3 for a normal) with divisor n; `None` without variation.
pub fn skew_and_kurtosis(values: &[f64]) -> Option<(f64, f64)> {
    let centre = mean(values)?;
    let moment =
        |power: i32| values.iter().map(|value| (value - centre).powi(power)).sum::<f64>() / values.len() as f64;
    let variance = moment(2);
    (variance > 0.0).then(|| (moment(3) / variance.powf(1.5), moment(4) / (variance * variance)))
}

/// The first autocorrelation, from −.99 to .99; `None` below four values or without variation.
pub fn autocorrelation(values: &[f64]) -> Option<f64> {
    let centre = mean(values).filter(|_| values.len() > 3)?;
    let variance: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    let along: f64 = values.windows(2).map(|pair| (pair[0] - centre) * (pair[1] - centre)).sum();
    (variance > 0.0).then(|| (along / variance).clamp(-0.99, 0.99))
}

/// The value at the share `p` of the sorted `values`, linear between neighbours; `None` of nothing.
pub fn quantile_of_sorted(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let values = [1.0, 2.0, 3.0, 6.0];
        assert_eq!(mean(&values), Some(3.0));
        assert!((deviation(&values).unwrap() - (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(quantile_of_sorted(&values, 0.5), Some(2.5));
        assert_eq!(skew_and_kurtosis(&[-1.0, 1.0]), Some((0.0, 1.0)));
        assert_eq!(autocorrelation(&[1.0, -1.0, 1.0, -1.0]), Some(-0.75));
    }

    #[test]
    fn undefined_is_none() {
        assert_eq!(mean(&[]), None);
        assert_eq!(deviation(&[1.0]), None);
        assert_eq!(sharpe(&[2.0, 2.0]), None);
        assert_eq!(skew_and_kurtosis(&[2.0, 2.0]), None);
        assert_eq!(quantile_of_sorted(&[], 0.5), None);
    }
}
