//! The one way to standard output for text.

use std::io::{self, Write};

use crate::answer::Answer;

/// Writes a text with a line end; what a terminal would obey is escaped.
pub(crate) fn print(text: &str) -> anyhow::Result<Answer> {
    writeln!(io::stdout().lock(), "{}", scaleout_experiment::printable(text))?;
    Ok(Answer::Done)
}
