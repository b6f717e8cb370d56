/// Logarithmic returns from close to close.
#[derive(Debug, Clone)]
pub(crate) struct LogReturns {
    /// NaN where there is none.
    previous: f64,
}

impl Default for LogReturns {
    fn default() -> Self {
        Self { previous: f64::NAN }
    }
}

/// Returns computed at a time.
const GROUP: usize = 8;

impl LogReturns {
    /// The log return from the price before to `price`; `None` at the first and where either is ≤ 0.
    pub(crate) fn push(&mut self, price: f64) -> Option<f64> {
        let previous = std::mem::replace(&mut self.previous, price);
        log_ratio(price, previous)
    }

    /// Writes what [`Self::push`] returns for each of `prices`, NaN for none; a price of NaN is a hole.
    pub(crate) fn fold(&mut self, prices: &[f64], returns: &mut [f64]) {
        let (Some((first, later)), Some((first_return, returns))) = (prices.split_first(), returns.split_first_mut())
        else {
            return;
        };
        *first_return = self.push(*first).unwrap_or(f64::NAN);
        let (groups, rest) = later.as_chunks::<GROUP>();
        let (befores, rest_befores) = prices[..later.len()].as_chunks::<GROUP>();
        let (group_returns, rest_returns) = returns[..later.len()].as_chunks_mut::<GROUP>();
        for ((prices, befores), returns) in groups.iter().zip(befores).zip(group_returns) {
            let tangents: [f64; GROUP] = std::array::from_fn(|place| half_tangent(prices[place], befores[place]));
            *returns = std::array::from_fn(|place| log_of_small(tangents[place]));
            // A move of such a tangent has the other price above 0 too. Not `&&`: all lanes at once.
            let is_small = |place: usize| (tangents[place].abs() < SMALL) & (0.0 < prices[place]);
            if !(0..GROUP).fold(true, |all, place| all & is_small(place)) {
                *returns = std::array::from_fn(|place| log_or_nan(prices[place], befores[place]));
            }
        }
        for ((price, before), value) in rest.iter().zip(rest_befores).zip(rest_returns) {
            *value = log_or_nan(*price, *before);
        }
        self.previous = prices[later.len()];
    }
}

/// ln(price ÷ base), if both are above 0; exact for small moves at large prices too.
pub(crate) fn log_ratio(price: f64, base: f64) -> Option<f64> {
    let log = log_or_nan(price, base);
    (!log.is_nan()).then_some(log)
}

/// price ÷ base, if both are above 0: for numbers that are relative to a price.
pub(crate) fn positive_ratio(price: f64, base: f64) -> Option<f64> {
    (price > 0.0 && base > 0.0).then(|| price / base)
}

/// Moves of less than about 6 per cent take the series.
const SMALL: f64 = 1.0 / 32.0;

fn log_or_nan(price: f64, base: f64) -> f64 {
    if !(0.0 < price && 0.0 < base) {
        return f64::NAN;
    }
    let z = half_tangent(price, base);
    if z.abs() < SMALL { log_of_small(z) } else { ((price - base) / base).ln_1p() }
}

#[inline]
fn half_tangent(price: f64, base: f64) -> f64 {
    (price - base) / (price + base)
}

/// ln of the ratio whose [`half_tangent`] is `z`: 2 atanh z = 2 (z + z³/3 + z⁵/5 + …), of which the terms left out are
/// below 1e-18 of the first (Abramowitz & Stegun 1964, 4.1.27).
#[inline]
fn log_of_small(z: f64) -> f64 {
    let square = z * z;
    let tail = 1.0 / 7.0 + square * (1.0 / 9.0 + square * (1.0 / 11.0));
    let series = square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * tail));
    let twice = z + z;
    twice + twice * series
}

#[cfg(test)]
mod tests {
    use super::{LogReturns, log_ratio};

    #[test]
    fn logs_of_all_sizes_are_right_to_two_units_in_the_last_place() {
        for exponent in -52..8 {
            for base in [1e-3, 1.0, 3.7, 123_456.75] {
                let price: f64 = base * (1.0 + 2.0_f64.powi(exponent));
                let expected = ((price - base) / base).ln_1p();
                let got = log_ratio(price, base).unwrap();
                assert!((got - expected).abs() <= 3.0 * f64::EPSILON * expected.abs(), "{price} {base}");
            }
        }
    }

    #[test]
    fn a_stretch_is_what_single_steps_are() {
        let prices: Vec<f64> = (0..100)
            .map(|t| match t % 37 {
                5 => -1.0,
                9 => f64::NAN,
                20 => 2_000.0,
                _ => 1_000.0 + f64::from(t % 7),
            })
            .collect();
        let mut single = LogReturns::default();
        let expected: Vec<Option<f64>> = prices.iter().map(|price| single.push(*price)).collect();
        for length in [1, 2, 9, 40, 100] {
            let mut returns = LogReturns::default();
            let mut got = vec![0.0; prices.len()];
            for (prices, values) in prices.chunks(length).zip(got.chunks_mut(length)) {
                returns.fold(prices, values);
            }
            let got: Vec<Option<f64>> = got.iter().map(|value| (!value.is_nan()).then_some(*value)).collect();
            assert_eq!(got, expected, "stretches of {length}");
        }
    }
}
