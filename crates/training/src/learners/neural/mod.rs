//! Networks: trained by burn, kept as plain numbers, used without it.

mod descent;
mod direct;
mod gru;
mod gru_tensors;
mod held_out;
mod layers;
mod minibatches;
mod mlp;
mod regression;
mod shown;
mod soft_replay;
mod thinning;

pub use direct::DirectConfig;
pub(crate) use direct::DirectFitting;
pub use gru::GruConfig;
pub(crate) use gru::GruFitting;
pub use held_out::EarlyStopping;
pub(crate) use mlp::MlpFitting;
pub use mlp::{MlpConfig, fit_perceptron};
