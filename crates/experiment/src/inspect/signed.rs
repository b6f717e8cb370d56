//! Text files that a command writes outside a run's folder: each ends in a comment that names the command, and only a
//! file that does is ever replaced.

use std::{fs, path::Path};

use scaleout_data::{Limit, read_bytes};
use scaleout_report::plots::is_png_of_scaleout;

use crate::ExperimentError;

/// A command that signs what it writes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signature {
    Explain,
    Policies,
}

impl Signature {
    const fn comment(self) -> &'static str {
        match self {
            Self::Explain => "\n<!-- drawn by scaleout explain -->\n",
            Self::Policies => "\n<!-- written by scaleout inspect policies -->\n",
        }
    }

    /// `text`, an SVG, HTML or Markdown file, with the comment at its end.
    pub(crate) fn on(self, text: &str) -> Vec<u8> {
        format!("{}{}", text.trim_end(), self.comment()).into_bytes()
    }

    /// Whether `bytes` are of a file that the command wrote.
    fn is_on(self, bytes: &[u8]) -> bool {
        let is_also = match self {
            // A PNG of scaleout names it in its head.
            Self::Explain => is_png_of_scaleout(bytes),
            Self::Policies => false,
        };
        is_also || bytes.ends_with(self.comment().as_bytes())
    }

    /// Refuses to replace what stands at `path`, unless the command wrote it.
    ///
    /// # Errors
    /// If something else stands there.
    pub(crate) fn may_replace(self, path: &Path) -> Result<(), ExperimentError> {
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
        if found.is_file() && read_bytes(path, Limit::Job).is_ok_and(|bytes| self.is_on(&bytes)) {
            return Ok(());
        }
        let problem = match self {
            Self::Explain => "it is no picture of `scaleout explain`",
            Self::Policies => {
                "it lacks the mark of `scaleout inspect policies`: delete it if an earlier version wrote it"
            }
        };
        Err(ExperimentError::NotOurs { path: path.to_owned(), problem })
    }
}
