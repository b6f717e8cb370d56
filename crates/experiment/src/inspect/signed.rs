//! Text files that a command writes outside a run's folder: each ends in a comment that names the command, and only a
//! file that does is ever replaced.

use std::{fs, path::Path};

use scaleout_data::{Limit, read_bytes};

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

    /// Refuses to replace what stands at `path`, unless it is a file that ends in the comment or one that `is_also_ours`
    /// by its bytes.
    ///
    /// # Errors
    /// If something else stands there; `problem` says what it is not.
    pub(crate) fn may_replace(
        self,
        path: &Path,
        is_also_ours: impl Fn(&[u8]) -> bool,
        problem: &'static str,
    ) -> Result<(), ExperimentError> {
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
        let is_ours = |bytes: Vec<u8>| bytes.ends_with(self.comment().as_bytes()) || is_also_ours(&bytes);
        if found.is_file() && read_bytes(path, Limit::Job).is_ok_and(is_ours) {
            return Ok(());
        }
        Err(ExperimentError::NotOurs { path: path.to_owned(), problem })
    }
}
