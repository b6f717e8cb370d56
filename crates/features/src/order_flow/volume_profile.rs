//! Volume profile: where the close stands against the price with the most volume and the value area.
//!
//! Most volume trades at 100, the first price, so the point of control is the middle of its bin, half a bin above:
//! ```
//! use scaleout_features::examples::trades;
//! let bar: &[(f64, f64)] = &[(100.0, 5.0), (110.0, 1.0)];
//! let values = trades("point_of_control_distance(window=1,bin_bps=100)", &[bar])?;
//! assert!((values[0].unwrap() - (110.0 / (100.0 * 0.005_f64.exp()) - 1.0)).abs() < 1e-12);
//! // The bin of 100, one per cent wide, holds five sixths of the volume and is the whole value area.
//! let values = trades("value_area_position(window=1,bin_bps=100)", &[bar])?;
//! assert!((values[0].unwrap() - 1.1_f64.ln() / 0.01).abs() < 1e-9);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use std::collections::{BTreeMap, VecDeque};

use scaleout_market::MarketEvent;

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp, definition::no_conflict,
    machine::on_events, returns::log_ratio,
};

const WINDOW: Parameter = Parameter::count("window", 50, 1, "window in bars (n)");
const BIN: Parameter = Parameter::number("bin_bps", 5.0, 0.01, 10_000.0, "width of a bin of prices, in basis points");

const CONTROL: Definition = Definition {
    name: "point_of_control_distance",
    family: FeatureFamily::OrderFlow,
    summary: "Relative distance of the close from the point of control: the price bin with the most volume.",
    formula: "close / middle of the bin with the most volume in the last n bars - 1; bins of ln(price / first price)",
    source: "Steidlmayer & Hawkins (2003), Steidlmayer on markets; Dalton, Jones & Dalton (1990), Mind over Markets",
    unit: "1",
    undefined: "in a window without trades, or with a trade at a price <= 0",
    cost: "O(log bins) per trade and O(bins) per bar",
    needs: Needs::TRADES,
    parameters: &[WINDOW, BIN],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| feature(parameters, Profile::control_distance),
    #[cfg(test)]
    naive: tests::control,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    CONTROL,
    Definition {
        name: "value_area_position",
        summary: "Where the close stands in the value area (70 % of the volume around the point of control): \
                  0 at its low, 1 at its high.",
        formula: "(ln close - low) / (high - low); from the point of control the area takes in the larger \
                  neighbouring bin (the upper one if equal) until it holds `share` of the volume",
        parameters: &[WINDOW, BIN, Parameter::number("share", 0.7, 0.01, 1.0, "share of the volume in the value area")],
        mirror: Mirror::Complement(1.0),
        build: |parameters| {
            let share = parameters.number("share");
            feature(parameters, move |profile, close| profile.area_position(close, share))
        },
        #[cfg(test)]
        naive: tests::area,
        ..CONTROL
    },
];

fn feature(parameters: &Parameters, value: impl Fn(&Profile, f64) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let mut profile = Profile::new(parameters.count("window"), parameters.number("bin_bps") * 1e-4);
    on_events(move |event| match event {
        MarketEvent::Trade(trade) => {
            profile.trade(trade.price, trade.qty);
            None
        }
        MarketEvent::Bar(row) => {
            profile.close_bar();
            value(&profile, row.bar.close)
        }
        MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
    })
}

/// Volume by price bin over the last bars.
struct Profile {
    window: usize,
    width: f64,
    first_price: Option<f64>,
    /// Volume by bin of the bar that is not closed yet; `None` after a price ≤ 0.
    open: Option<BTreeMap<i64, f64>>,
    bars: VecDeque<Option<BTreeMap<i64, f64>>>,
    bins: BTreeMap<i64, Bin>,
    undefined_bars: usize,
}

/// Volume as an unevaluated sum of two numbers (Neumaier), so that what entered leaves again without a trace.
#[derive(Default, Clone, Copy)]
struct Bin {
    sum: f64,
    correction: f64,
    bars: usize,
}

impl Bin {
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.correction +=
            if value.abs() <= self.sum.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
    }

    fn volume(&self) -> f64 {
        self.sum + self.correction
    }
}

impl Profile {
    fn new(window: usize, width: f64) -> Self {
        Self {
            window,
            width,
            first_price: None,
            open: Some(BTreeMap::new()),
            bars: VecDeque::with_capacity(window),
            bins: BTreeMap::new(),
            undefined_bars: 0,
        }
    }

