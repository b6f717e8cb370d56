//! Columns that every market of a universe gets from all of them: their mean, its own rank, their breadth.
//!
//! A value at a close is made of closes at that moment or before, so nothing sees the future. A market that has not begun
//! is no member yet; one that has ended stays with its last close until [`UniverseConfig::max_age`] has passed.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use scaleout_market::{Bar, BarSeries, Column, Timestamp};
use serde::{Deserialize, Serialize};

use crate::length::Length;

/// Which columns are made of all markets.
///
/// - `universe`: an index that moves by the mean relative change of its members, 100 at its start. Features read it as they
///   read any column: `relative_strength:universe`, `correlation:universe`, `beta:universe`, `lead_lag:universe`.
/// - `universe_rank`: the share of other members whose change over the last [`bars`](Self::bars) bars is below the market's
///   own; ties count half. 0 is the weakest, 1 the strongest.
/// - `universe_breadth`: the share of members whose close is above that of so many bars ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniverseConfig {
    /// Bars over which rank and breadth look back, 1 to 10,000.
    #[serde(default = "default_bars")]
    pub bars: u32,
    /// A member without a close for longer than this is none, until it closes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Length>,
}

const fn default_bars() -> u32 {
    20
}

/// Names of the columns, in order.
pub(super) const NAMES: [&str; 3] = ["universe", "universe_rank", "universe_breadth"];

/// What is known of a member.
#[derive(Debug, Clone, Default)]
struct Member {
    last: Option<(Timestamp, f64)>,
    /// Closes of the last bars, the oldest first.
    closes: VecDeque<f64>,
    /// Relative change over the look-back; `None` before it is full.
    change: Option<f64>,
}

impl Member {
    fn close(&mut self, bar: &Bar, look_back: usize) {
        self.closes.push_back(bar.close);
        if look_back + 1 < self.closes.len() {
            self.closes.pop_front();
        }
        let first = self.closes.front().filter(|_| self.closes.len() == look_back + 1);
        self.change = first.map(|first| bar.close / first - 1.0);
        self.last = Some((bar.ts, bar.close));
    }

    fn is_member(&self, now: Timestamp, config: &UniverseConfig) -> bool {
        self.last.is_some_and(|(ts, _)| {
            config.max_age.is_none_or(|age| now.nanos().saturating_sub(ts.nanos()) <= age.nanos())
        })
    }
}

