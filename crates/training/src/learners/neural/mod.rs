//! Networks: trained by burn, kept as plain numbers, used without it.

mod descent;
mod inputs;
mod layers;
mod mlp;
mod scaling;

pub use inputs::{Inputs, ScaledFeature};
pub use layers::AffineLayer;
pub(crate) use mlp::MlpFitting;
pub use mlp::{MlpConfig, MlpRegressor};
pub use scaling::Outputs;
