//! The arithmetic of every bar feature that code is written for. The list is in `docs/feature-code.md`.

use scaleout_features::{FeatureSpec, definition};

use super::expression::{
    BarField::{Close, High, Low, Volume},
    FeatureExpression,
    Machine::{Deviation, Highest, Lowest, Mean, Smoothed, Sum, Wilder},
};

/// Parameters of a spec with the registry's defaults filled in.
struct Given<'a>(&'a FeatureSpec);

impl Given<'_> {
    fn number(&self, name: &str) -> Option<f64> {
        let default = || definition(self.0.base())?.parameters.iter().find(|known| known.name == name)?.default;
        self.0.parameters.get(name).copied().or_else(default)
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.number(name).map(|value| value as usize)
    }
}

/// Names of the features that have an expression.
pub const NAMES: [&str; 27] = [
    "atr",
    "atr_percent",
    "bollinger_lower",
    "bollinger_position",
    "bollinger_upper",
    "bollinger_width",
    "donchian_high",
    "donchian_low",
    "donchian_position",
    "drawdown_from_high",
    "efficiency_ratio",
    "ema_distance",
    "ewma_volatility",
    "macd",
    "mfi",
    "parkinson",
    "range_compression",
    "rate_of_change",
    "realised_volatility",
    "relative_volume",
    "rise_from_low",
    "rsi",
    "sma_distance",
    "stochastic_d",
    "stochastic_k",
    "volatility_ratio",
    "vwap_distance",
];

/// The arithmetic of the feature `spec`; `None` where there is no code for it. Further columns are passed through and have
/// none either.
pub fn expression(spec: &FeatureSpec) -> Option<FeatureExpression> {
    let given = Given(spec);
    let [high, low, close, volume] = [High, Low, Close, Volume].map(FeatureExpression::Field);
    let zero = || FeatureExpression::Number(0.0);
    let window = || given.count("window");
    Some(match spec.name.as_str() {
        "rate_of_change" => {
            let before = close.clone().lag(window()?);
            (close.clone() / before.clone() - 1.0.into()).where_positive(close.min(before))
        }
        "atr" => atr(window()?),
        "atr_percent" => (FeatureExpression::from(100.0) * (atr(window()?) / close.clone())).where_positive(close),
        "rsi" => {
            let change = close.clone() - close.lag(1);
            let rise = change.clone().max(zero()).through(Wilder(window()?));
            let fall = (zero() - change).max(zero()).through(Wilder(window()?));
            let moves = rise.clone() + fall;
            (FeatureExpression::from(100.0) * rise / moves.clone()).where_positive(moves)
        }
        "sma_distance" => {
            let mean = close.clone().through(Sum(window()?)) / (window()? as f64).into();
            (close.clone() / mean.clone() - 1.0.into()).where_positive(close.min(mean))
        }
        "ema_distance" => {
            let mean = close.clone().through(ema(window()?));
            (close.clone() / mean.clone() - 1.0.into()).where_positive(close.min(mean))
        }
        "bollinger_width" => {
            let (mean, distance) = bands(&given)?;
            (FeatureExpression::from(2.0) * distance / mean.clone()).where_positive(mean)
        }
        "bollinger_position" => {
            let (mean, distance) = bands(&given)?;
            ((close - mean + distance.clone()) / (FeatureExpression::from(2.0) * distance.clone()))
                .where_positive(distance)
        }
        "bollinger_upper" => {
            let (mean, distance) = bands(&given)?;
            mean + distance
        }
        "bollinger_lower" => {
            let (mean, distance) = bands(&given)?;
            mean - distance
        }
        "realised_volatility" => (square(log_return()).through(Sum(window()?)) / (window()? as f64).into()).sqrt(),
        "volatility_ratio" => ratio(square(log_return()), &given)?.sqrt(),
        "range_compression" => ratio(true_range(), &given)?,
        "ewma_volatility" => {
            let weight = 1.0 - given.number("lambda")?;
            square(log_return()).through(Smoothed(given.count("seed")?, weight)).sqrt()
        }
        "parkinson" => {
            let scale = 4.0 * window()? as f64 * std::f64::consts::LN_2;
            (square(high.log_ratio(low)).through(Sum(window()?)) / scale.into()).sqrt()
        }
        "donchian_high" => high.through(Highest(window()?)),
        "donchian_low" => low.through(Lowest(window()?)),
        "donchian_position" => place_in_range(window()?),
        "drawdown_from_high" => {
            let top = high.through(Highest(window()?));
            (close.clone() / top.clone() - 1.0.into()).where_positive(close.min(top))
        }
        "rise_from_low" => {
            let bottom = low.through(Lowest(window()?));
            (close / bottom.clone() - 1.0.into()).where_positive(bottom)
        }
        "efficiency_ratio" => {
            let way = (close.clone() - close.clone().lag(1)).abs().through(Sum(window()?));
            let net = (close.clone() - close.lag(window()?)).abs();
            (net / way.clone()).min(1.0.into()).where_positive(way)
        }
        "relative_volume" => {
            let mean = volume.clone().lag(1).through(Sum(window()?)) / (window()? as f64).into();
            (volume / mean.clone()).where_positive(mean)
        }
        "stochastic_k" => stochastic(&given)?,
        "stochastic_d" => {
            let signal = given.count("signal")?;
            stochastic(&given)?.through(Sum(signal)) / (signal as f64).into()
        }
        "macd" => {
            let (fast, slow) = (given.count("fast")?, given.count("slow")?);
            // The fast mean starts late, so that both seeds end at the same bar.
            let late = close.clone() + (close.clone().lag(slow - fast) - close.clone().lag(slow - fast));
            late.through(ema(fast)) - close.through(ema(slow))
        }
        "mfi" => {
            let typical = (high + low + close) / 3.0.into();
            let flow = typical.clone() * volume;
            let change = typical.clone() - typical.clone().lag(1);
            let known = flow.where_positive(typical);
            let up = known.clone().gated(change.clone()).through(Sum(window()?));
            let down = known.gated(zero() - change).through(Sum(window()?));
            let all = up.clone() + down;
            (FeatureExpression::from(100.0) * up / all.clone()).where_positive(all)
        }
        "vwap_distance" => {
            let typical = (high + low + close.clone()) / 3.0.into();
            let traded = volume.clone().through(Sum(window()?));
            let price = (typical * volume).through(Sum(window()?)) / traded;
            (close.clone() / price.clone() - 1.0.into()).where_positive(close.min(price))
        }
        _ => return None,
    })
}

