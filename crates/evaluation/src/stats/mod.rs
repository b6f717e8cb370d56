//! The statistics that the verdict rests on, on plain slices of numbers: they know nothing of trades.

pub mod block_length;
pub mod bootstrap;
pub mod deflated_sharpe;
pub mod distributions;
pub mod moments;
pub mod multiple;
pub mod overfitting;
pub mod rank_correlation;
pub mod spa;
