//! Which of several markets carry a result, and whether it stands without any one of them.

use std::collections::BTreeMap;

use scaleout_market::Entry;
use serde::{Deserialize, Serialize};

use crate::{TradeScores, resample::Resample, stats::bootstrap::DrawPurpose};

/// Markets whose removal gets an interval: those that move the mean most.
const MOST_INTERVALS: usize = 40;

/// The model against the benchmark by market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByMarket {
    /// The contestant that is compared.
    pub candidate: String,
    /// The contestant it is compared with.
    pub baseline: String,
    /// Every market with a test trade, in order of its part in the difference, the largest gain first.
    pub markets: Vec<MarketFigures>,
    /// Whether the 95 % interval of the mean difference in J stays above 0 whichever market is left out; `None` where it
    /// reaches 0 with all of them.
    pub holds_without_any: Option<bool>,
}

/// One market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketFigures {
    /// Its symbol.
    pub symbol: String,
    /// Test trades.
    pub trades: usize,
    /// Mean J of the candidate.
    pub candidate_objective: f64,
    /// Mean J of the baseline.
    pub baseline_objective: f64,
    /// Mean net R of the candidate.
    pub candidate_net_r: f64,
    /// Mean net R of the baseline.
    pub baseline_net_r: f64,
    /// What it adds to the mean difference in J over all trades: these sum to that mean.
    pub part: f64,
    /// Mean difference in J over the trades of the other markets.
    pub without: f64,
    /// Two-sided 95 % block-bootstrap interval of it; `None` for markets that move the mean little.
    pub without_ci95: Option<[f64; 2]>,
}

/// The figures of `candidate` and `baseline` by market, if there are several.
pub(crate) fn by_market(
    entries: &[Entry],
    candidate: &TradeScores,
    baseline: &TradeScores,
    ci95: Option<[f64; 2]>,
    resample: &Resample,
    draws: usize,
) -> Option<ByMarket> {
    let mut trades_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (trade, entry) in entries.iter().enumerate() {
        trades_of.entry(&entry.symbol).or_default().push(trade);
    }
    if trades_of.len() < 2 {
        return None;
    }
    let difference: Vec<f64> = candidate.objective.iter().zip(&baseline.objective).map(|(a, b)| a - b).collect();
    let (count, total) = (entries.len() as f64, difference.iter().sum::<f64>());
    let mut markets: Vec<MarketFigures> = trades_of
        .iter()
        .map(|(symbol, trades)| {
            let own = trades.len() as f64;
            let sum = |values: &[f64]| trades.iter().map(|&trade| values[trade]).sum::<f64>();
            let gained = sum(&difference);
            MarketFigures {
                symbol: (*symbol).to_owned(),
                trades: trades.len(),
                candidate_objective: sum(&candidate.objective) / own,
                baseline_objective: sum(&baseline.objective) / own,
                candidate_net_r: sum(&candidate.net_r) / own,
                baseline_net_r: sum(&baseline.net_r) / own,
                part: gained / count,
                without: (total - gained) / (count - own),
                without_ci95: None,
            }
        })
        .collect();
    markets.sort_by(|a, b| b.part.total_cmp(&a.part).then_with(|| a.symbol.cmp(&b.symbol)));
    let mut moving: Vec<usize> = (0..markets.len()).collect();
    let mean = total / count;
    moving.sort_by(|&a, &b| (markets[a].without - mean).total_cmp(&(markets[b].without - mean)));
    moving.truncate(MOST_INTERVALS);
    let trades_of: Vec<&[usize]> =
        moving.iter().map(|&place| trades_of[markets[place].symbol.as_str()].as_slice()).collect();
    for (&place, ci95) in moving.iter().zip(intervals_without(&difference, &trades_of, resample, draws)) {
        markets[place].without_ci95 = ci95;
    }
    let is_above = |ci95: Option<[f64; 2]>| ci95.is_some_and(|[low, _]| 0.0 < low);
    // Those left out of the intervals raise the mean by going, or lower it least.
    let holds = || moving.iter().all(|&place| is_above(markets[place].without_ci95));
    let holds_without_any = is_above(ci95).then(holds);
    Some(ByMarket { candidate: candidate.name.clone(), baseline: baseline.name.clone(), markets, holds_without_any })
}

/// The interval of the mean of `difference` without the trades of each market.
fn intervals_without(
    difference: &[f64],
    trades_of: &[&[usize]],
    resample: &Resample,
    draws: usize,
) -> Vec<Option<[f64; 2]>> {
    let one: Vec<f64> = vec![1.0; difference.len()];
    // Sums and counts by cell: of all trades, then of each market.
    let mut series = vec![resample.sums_by_cell(difference), resample.sums_by_cell(&one)];
    for trades in trades_of {
        for values in [difference, &one] {
            let mut own = vec![0.0; values.len()];
            trades.iter().for_each(|&trade| own[trade] = values[trade]);
            series.push(resample.sums_by_cell(&own));
        }
    }
    let series: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let drawn = resample.bootstrap.total_draws(&series, draws, resample.seed, DrawPurpose::Comparisons, |totals| {
        let (sum, count) = (totals[0], totals[1]);
        let others = totals[2..].chunks_exact(2).map(|own| (sum - own[0]) / (count - own[1]));
        others.collect::<Vec<f64>>()
    });
    (0..trades_of.len())
        .map(|market| {
            let mut means: Vec<f64> = drawn.iter().map(|draw| draw[market]).filter(|mean| mean.is_finite()).collect();
            resample.rule.interval(&mut means)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::fake::FakeRun;

    #[test]
    fn parts_sum_to_the_whole_and_the_market_that_carries_it_is_named() {
        let run = FakeRun::new(4, 200, 0.5).on_markets(|trade| if trade % 4 == 0 { vec!["B"] } else { vec!["A"] });
        let evaluation = run.evaluate();
        let by_market = evaluation.by_market.unwrap();
        let parts: f64 = by_market.markets.iter().map(|market| market.part).sum();
        let whole = evaluation.comparisons[0].mean_objective_difference;
        assert!((parts - whole).abs() < 1e-12, "{parts} {whole}");
        let trades: Vec<(&str, usize)> =
            by_market.markets.iter().map(|market| (market.symbol.as_str(), market.trades)).collect();
        assert_eq!(trades, [("A", 150), ("B", 50)]);
        assert_eq!(by_market.holds_without_any, Some(true), "both markets have the edge: {:?}", by_market.markets);
    }

    #[test]
    fn one_market_is_no_comparison_of_markets() {
        assert_eq!(FakeRun::new(4, 100, 0.5).evaluate().by_market, None);
    }

    /// The same trades on a second market that moves with the first are no further evidence.
    #[test]
    fn markets_that_move_together_count_once() {
        let single = FakeRun::new(7, 150, 0.2).evaluate();
        let double = FakeRun::new(7, 150, 0.2).on_markets(|_| vec!["A", "B"]).evaluate();
        let mean = |evaluation: &crate::Evaluation| evaluation.comparisons[0].mean_objective_difference;
        assert!((mean(&single) - mean(&double)).abs() < 1e-12);
        let (once, twice) = (single.power.effective_trades, double.power.effective_trades);
        assert!(twice < 1.1 * once, "{once} effective trades, {twice} with the copy");
        let width = |evaluation: &crate::Evaluation| {
            let [low, high] = evaluation.comparisons[0].ci95.unwrap();
            high - low
        };
        assert!(0.9 * width(&single) < width(&double), "{} {}", width(&single), width(&double));
    }
}
