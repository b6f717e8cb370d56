use super::exits_py::exit_files;
use crate::{Export, ExportError, ExportFile, Format};

/// A program for vectorbt.
pub struct Vectorbt;

impl Format for Vectorbt {
    fn name(&self) -> &'static str {
        "vectorbt"
    }

    fn about(&self) -> &'static str {
        "exits_vectorbt.py: the card or the model in an order function of vectorbt"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        exit_files(export, self.name(), "exits_vectorbt.py", include_str!("../programs/exits_vectorbt.py"))
    }
}
