//! The market beside another one, or beside any extra column of its file.

use crate::definition::Definition;

mod column_z_score;
mod comovement;
mod news_decay;
mod relative_strength;

pub(crate) const DEFINITIONS: &[&[Definition]] =
    &[comovement::DEFINITIONS, relative_strength::DEFINITIONS, column_z_score::DEFINITIONS, news_decay::DEFINITIONS];
