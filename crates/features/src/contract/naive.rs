//! Direct arithmetic for the naive references: slices and sums, nothing kept between closes.

use scaleout_market::{Bar, BookSnapshot, MarketHistory, Quote, Trade};

use crate::{Parameters, Window};

/// The bars.
pub(crate) fn bars(history: &MarketHistory) -> &[Bar] {
    history.series.bars()
}

/// The closes.
pub(crate) fn closes(history: &MarketHistory) -> Vec<f64> {
    bars(history).iter().map(|bar| bar.close).collect()
}

/// The values of the column that the spec names.
pub(crate) fn column(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
    history.series.columns()[parameters.column()].values.clone()
}

/// Log returns, `None` at the first bar and beside prices ≤ 0.
pub(crate) fn log_returns(prices: &[f64]) -> Vec<Option<f64>> {
    pick(prices.len(), |t| {
        let (before, now) = (prices[t.checked_sub(1)?], prices[t]);
        (before > 0.0 && now > 0.0).then(|| (now / before).ln())
    })
}

/// True ranges, `None` at the first bar.
pub(crate) fn true_ranges(history: &MarketHistory) -> Vec<Option<f64>> {
    let bars = bars(history);
    pick(bars.len(), |t| {
        let before = bars[t.checked_sub(1)?].close;
        Some((bars[t].high - bars[t].low).max((bars[t].high - before).abs()).max((bars[t].low - before).abs()))
    })
}

/// One value for each of `len` closes.
pub(crate) fn pick(len: usize, value: impl FnMut(usize) -> Option<f64>) -> Vec<Option<f64>> {
    (0..len).map(value).collect()
}

/// One value for each close, from the last `window` samples where all of them are defined.
pub(crate) fn over(
    samples: &[Option<f64>],
    window: usize,
    mut value: impl FnMut(&[f64]) -> Option<f64>,
) -> Vec<Option<f64>> {
    pick(samples.len(), |t| {
        let start = (t + 1).checked_sub(window)?;
        let defined: Vec<f64> = samples[start..=t].iter().copied().collect::<Option<_>>()?;
        value(&defined)
    })
}

/// One value for each close, from the last `window` values.
pub(crate) fn rolling<T>(samples: &[T], window: usize, mut value: impl FnMut(&[T]) -> Option<f64>) -> Vec<Option<f64>> {
    pick(samples.len(), |t| value(&samples[(t + 1).checked_sub(window)?..=t]))
}

/// The mean.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Σ(x − mean)² / n in two passes.
pub(crate) fn population_variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    mean(&values.iter().map(|value| (value - centre).powi(2)).collect::<Vec<_>>())
}

/// The ticks of bar `t` among `ticks`, given how many are known at each close.
pub(crate) fn ticks_in<'a, T>(ticks: &'a [T], ends: &[usize], t: usize) -> &'a [T] {
    &ticks[if t == 0 { 0 } else { ends[t - 1] }..ends[t]]
}

/// The last quote known at each close, books' first levels not counted.
pub(crate) fn quotes_at_closes(history: &MarketHistory) -> Vec<Option<Quote>> {
    history.quote_ends.iter().map(|&end| history.quotes[..end].last().copied()).collect()
}

/// The last order book known at each close.
pub(crate) fn books_at_closes(history: &MarketHistory) -> Vec<Option<&BookSnapshot>> {
    history.book_ends.iter().map(|&end| history.books[..end].last()).collect()
}

/// The trades in the window that ends at close `t`; `None` while it is not full.
pub(crate) fn trade_window(window: Window, history: &MarketHistory, t: usize) -> Option<&[Trade]> {
    let end = history.trade_ends[t];
    match window {
        Window::Bars(bars) => {
            let first = (t + 1).checked_sub(bars)?;
            Some(&history.trades[if first == 0 { 0 } else { history.trade_ends[first - 1] }..end])
        }
        Window::Trades(count) => Some(&history.trades[end.checked_sub(count)?..end]),
        Window::Volume(volume) => {
            let mut held = 0.0;
            let back = history.trades[..end].iter().rev().position(|trade| {
                held += trade.qty;
                volume <= held
            })?;
            Some(&history.trades[end - 1 - back..end])
        }
        Window::Seconds(seconds) => {
            let now = bars(history)[t].ts;
            let first_known = history.trades[..end].first().map_or(bars(history)[0].ts, |trade| trade.ts);
            let first_known = first_known.min(bars(history)[0].ts);
            if now.seconds_since(first_known) < seconds {
                return None;
            }
            let start = history.trades[..end].partition_point(|trade| seconds <= now.seconds_since(trade.ts));
            Some(&history.trades[start..end])
        }
    }
}

/// One value for each close, from the trades of the feature's window.
pub(crate) fn window_stat(
    parameters: &Parameters,
    history: &MarketHistory,
    mut value: impl FnMut(&[Trade]) -> Option<f64>,
) -> Vec<Option<f64>> {
    let window = parameters.window();
    pick(history.series.len(), |t| value(trade_window(window, history, t)?))
}

/// The least-squares slope of `y` on `x`; `None` if `x` does not vary.
pub(crate) fn slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let products: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let squares: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    (squares > 0.0).then(|| products / squares)
}

/// Wilder's average: the mean of the first `window` defined samples, then weight 1 / window.
pub(crate) fn wilder(samples: &[Option<f64>], window: usize) -> Vec<Option<f64>> {
    smoothed(samples, window, 1.0 / window as f64)
}

/// The exponential average with weight 2 / (window + 1), seeded by the mean of the first `window` defined samples.
pub(crate) fn ema(samples: &[Option<f64>], window: usize) -> Vec<Option<f64>> {
    smoothed(samples, window, 2.0 / (window as f64 + 1.0))
}

fn smoothed(samples: &[Option<f64>], window: usize, weight: f64) -> Vec<Option<f64>> {
    let defined: Vec<f64> = samples.iter().flatten().copied().collect();
    let mut average = None;
    let mut seen = 0;
    pick(samples.len(), |t| {
        let sample = samples[t]?;
        seen += 1;
        if seen == window {
            average = Some(mean(&defined[..window]));
        } else if let Some(before) = average {
            average = Some(weight * sample + (1.0 - weight) * before);
        }
        average
    })
}

/// The correlation; `None` if either does not vary.
pub(crate) fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let (forth, back) = (slope(x, y)?, slope(y, x)?);
    Some(forth.signum() * (forth * back).max(0.0).sqrt())
}