fn square(value: FeatureExpression) -> FeatureExpression {
    value.clone() * value
}

fn log_return() -> FeatureExpression {
    let close = FeatureExpression::Field(Close);
    close.clone().log_ratio(close.lag(1))
}

fn true_range() -> FeatureExpression {
    let [high, low, close] = [High, Low, Close].map(FeatureExpression::Field);
    high.max(close.clone().lag(1)) - low.min(close.lag(1))
}

fn atr(window: usize) -> FeatureExpression {
    true_range().through(Wilder(window))
}

fn ema(window: usize) -> super::expression::Machine {
    Smoothed(window, 2.0 / (window as f64 + 1.0))
}

/// The middle of the Bollinger bands and their distance from it.
fn bands(given: &Given<'_>) -> Option<(FeatureExpression, FeatureExpression)> {
    let (window, deviations) = (given.count("window")?, given.number("deviations")?);
    let close = FeatureExpression::Field(Close);
    let deviation = close.clone().through(Deviation(window));
    Some((close.through(Mean(window)), FeatureExpression::from(deviations) * deviation))
}

/// The mean of a sample over the short window over that over the long one.
fn ratio(sample: FeatureExpression, given: &Given<'_>) -> Option<FeatureExpression> {
    let (short, long) = (given.count("short")?, given.count("long")?);
    let recent = sample.clone().through(Sum(short)) / (short as f64).into();
    let all = sample.through(Sum(long));
    Some((recent / (all.clone() / (long as f64).into())).where_positive(all))
}

/// Where the close stands in the range of the last `window` bars.
fn place_in_range(window: usize) -> FeatureExpression {
    let [high, low, close] = [High, Low, Close].map(FeatureExpression::Field);
    let (top, bottom) = (high.through(Highest(window)), low.through(Lowest(window)));
    let range = top - bottom.clone();
    ((close - bottom) / range.clone()).where_positive(range)
}

fn stochastic(given: &Given<'_>) -> Option<FeatureExpression> {
    let (window, smooth) = (given.count("window")?, given.count("smooth")?);
    let [high, low, close] = [High, Low, Close].map(FeatureExpression::Field);
    let (top, bottom) = (high.through(Highest(window)), low.through(Lowest(window)));
    let range = top - bottom.clone();
    let raw = (FeatureExpression::from(100.0) * (close - bottom) / range.clone()).where_positive(range);
    Some(raw.through(Sum(smooth)) / (smooth as f64).into())
}
