//! A model as an exit policy: selling at the next open, or resting limits in the next bar.

mod market;
mod resting;

pub use market::ModelPolicy;
pub use resting::RestingModelPolicy;
