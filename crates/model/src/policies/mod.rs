//! A model as an exit policy: selling at the next open, or resting limits in the next bar.

pub(crate) mod market;
pub(crate) mod resting;
