use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Contestant, equity_path::EquityPath, timeline::Timeline};

/// Net R of a contestant at each moment of the timeline, all its trades together.
pub(crate) fn profit_by_moment(contestant: &Contestant, timeline: &Timeline) -> Vec<f64> {
    let mut profit = vec![0.0; timeline.moments.len()];
    for outcome in &contestant.outcomes {
        for (moment, net_r) in timeline.marks(outcome) {
            profit[moment] += net_r;
        }
    }
    profit
}

/// The equity path of each cell.
pub(crate) fn path_by_cell(profit: &[f64], timeline: &Timeline) -> Vec<EquityPath> {
    let mut paths = vec![EquityPath::FLAT; timeline.cells];
    for (step, &cell) in profit.iter().zip(&timeline.moment_cell) {
        paths[cell as usize] = paths[cell as usize].then_step(*step);
    }
    paths
}

/// Cumulative net R and its distance from the running peak, for one contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquityCurve {
    /// Name of the contestant.
    pub name: String,
    /// Cumulative net R at each mark.
    pub equity_r: Vec<f64>,
    /// Distance below the highest equity so far (moments between marks included); 0 or more.
    pub drawdown_r: Vec<f64>,
}

/// Most marks of an equity curve; longer histories are thinned evenly, the last moment kept.
pub(crate) const MOST_MARKS: usize = 2_000;

/// The places of the moments that curves are marked at.
pub(crate) fn mark_places(moments: usize) -> Vec<usize> {
    let step = moments.div_ceil(MOST_MARKS).max(1);
    let mut places: Vec<usize> = (0..moments).rev().step_by(step).collect();
    places.reverse();
    places
}

/// The curve of `profit` at `places`.
pub(crate) fn curve(name: &str, profit: &[f64], places: &[usize]) -> EquityCurve {
    let (mut equity, mut peak, mut next) = (0.0, 0.0_f64, 0);
    let mut curve = EquityCurve { name: name.to_owned(), equity_r: Vec::new(), drawdown_r: Vec::new() };
    for (moment, step) in profit.iter().enumerate() {
        equity += step;
        peak = peak.max(equity);
        if places.get(next) == Some(&moment) {
            curve.equity_r.push(equity);
            curve.drawdown_r.push(peak - equity);
            next += 1;
        }
    }
    curve
}

/// The moments at `places`.
pub(crate) fn mark_times(timeline: &Timeline, places: &[usize]) -> Vec<Timestamp> {
    places.iter().map(|&place| timeline.moments[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_join_into_the_drawdown_of_the_whole() {
        let steps = [1.0, 2.0, -4.0, 1.0, -2.5, 6.0, -1.0];
        let whole = steps.iter().fold(EquityPath::FLAT, |path, step| path.then_step(*step));
        assert_eq!((whole.total, whole.peak, whole.trough, whole.drawdown), (2.5, 3.5, -2.5, 5.5));
        for cut in 0..steps.len() {
            let path = |part: &[f64]| part.iter().fold(EquityPath::FLAT, |path, step| path.then_step(*step));
            assert_eq!(path(&steps[..cut]).then(path(&steps[cut..])), whole);
        }
    }

    #[test]
    fn thinned_curves_keep_the_peak_between_marks_and_the_end() {
        let thinned = curve("a", &[5.0, -1.0, 0.0, -1.0], &[1, 3]);
        assert_eq!(thinned.equity_r, vec![4.0, 3.0]);
        assert_eq!(thinned.drawdown_r, vec![1.0, 2.0]);
        assert_eq!(mark_places(4_001).len(), 1_334);
        assert_eq!(mark_places(4_001).last(), Some(&4_000));
        assert!(mark_places(0).is_empty());
    }
}
