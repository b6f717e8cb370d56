//! The features of an experiment that know what the next bar brings.

use scaleout_evaluation::Leak;

use crate::{ExperimentError, Prepared};

/// The features of the experiment that leak, in their order.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn leaks(prepared: &Prepared) -> Result<Vec<Leak>, ExperimentError> {
    Ok(prepared.feature_facts()?.iter().filter_map(|facts| facts.next_bar.leak(&facts.name)).collect())
}
