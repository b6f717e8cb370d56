//! Commands that look at an experiment, a run or a trade without making a run.

pub(crate) mod check;
mod contestant_names;
pub(crate) mod explain;
pub(crate) mod exported;
pub(crate) mod feature_quality;
pub(crate) mod fills;
pub(crate) mod leaks;
pub(crate) mod lots;
pub(crate) mod model_sheet;
pub(crate) mod next_bar;
pub(crate) mod obstacles;
pub(crate) mod policy_page;
pub(crate) mod registry;
mod signed;
