//! The market beside another one, or beside any further column of its file.

use crate::definition::Definition;

pub(crate) const DEFINITIONS: &[&[Definition]] = &[];
