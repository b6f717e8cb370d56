//! The one way into a file: what may be opened, how much of it is taken, and whether it stays the same meanwhile.
//!
//! A file is hashed in the pass that reads it and compared with itself afterwards: its size, the time it was last
//! written and its place on the disk. Pipes are read as they come, since nothing of them can be compared. No file is
//! mapped into memory: one that shrinks would end the program.

mod digest;
mod foreign;
mod limits;
mod lines;
mod opened;
mod pattern;
mod read_text;
mod watched;

pub use digest::{FileDigest, sha256_of, sha256_of_file};
pub use limits::Limit;
pub use pattern::files_of_pattern;
pub use read_text::{read_bytes, read_text};

pub(crate) use digest::{combined, hexadecimal};
pub(crate) use foreign::foreign;
pub(crate) use lines::Lines;
pub(crate) use opened::{Identity, Opened};
pub(crate) use watched::Watched;
