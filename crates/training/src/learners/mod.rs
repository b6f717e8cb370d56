//! The learners: each a file of its own and one line of the registry.

pub(crate) mod ensemble;
pub(crate) mod learner;
pub(crate) mod linear;
pub(crate) mod logistic;
pub(crate) mod moments;
pub(crate) mod networks;
pub(crate) mod readable_tree;
pub(crate) mod registry;
pub(crate) mod trees;
