//! The plan card: a learned exit as the ladder that comes closest to it.

pub(crate) mod candidate;
pub(crate) mod card;
pub(crate) mod task;
