//! Networks: trained by burn, kept as plain numbers, used without it.

pub(crate) mod descent;
pub(crate) mod direct;
pub(crate) mod gru_tensors;
pub(crate) mod held_out;
pub(crate) mod layers;
pub(crate) mod minibatches;
pub(crate) mod perceptron;
pub(crate) mod recurrent;
pub(crate) mod regression;
pub(crate) mod shown;
pub(crate) mod soft_replay;
pub(crate) mod thinning;
