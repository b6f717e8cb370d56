//! Networks: trained by burn, kept as plain numbers, used without it.

mod descent;
mod direct;
mod gru;
mod gru_cell;
mod held_out;
mod inputs;
mod layers;
mod minibatches;
mod mlp;
mod regression;
mod scaling;
mod sequence;
mod soft_replay;
mod thinning;

pub use direct::DirectConfig;
pub(crate) use direct::DirectFitting;
pub(crate) use gru::GruFitting;
pub use gru::{GruConfig, GruRegressor};
pub use gru_cell::GruCell;
pub use held_out::EarlyStopping;
pub use inputs::{Inputs, ScaledFeature};
pub use layers::AffineLayer;
pub(crate) use mlp::MlpFitting;
pub use mlp::{MlpConfig, MlpRegressor};
pub use scaling::Outputs;
pub use sequence::Sequence;
