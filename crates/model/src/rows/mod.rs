//! What a row of features is made of, and the one function that makes it: for training and live alike.

pub(crate) mod frame;
pub(crate) mod layout;
pub(crate) mod source;
