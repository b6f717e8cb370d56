//! Departing from a plain rule only where it pays: the rule, fits that leave out one block of time each, and κ.

pub(crate) mod baselines;
pub(crate) mod caution;
pub(crate) mod cross_fit;
pub(crate) mod depart;
