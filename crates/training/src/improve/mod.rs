//! Rounds of policy improvement, and trials of settings.

pub(crate) mod certainty_pricing;
pub(crate) mod comparison;
pub(crate) mod control_variate;
pub(crate) mod noise_weights;
pub(crate) mod rounds;
pub(crate) mod search;
pub(crate) mod trial;
pub(crate) mod trial_rows;
