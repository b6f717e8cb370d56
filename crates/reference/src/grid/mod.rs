//! Problems whose market is a Markov chain on a grid: the optimum, and the exact value of any rule, by recursion.

mod answers;
mod blind;
mod dual_bound;
mod economics;
mod grid_problem;
mod kernel;
mod ladder;
mod policy;
mod recursion;
mod scalar;

pub(crate) use answers::GridAnswers;
pub(crate) use blind::ScheduleMeans;
pub(crate) use dual_bound::dual_bound;
pub(crate) use economics::Economics;
pub(crate) use grid_problem::{GridProblem, proportional_terms, tranches_parameter};
pub(crate) use kernel::{GridAxis, Kernel, aligned_axis, point_weights};
pub(crate) use policy::{PolicyTable, TableRule};
pub(crate) use recursion::{Chooser, best, evaluate, value_of_schedule};
pub(crate) use scalar::{Autoregression, Barrier, ScalarProblem, Told};
