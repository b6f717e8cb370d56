//! Parameters that several rules have: a feature over a window, a number above 0.

use std::collections::BTreeMap;

use scaleout_features::FeatureSpec;

use crate::ExitError;

/// The feature `name(window=…)`.
pub(super) fn feature(name: &str, window: u32) -> FeatureSpec {
    FeatureSpec { name: name.to_owned(), parameters: BTreeMap::from([("window".to_owned(), f64::from(window))]) }
}

pub(super) fn check_positive(field: &'static str, value: f64) -> Result<(), ExitError> {
    if value.is_finite() && 0.0 < value {
        Ok(())
    } else {
        Err(ExitError::range(field, value, "a finite number above 0"))
    }
}
