//! Trade intensity with exponential memory.
//!
//! A trade arrived sixty seconds ago, one half-life, so it weighs a half; half of the kernel has been observed:
//! ```
//! use scaleout_features::examples::trades;
//! let values = trades("trade_intensity(half_life=60)", &[&[(100.0, 1.0)]])?;
//! let rate = std::f64::consts::LN_2 / 60.0;
//! assert!((values[0].unwrap() - rate * 0.5 / 0.5).abs() < 1e-15);
//! // Two half-lives of the fast one: a quarter of the weight in three quarters of its kernel, at twice the rate.
//! let values = trades("trade_acceleration(fast=30,slow=60)", &[&[(100.0, 1.0)]])?;
//! assert!((values[0].unwrap() - (2.0_f64 / 3.0).ln()).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::{MarketEvent, Timestamp};

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
};

pub(super) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "trade_intensity",
        family: FeatureFamily::OrderFlow,
        summary: "Trades per second, recent ones weighing more: the Hawkes-style estimate of the arrival rate.",
        formula: "b * sum(exp(-b * (t - t_i))) / (1 - exp(-b * (t - t_0))), b = ln 2 / half_life, t_0 the first event",
        source: "Bowsher (2007), Modelling security market events in continuous time; Hawkes (1971)",
        unit: "trades per second",
        undefined: "never",
        cost: CONSTANT,
        needs: Needs::TRADES,
        parameters: &[Parameter::number("half_life", 60.0, 0.001, 1e7, "seconds after which a trade weighs half")],
        conflict: no_conflict,
        warm_up: |_| WarmUp::ByData("half_life seconds after the first event"),
        laws: Laws::PURE,
        mirror: Mirror::Unchanged,
        reads_column: false,
        build: |parameters| Box::new(TradeIntensity::new(parameters.number("half_life"))),
        #[cfg(test)]
        naive: tests::intensity,
    },
    Definition {
        name: "trade_acceleration",
        family: FeatureFamily::OrderFlow,
        summary: "Whether trading speeds up: the fast intensity over the slow one, as a logarithm.",
        formula: "ln(trade_intensity(half_life = fast) / trade_intensity(half_life = slow))",
        source: "Bowsher (2007), Modelling security market events in continuous time; Hawkes (1971)",
        unit: "1",
        undefined: "where the intensity has decayed to 0",
        cost: CONSTANT,
        needs: Needs::TRADES,
        parameters: &[
            Parameter::number("fast", 30.0, 0.001, 1e7, "half-life of the fast intensity in seconds"),
            Parameter::number("slow", 300.0, 0.001, 1e7, "half-life of the slow intensity in seconds"),
        ],
        conflict: |parameters| {
            (parameters.number("slow") <= parameters.number("fast")).then_some("fast must be below slow")
        },
        warm_up: |_| WarmUp::ByData("slow seconds after the first event"),
        laws: Laws::PURE,
        mirror: Mirror::Unchanged,
        reads_column: false,
        build: |parameters| {
            Box::new(TradeAcceleration {
                fast: TradeIntensity::new(parameters.number("fast")),
                slow: TradeIntensity::new(parameters.number("slow")),
            })
        },
        #[cfg(test)]
        naive: tests::acceleration,
    },
];

struct TradeIntensity {
    decay_per_second: f64,
    half_life: f64,
    first_ts: Option<Timestamp>,
    last_ts: Option<Timestamp>,
    /// Σ exp(−b(last_ts − t_i)).
    weight: f64,
}

impl TradeIntensity {
    fn new(half_life: f64) -> Self {
        Self {
            decay_per_second: std::f64::consts::LN_2 / half_life,
            half_life,
            first_ts: None,
            last_ts: None,
            weight: 0.0,
        }
    }

    fn advance(&mut self, ts: Timestamp) {
        self.first_ts.get_or_insert(ts);
        if let Some(last_ts) = self.last_ts.replace(ts)
            && last_ts < ts
        {
            self.weight *= (-self.decay_per_second * ts.seconds_since(last_ts)).exp();
        }
    }
}

impl Feature for TradeIntensity {
    fn update(&mut self, event: &MarketEvent<'_>) {
        match event {
            MarketEvent::Trade(trade) => {
                self.advance(trade.ts);
                self.weight += 1.0;
            }
            MarketEvent::Bar(row) => self.advance(row.bar.ts),
            MarketEvent::Quote(_) | MarketEvent::Book(_) => {}
        }
    }

    fn value(&self) -> Option<f64> {
        let seconds = self.last_ts?.seconds_since(self.first_ts?);
        let seen = 1.0 - (-self.decay_per_second * seconds).exp();
        (self.half_life <= seconds).then(|| self.decay_per_second * self.weight / seen)
    }
}

struct TradeAcceleration {
    fast: TradeIntensity,
    slow: TradeIntensity,
}

impl Feature for TradeAcceleration {
    fn update(&mut self, event: &MarketEvent<'_>) {
        self.fast.update(event);
        self.slow.update(event);
    }

    fn value(&self) -> Option<f64> {
        let (fast, slow) = (self.fast.value()?, self.slow.value()?);
        (fast > 0.0 && slow > 0.0).then(|| (fast / slow).ln())
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, pick},
    };

    /// Trades more than 60 half-lives before the last one weigh less than 1e-18 of it and are left out.
    fn direct(half_life: f64, history: &MarketHistory) -> Vec<Option<f64>> {
        let rate = std::f64::consts::LN_2 / half_life;
        let first = history.trades[0].ts.min(bars(history)[0].ts);
        pick(history.series.len(), |t| {
            let now = bars(history)[t].ts;
            let known = &history.trades[..history.trade_ends[t]];
            let last = known.last().map_or(now, |trade| trade.ts);
            let start = known.partition_point(|trade| 60.0 * half_life < last.seconds_since(trade.ts));
            let weight: f64 = known[start..].iter().map(|trade| (-rate * now.seconds_since(trade.ts)).exp()).sum();
            let seconds = now.seconds_since(first);
            (half_life <= seconds).then(|| rate * weight / (1.0 - (-rate * seconds).exp()))
        })
    }

    pub(super) fn intensity(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters.number("half_life"), history)
    }

    pub(super) fn acceleration(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let fast = direct(parameters.number("fast"), history);
        let slow = direct(parameters.number("slow"), history);
        pick(fast.len(), |t| {
            let (fast, slow) = (fast[t]?, slow[t]?);
            (fast > 0.0 && slow > 0.0).then(|| (fast / slow).ln())
        })
    }
}
