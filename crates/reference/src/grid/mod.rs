//! Problems whose market is a Markov chain on a grid: the optimum, and the exact value of any rule, by recursion.

mod blind;
mod chain;
mod kernel;
mod ladder;
mod policy;
mod recursion;
mod scalar;

pub(crate) use blind::ScheduleMeans;
pub(crate) use chain::{Economics, GridProblem, proportional_terms, tranches_parameter};
pub(crate) use kernel::{Axis, Kernel, aligned_axis, point_weights};
pub use ladder::Rung;
pub(crate) use policy::{PolicyTable, TableRule};
pub(crate) use recursion::{Chooser, best, evaluate, value_of_schedule};
pub(crate) use scalar::{Autoregression, Barrier, ScalarProblem, Told};
