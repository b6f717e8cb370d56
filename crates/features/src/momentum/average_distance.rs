//! Distance of the close from moving averages and from the volume-weighted average price.
//!
//! 3 is half as much again as the mean of 1 and 3:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("sma_distance(window=2)", &[1.0, 3.0])?, [None, Some(0.5)]);
//! assert_eq!(closes("vwap_distance(window=2)", &[1.0, 3.0])?, [None, Some(0.5)]);
//! assert_eq!(closes("session_vwap_distance", &[1.0, 3.0])?, [Some(0.0), Some(0.5)]);
//! assert_eq!(closes("ema_distance(window=2)", &[1.0, 3.0])?, [None, Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    calendar::{DAY_NANOS, nanos_of},
    definition::{CONSTANT, no_conflict},
    machine::{on_bars, on_columns},
    returns::positive_ratio,
    rolling::{Rolling, ema},
};

const SMA: Definition = Definition {
    name: "sma_distance",
    family: FeatureFamily::Momentum,
    summary: "Relative distance of the close from its simple moving average.",
    formula: "close / mean of the last n closes - 1",
    source: "Murphy (1999), Technical analysis of the financial markets",
    unit: "1",
    undefined: "where the close or the average is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 2, "bars averaged")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let mut closes = Rolling::new(window);
        on_columns(move |bars, values| {
            closes.fold(bars.close, |_, &close| Some([close]), values, |_, [sum]| sum / window as f64);
            for (value, close) in values.iter_mut().zip(bars.close) {
                let distance = close / *value - 1.0;
                *value = if 0.0 < *close && 0.0 < *value { distance } else { f64::NAN };
            }
        })
    },
    #[cfg(test)]
    naive: tests::sma,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    SMA,
    Definition {
        name: "ema_distance",
        summary: "Relative distance of the close from its exponential moving average.",
        formula: "close / EMA - 1, weight 2 / (n + 1), seeded by the mean of the first n closes",
        build: |parameters| {
            let mut average = ema(parameters.count("window"));
            on_bars(move |bar| Some(positive_ratio(bar.close, average.push(bar.close)?)? - 1.0))
        },
        #[cfg(test)]
        naive: tests::ema_distance,
        ..SMA
    },
    Definition {
        name: "vwap_distance",
        summary: "Relative distance of the close from the volume-weighted average price of the window.",
        formula: "close / (sum(TP * volume) / sum(volume)) - 1, TP = (high + low + close) / 3",
        source: "Berkowitz, Logue & Noser (1988), The total cost of transactions on the NYSE",
        undefined: "without volume, or where the close or the average is <= 0",
        build: |parameters| {
            let mut sums = Rolling::new(parameters.count("window"));
            on_bars(move |bar| {
                let typical = (bar.high + bar.low + bar.close) / 3.0;
                sums.push(Some([typical * bar.volume, bar.volume]));
                from_vwap(bar.close, sums.full()?)
            })
        },
        #[cfg(test)]
        naive: tests::vwap,
        ..SMA
    },
    Definition {
        name: "session_vwap_distance",
        summary: "Relative distance of the close from the volume-weighted average price since the session began.",
        formula: "close / (sum(TP * volume) / sum(volume)) - 1 over the bars that opened since `start_hour` UTC",
        source: "Berkowitz, Logue & Noser (1988), The total cost of transactions on the NYSE",
        undefined: "before the session's first volume, or where the close or the average is <= 0",
        parameters: &[Parameter::number(
            "start_hour",
            0.0,
            0.0,
            23.999,
            "hour of the day (UTC) at which sessions begin",
        )],
        warm_up: |_| WarmUp::Bars(1),
        build: |parameters| {
            let start = nanos_of(parameters.number("start_hour"));
            let (mut session, mut sums) = (None, [0.0, 0.0]);
            on_bars(move |bar| {
                let own = (bar.open_ts.nanos() - start).div_euclid(DAY_NANOS);
                if session.replace(own) != Some(own) {
                    sums = [0.0, 0.0];
                }
                let typical = (bar.high + bar.low + bar.close) / 3.0;
                sums = [sums[0] + typical * bar.volume, sums[1] + bar.volume];
                from_vwap(bar.close, sums)
            })
        },
        #[cfg(test)]
        naive: tests::session_vwap,
        ..SMA
    },
];

fn from_vwap(close: f64, [turnover, volume]: [f64; 2]) -> Option<f64> {
    let average = (volume > 0.0).then(|| turnover / volume)?;
    Some(positive_ratio(close, average)? - 1.0)
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Bar, MarketHistory};

    use crate::{
        Parameters,
        contract::{bars, closes, ema, mean, pick, rolling},
    };

    fn relative(close: f64, average: f64) -> Option<f64> {
        (close > 0.0 && average > 0.0).then(|| (close - average) / average)
    }

    pub(super) fn sma(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(&closes(history), parameters.count("window"), |closes| relative(closes[closes.len() - 1], mean(closes)))
    }

    pub(super) fn ema_distance(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let closes: Vec<Option<f64>> = closes(history).into_iter().map(Some).collect();
        let average = ema(&closes, parameters.count("window"));
        pick(closes.len(), |t| relative(closes[t]?, average[t]?))
    }

    fn from_bars(bars: &[Bar]) -> Option<f64> {
        let volume: f64 = bars.iter().map(|bar| bar.volume).sum();
        let turnover: f64 = bars.iter().map(|bar| bar.volume * (bar.high + bar.low + bar.close) / 3.0).sum();
        (volume > 0.0).then(|| relative(bars[bars.len() - 1].close, turnover / volume)).flatten()
    }

    pub(super) fn vwap(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), from_bars)
    }

    pub(super) fn session_vwap(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let bars = bars(history);
        let hours = |bar: &Bar| (bar.open_ts.nanos() as f64 / 3.6e12 - parameters.number("start_hour")) / 24.0;
        pick(bars.len(), |t| {
            let first = (0..=t).rev().take_while(|&bar| hours(&bars[bar]).floor() == hours(&bars[t]).floor()).last()?;
            from_bars(&bars[first..=t])
        })
    }
}
