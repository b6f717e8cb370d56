//! Imbalance bars: a bar closes when buyers or sellers outweigh the other side by more than is expected of a bar.
//!
//! López de Prado, "Advances in Financial Machine Learning" (2018), section 2.3.2.1: with b the sign of a trade and w its
//! weight (1, or its quantity), a bar closes at the first T with |Σ b·w| ≥ E[T] · |E[b·w]|. E[T] is an exponential mean
//! over earlier bars, E[b·w] one over earlier trades.
//!
//! Assumed, since the book leaves it open: a span of 20 bars for E[T], and of as many trades as 20 bars of the declared
//! size hold for E[b·w]; the first bar closes at the declared number of trades; E[T] stays between a tenth and ten times
//! that number, without which the rule is known to run away. The sign is that of the file, else of the tick rule.

use scaleout_market::{Aggressor, Trade};

use crate::sides::TickRule;

/// What a trade weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    One,
    Quantity,
}

const SPAN_BARS: f64 = 20.0;

/// The imbalance of the bar at hand, and what is expected of a bar.
#[derive(Debug, Clone)]
pub(crate) struct Imbalance {
    weight: Weight,
    declared: f64,
    expected_trades: f64,
    /// E[b·w]; none before the first bar has closed.
    expected_signed: Option<f64>,
    signed: f64,
    tick_rule: TickRule,
}

impl Imbalance {
    /// No trade yet; a bar is expected to hold `trades`.
    pub(crate) fn new(weight: Weight, trades: u64) -> Self {
        let declared = trades as f64;
        Self {
            weight,
            declared,
            expected_trades: declared,
            expected_signed: None,
            signed: 0.0,
            tick_rule: TickRule::default(),
        }
    }

    /// Adds a trade to the bar at hand.
    pub(crate) fn add(&mut self, trade: &Trade) {
        let by_tick_rule = self.tick_rule.update(trade.price);
        let sign = trade.aggressor.or(by_tick_rule).map_or(0.0, Aggressor::sign);
        let signed = match self.weight {
            Weight::One => sign,
            Weight::Quantity => sign * trade.qty,
        };
        self.signed += signed;
        if let Some(expected) = &mut self.expected_signed {
            *expected += share(SPAN_BARS * self.declared) * (signed - *expected);
        }
    }

    /// Whether a bar of so many trades is complete.
    pub(crate) fn is_full(&self, trades: u64) -> bool {
        match self.expected_signed {
            None => self.declared <= trades as f64,
            Some(expected) => self.expected_trades * expected.abs() <= self.signed.abs(),
        }
    }

    /// Begins the next bar after one of so many trades.
    pub(crate) fn close(&mut self, trades: u64) {
        let trades = trades as f64;
        self.expected_signed.get_or_insert(self.signed / trades);
        self.expected_trades += share(SPAN_BARS) * (trades - self.expected_trades);
        self.expected_trades = self.expected_trades.clamp(self.declared / 10.0, self.declared * 10.0);
        self.signed = 0.0;
    }
}

/// The weight of the newest value in an exponential mean of this span.
fn share(span: f64) -> f64 {
    2.0 / (span + 1.0)
}

#[cfg(test)]
mod tests {
    use scaleout_market::Timestamp;

    use super::*;
    use crate::bar_builder::{BarSpec, bars_from_trades};

    /// Trades a second apart: the sign says who bought.
    fn tape(signed: &[f64]) -> Vec<Trade> {
        let trade = |(second, qty): (usize, &f64)| Trade {
            ts: Timestamp::from_secs(second as i64),
            price: 10.0,
            qty: qty.abs(),
            aggressor: Some(if *qty < 0.0 { Aggressor::Sell } else { Aggressor::Buy }),
        };
        signed.iter().enumerate().map(trade).collect()
    }

    fn check(spec: BarSpec, signed: &[f64], expected_ends: &[usize]) {
        let (_, ends) = bars_from_trades(&tape(signed), spec, 1.0);
        assert_eq!(ends, expected_ends, "{spec:?}");
    }

    #[test]
    fn a_bar_closes_when_one_side_outweighs_the_other() {
        // The first bar of four trades has three buyers and a seller: E[b] = .5, so the next closes at about |2|.
        let calm = [1.0, 1.0, -1.0, 1.0];
        let ends = |more: &[f64]| [&calm[..], more, &[1.0]].concat();
        // E[T] is 4. One buyer moves E[b] to .5 + (1 − .5)·2/81 = .51, so 2.05 is asked for after a second.
        check(BarSpec::TickImbalance(4), &ends(&[1.0, 1.0, 1.0]), &[4, 7]);
        check(BarSpec::TickImbalance(4), &ends(&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), &[4]);
        // Sellers move E[b] towards 0, and two of them are enough.
        check(BarSpec::TickImbalance(4), &ends(&[-1.0, -1.0]), &[4, 6]);
        // One large trade is as much as many small ones.
        check(BarSpec::VolumeImbalance(4), &ends(&[9.0]), &[4, 5]);
        check(BarSpec::TickImbalance(4), &ends(&[9.0]), &[4]);
    }

    #[test]
    fn the_expected_length_stays_within_its_bounds() {
        let mut state = Imbalance::new(Weight::One, 10);
        (0..1_000).for_each(|_| state.close(1));
        // A mean comes as near to its bound as its digits.
        assert!((state.expected_trades - 1.0).abs() < 1e-12);
        (0..1_000).for_each(|_| state.close(1_000_000));
        assert_eq!(state.expected_trades, 100.0);
    }
}
