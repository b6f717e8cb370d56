//! A number that cannot be what it is: one error for all of them.

use std::fmt::Display;

use thiserror::Error;

/// A number lies outside what is accepted.
///
/// ```
/// use scaleout_market::OutOfRange;
/// assert!(OutOfRange::check("qty", 2.0, 0.0 < 2.0, "a finite number above 0").is_ok());
/// let error = OutOfRange::above_zero("qty", -1.0).unwrap_err();
/// assert_eq!(error.to_string(), "qty = -1 must be a finite number above 0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} = {value} must be {accepted}")]
pub struct OutOfRange {
    /// Which number, as the user writes it.
    pub field: Box<str>,
    /// Its value.
    pub value: Box<str>,
    /// What would be accepted.
    pub accepted: Box<str>,
}

impl OutOfRange {
    /// The error about `field`.
    pub fn new(field: &str, value: impl Display, accepted: &str) -> Self {
        Self { field: field.into(), value: value.to_string().into(), accepted: accepted.into() }
    }

    /// Nothing if `value` is `accepted`, else the error.
    ///
    /// # Errors
    /// If `is_accepted` is false.
    pub fn check(field: &str, value: f64, is_accepted: bool, accepted: &str) -> Result<(), Self> {
        if is_accepted { Ok(()) } else { Err(Self::new(field, value, accepted)) }
    }

    /// Refuses what is not a finite number.
    ///
    /// # Errors
    /// If `value` is NaN or infinite.
    pub fn finite(field: &str, value: f64) -> Result<(), Self> {
        Self::check(field, value, value.is_finite(), "a finite number")
    }

    /// Refuses what is not a finite number, 0 or more.
    ///
    /// # Errors
    /// If `value` is not.
    pub fn at_least_zero(field: &str, value: f64) -> Result<(), Self> {
        Self::check(field, value, value.is_finite() && value >= 0.0, "a finite number, 0 or more")
    }

    /// Refuses what is not a finite number above 0.
    ///
    /// # Errors
    /// If `value` is not.
    pub fn above_zero(field: &str, value: f64) -> Result<(), Self> {
        Self::check(field, value, value.is_finite() && value > 0.0, "a finite number above 0")
    }
}
