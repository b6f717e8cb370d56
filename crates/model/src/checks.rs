//! What every number of a model file is held to.
//!
//! A file is written by a program, and it may be damaged or made up. After the checks no prediction panics, loops,
//! asks for memory beyond its rows, or is anything but a finite number.

use crate::error::{LENGTH_OF, ModelError};

/// Largest hold value that a model may predict, in R, and largest base, scale or deviation of its outputs.
pub(crate) const MOST_R: f64 = 1e12;

/// Largest sum inside a network: far from where f32 overflows.
pub(crate) const MOST_ACTIVATION: f64 = 1e30;

/// Most features in a row.
pub(crate) const MOST_WIDTH: usize = 1 << 20;

/// The rows and outputs that a regressor has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowShape {
    /// Features in a row.
    pub width: usize,
    /// Market features of one bar, the first of a row.
    pub market: usize,
    /// Bars whose market features a row shows.
    pub window: usize,
    /// Place of the bars to the horizon.
    pub time_feature: usize,
    /// Most bars to the horizon.
    pub horizon_bars: u32,
    /// Numbers to predict.
    pub outputs: usize,
    /// Tranches K, of which the outputs are a multiple.
    pub tranches: usize,
}

impl RowShape {
    /// Features of a row without the bars before: where those begin.
    pub(crate) fn present(self) -> usize {
        self.width - self.market * (self.window - 1)
    }
}

/// Nothing, if `is_fine`; else that `key` is `value` where only `accepted` would do.
pub(crate) fn hold(
    is_fine: bool,
    key: &str,
    value: impl ToString,
    accepted: impl Into<String>,
) -> Result<(), ModelError> {
    if is_fine { Ok(()) } else { Err(ModelError::invalid(key, value, accepted)) }
}

/// Nothing, if the list `key` has `expected` values.
pub(crate) fn hold_length(key: &str, got: usize, expected: usize) -> Result<(), ModelError> {
    hold(got == expected, &format!("{LENGTH_OF}{key}"), got, expected.to_string())
}

/// Nothing, if every value of the list `key` is `accepted`, as `is_fine` tells; else the first that is not.
pub(crate) fn hold_each<T: Copy + ToString>(
    key: &str,
    values: &[T],
    is_fine: impl Fn(T) -> bool,
    accepted: &str,
) -> Result<(), ModelError> {
    match values.iter().position(|&value| !is_fine(value)) {
        None => Ok(()),
        Some(place) => hold(false, &format!("{key}[{place}]"), values[place].to_string(), accepted),
    }
}

/// Nothing, if every value of the list `key` is a finite number.
pub(crate) fn hold_finite<T: Copy + Into<f64> + ToString>(key: &str, values: &[T]) -> Result<(), ModelError> {
    hold_each(key, values, |value| value.into().is_finite(), "a finite number")
}