    fn trade(&mut self, price: f64, qty: f64) {
        if price <= 0.0 {
            self.open = None;
        } else if let Some(open) = &mut self.open {
            let first = *self.first_price.get_or_insert(price);
            *open.entry(((price / first).ln() / self.width).floor() as i64).or_default() += qty;
        }
    }

    fn close_bar(&mut self) {
        if self.bars.len() == self.window {
            match self.bars.pop_front().flatten() {
                None => self.undefined_bars -= 1,
                Some(oldest) => {
                    for (key, volume) in oldest {
                        if let Some(bin) = self.bins.get_mut(&key) {
                            bin.add(-volume);
                            bin.bars -= 1;
                            if bin.bars == 0 {
                                self.bins.remove(&key);
                            }
                        }
                    }
                }
            }
        }
        let closed = self.open.replace(BTreeMap::new());
        match &closed {
            None => self.undefined_bars += 1,
            Some(bar) => {
                for (key, volume) in bar {
                    let bin = self.bins.entry(*key).or_default();
                    bin.add(*volume);
                    bin.bars += 1;
                }
            }
        }
        self.bars.push_back(closed);
    }

    /// The bin with the most volume, the lowest of equals.
    fn control(&self) -> Option<i64> {
        if self.bars.len() < self.window || self.undefined_bars > 0 {
            return None;
        }
        let mut best: Option<(i64, f64)> = None;
        for (key, bin) in &self.bins {
            if best.is_none_or(|(_, most)| most < bin.volume()) {
                best = Some((*key, bin.volume()));
            }
        }
        best.map(|(key, _)| key)
    }

    fn control_distance(&self, close: f64) -> Option<f64> {
        let middle = self.first_price? * ((self.control()? as f64 + 0.5) * self.width).exp();
        (close > 0.0).then(|| close / middle - 1.0)
    }

    fn area_position(&self, close: f64, share: f64) -> Option<f64> {
        let control = self.control()?;
        let total: f64 = self.bins.values().map(Bin::volume).sum();
        let volume = |key: i64| self.bins.get(&key).map_or(0.0, Bin::volume);
        let (lowest, highest) = (*self.bins.first_key_value()?.0, *self.bins.last_key_value()?.0);
        let (mut low, mut high, mut held) = (control, control, volume(control));
        while held < share * total && (lowest < low || high < highest) {
            let (below, above) = (volume(low - 1), volume(high + 1));
            if high < highest && (below <= above || low <= lowest) {
                high += 1;
                held += above;
            } else {
                low -= 1;
                held += below;
            }
        }
        let place = log_ratio(close, self.first_price?)?;
        Some((place - low as f64 * self.width) / ((high - low + 1) as f64 * self.width))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, pick, trade_window},
    };

    fn direct(
        parameters: &Parameters,
        history: &MarketHistory,
        value: impl Fn(&BTreeMap<i64, f64>, f64, f64) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let (width, closes) = (parameters.number("bin_bps") / 1e4, closes(history));
        let first = history.trades.iter().map(|trade| trade.price).find(|price| *price > 0.0).unwrap();
        pick(closes.len(), |t| {
            let mut bins = BTreeMap::new();
            for trade in trade_window(crate::Window::Bars(parameters.count("window")), history, t)? {
                if trade.price <= 0.0 {
                    return None;
                }
                *bins.entry(((trade.price / first).ln() / width).floor() as i64).or_default() += trade.qty;
            }
            (closes[t] > 0.0).then(|| value(&bins, closes[t] / first, width)).flatten()
        })
    }

    fn fullest(bins: &BTreeMap<i64, f64>) -> Option<i64> {
        let most = bins.values().copied().reduce(f64::max)?;
        bins.iter().find(|(_, volume)| **volume == most).map(|(key, _)| *key)
    }

    pub(super) fn control(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |bins, relative, width| {
            Some(relative / (width * (fullest(bins)? as f64 + 0.5)).exp() - 1.0)
        })
    }

    pub(super) fn area(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let share = parameters.number("share");
        direct(parameters, history, |bins, relative, width| {
            let control = fullest(bins)?;
            let sum = |low: i64, high: i64| bins.range(low..=high).map(|(_, volume)| volume).sum::<f64>();
            let (lowest, highest) = (*bins.keys().next()?, *bins.keys().last()?);
            let (mut low, mut high) = (control, control);
            while sum(low, high) < share * sum(lowest, highest) && (low > lowest || high < highest) {
                let (below, above) = (sum(low - 1, low - 1), sum(high + 1, high + 1));
                if (above >= below && high < highest) || low == lowest { high += 1 } else { low -= 1 }
            }
            Some((relative.ln() / width - low as f64) / (high + 1 - low) as f64)
        })
    }
}
