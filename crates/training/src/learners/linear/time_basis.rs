//! Knots over the bars to the horizon.

/// Knots over the bars to the horizon.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeBasis {
    /// The knots, increasing.
    pub knots: Vec<f64>,
}

impl TimeBasis {
    /// Knots at 1, 2, 4, 7, … growing by `GROWTH` up to the horizon; at every bar where there are no more than ten.
    pub(crate) fn new(horizon_bars: u32) -> Self {
        const GROWTH: f64 = 1.8;
        const FEW_BARS: u32 = 10;
        if horizon_bars <= FEW_BARS {
            return Self { knots: (1..=horizon_bars.max(1)).map(f64::from).collect() };
        }
        let horizon = f64::from(horizon_bars);
        let mut knots = vec![1.0];
        let mut next: f64 = 2.0;
        while next * GROWTH.sqrt() < horizon {
            knots.push(next);
            next = (next * GROWTH).round();
        }
        knots.push(horizon);
        Self { knots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knots_thin_out_away_from_the_horizon() {
        assert_eq!(TimeBasis::new(60).knots, vec![1.0, 2.0, 4.0, 7.0, 13.0, 23.0, 41.0, 60.0]);
        assert_eq!(TimeBasis::new(1).knots, vec![1.0]);
        assert_eq!(TimeBasis::new(5).knots, vec![1.0, 2.0, 3.0, 4.0, 5.0]);
    }
}
