//! Fitted functions from a row of features to some numbers, as plain numbers.

pub(crate) mod baseline_rule;
pub(crate) mod departure;
pub(crate) mod gru_cell;
pub(crate) mod inputs;
pub(crate) mod layers;
pub(crate) mod linear;
pub(crate) mod output_scale;
pub(crate) mod perceptron;
pub(crate) mod recurrent;
pub(crate) mod regressor;
pub(crate) mod sequence;
pub(crate) mod terms;
pub(crate) mod tree;
pub(crate) mod tree_prediction;
