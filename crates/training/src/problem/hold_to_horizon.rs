//! What the recorded paths say that holding was worth, before anything is fitted.

use scaleout_exits::Objective;
use scaleout_model::{FractionGrid, SaleConstraints};

use crate::{
    problem::{rewards::Rewards, target_table::TargetTable, targets::realised_values},
    rows::data::TrainingData,
};

impl TrainingData {
    /// The realised hold value of a whole unit at every decision of the trades at `indices`, in R, in the order of
    /// their rows: what it still earned in `objective` until its stop or the horizon, held all the way, end costs paid.
    ///
    /// It is the target of the first round of every learner. Values of one trade overlap, so their number is no number
    /// of independent cases.
    pub fn realised_hold_values(&self, indices: &[usize], objective: &Objective) -> Vec<f64> {
        let grid = FractionGrid::new(1, &SaleConstraints::default());
        let sample = self.sample(indices, grid);
        let policy = TargetTable::hold(&sample, grid);
        realised_values(&sample, grid, objective, Rewards::realised(&sample), &policy, None)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_exits::{Objective, TradeTerms, UnitPath};
    use scaleout_market::Timestamp;
    use scaleout_model::RowLayout;
    use scaleout_validation::Span;

    use crate::rows::data::{PathRows, TrainingData};

    #[test]
    fn holding_is_worth_what_came_after() {
        let terms = TradeTerms {
            proportional_r: 0.25,
            per_order_r: 0.0,
            impact_r: 0.0,
            impact_power: 1.0,
            lots: None,
            min_lots: 0,
        };
        let layout = RowLayout::standard(vec![], None);
        let path = |r: Vec<f64>, variance: Vec<f64>, start: i64| PathRows {
            span: Span::new(Timestamp::from_secs(start), Timestamp::from_secs(start + 10)).unwrap(),
            features: vec![0.0; 2 * layout.width()],
            unit: UnitPath::from_steps(1, r, variance, false, terms),
        };
        let paths = vec![path(vec![1.0, -2.0], vec![1.0, 4.0], 0), path(vec![0.5, 0.5], vec![0.0, 0.0], 10)];
        let data = TrainingData::new(layout, 2, paths).unwrap();
        let neutral = data.realised_hold_values(&[1, 0], &Objective::mean_variance(0.0));
        assert_eq!(neutral, [0.75, 0.25, -1.25, -2.25]);
        let averse = data.realised_hold_values(&[0], &Objective::mean_variance(0.5));
        assert_eq!(averse, [-1.25 - 0.25 * 5.0, -2.25 - 0.25 * 4.0]);
    }
}