/// The columns of each market, one value a bar; closes are above 0.
pub(super) fn columns(markets: &[&BarSeries], config: &UniverseConfig) -> Vec<Vec<Column>> {
    let look_back = config.bars as usize;
    let mut members = vec![Member::default(); markets.len()];
    let mut next = vec![0_usize; markets.len()];
    let mut values: Vec<[Vec<Option<f64>>; 3]> = vec![Default::default(); markets.len()];
    let mut index = 100.0_f64;
    // All closes of one moment are known together.
    let close_of = |market: usize, next: &[usize]| markets[market].bars().get(next[market]).map(|bar| bar.ts);
    let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> =
        (0..markets.len()).filter_map(|market| Some(Reverse((close_of(market, &next)?, market)))).collect();
    while let Some(Reverse((now, first))) = due.pop() {
        let mut closing = vec![first];
        while let Some(Reverse((_, market))) = due.peek().filter(|due| due.0.0 == now).copied() {
            due.pop();
            closing.push(market);
        }
        let mut moved = 0.0;
        for &market in &closing {
            let bar = &markets[market].bars()[next[market]];
            // What happened while a market was no member is no move of the index.
            if members[market].is_member(now, config)
                && let Some((_, before)) = members[market].last
            {
                moved += bar.close / before - 1.0;
            }
            members[market].close(bar, look_back);
        }
        let of_now: Vec<bool> = members.iter().map(|member| member.is_member(now, config)).collect();
        let changes: Vec<Option<f64>> =
            members.iter().zip(&of_now).map(|(member, &is_in)| member.change.filter(|_| is_in)).collect();
        let count = of_now.iter().filter(|&&is_in| is_in).count();
        index *= 1.0 + moved / count.max(1) as f64;
        let mut known: Vec<f64> = changes.iter().flatten().copied().collect();
        known.sort_unstable_by(f64::total_cmp);
        let below = |value: f64| known.partition_point(|change| *change < value);
        let up_to = |value: f64| known.partition_point(|change| *change <= value);
        let of_known = |count: f64, all: usize| (0 < all).then(|| count / all as f64);
        let breadth = of_known((known.len() - up_to(0.0)) as f64, known.len());
        for &market in &closing {
            let rank = changes[market].and_then(|own| {
                let equal = (up_to(own) - below(own)) as f64 - 1.0;
                of_known(below(own) as f64 + 0.5 * equal, known.len() - 1)
            });
            let [indices, ranks, breadths] = &mut values[market];
            indices.push(Some(index));
            ranks.push(rank);
            breadths.push(breadth);
            next[market] += 1;
            due.extend(close_of(market, &next).map(|close| Reverse((close, market))));
        }
    }
    let named = |values: [Vec<Option<f64>>; 3]| {
        NAMES.iter().zip(values).map(|(name, values)| Column { name: (*name).to_owned(), values }).collect()
    };
    values.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000_000;

    fn series(from: i64, closes: &[f64]) -> BarSeries {
        let bar = |(place, &close): (usize, &f64)| {
            let open_ts = Timestamp::from_nanos((from + place as i64) * HOUR);
            let ts = open_ts.plus_nanos(HOUR);
            Bar { open_ts, ts, open: close, high: close, low: close, close, volume: 1.0 }
        };
        BarSeries::new(closes.iter().enumerate().map(bar).collect(), Vec::new()).unwrap()
    }

    fn of(markets: &[BarSeries], config: &UniverseConfig) -> Vec<Vec<Vec<Option<f64>>>> {
        let columns = columns(&markets.iter().collect::<Vec<_>>(), config);
        columns.into_iter().map(|market| market.into_iter().map(|column| column.values).collect()).collect()
    }

    const ONE_BAR: UniverseConfig = UniverseConfig { bars: 1, max_age: None };

    #[test]
    fn the_index_moves_by_the_mean_of_its_members() {
        let markets = [series(0, &[10.0, 11.0, 11.0]), series(0, &[100.0, 130.0, 65.0])];
        let values = of(&markets, &ONE_BAR);
        let index: Vec<f64> = values[0][0].iter().map(|value| value.unwrap()).collect();
        // +10 % and +30 %, then 0 % and −50 %.
        assert!((index[0] - 100.0).abs() < 1e-9 && (index[1] - 120.0).abs() < 1e-9 && (index[2] - 90.0).abs() < 1e-9);
        assert_eq!(values[0][0], values[1][0]);
        assert_eq!(
            (values[0][1].as_slice(), values[1][1].as_slice()),
            (&[None, Some(0.0), Some(1.0)][..], &[None, Some(1.0), Some(0.0)][..])
        );
        assert_eq!(values[0][2], [None, Some(1.0), Some(0.0)], "both rose, then none");
    }

    #[test]
    fn a_market_that_begins_late_joins_late_and_one_that_ended_leaves() {
        let markets = [series(0, &[10.0, 20.0, 20.0, 20.0]), series(2, &[5.0, 10.0]), series(0, &[1.0, 1.0])];
        let values = of(&markets, &UniverseConfig { bars: 1, max_age: Length::from_nanos(HOUR) });
        let index: Vec<f64> = values[0][0].iter().map(|value| value.unwrap()).collect();
        // Two members: +100 % and 0 %. Then three, none of which moves; then two, one of which doubles.
        assert_eq!(index, [100.0, 150.0, 150.0, 225.0]);
        assert_eq!(values[1][1], [None, Some(1.0)]);
    }

    #[test]
    fn nothing_sees_the_future() {
        let (one, two) = (series(0, &[10.0, 12.0, 9.0, 14.0]), series(0, &[5.0, 6.0, 7.0, 8.0]));
        let before = of(&[one.clone(), two], &ONE_BAR);
        let after = of(&[one, series(0, &[5.0, 6.0, 7.0, 80.0])], &ONE_BAR);
        for column in 0..3 {
            assert_eq!(before[0][column][..3], after[0][column][..3]);
        }
        assert_ne!(before[0][0][3], after[0][0][3]);
    }
}
