//! What a row of features is made of, and the one function that makes it: for training and live alike.

mod layout;
mod source;

pub use layout::{RowLayout, RowMaker, RowSource};
pub use source::{inputs_before, row_source};
