use super::exits_py::exit_files;
use crate::{Export, ExportError, ExportFile, Format};

/// A strategy for jesse.
pub struct Jesse;

impl Format for Jesse {
    fn name(&self) -> &'static str {
        "jesse"
    }

    fn about(&self) -> &'static str {
        "exits_jesse.py: a jesse strategy that leaves by the model or the card"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        exit_files(export, self.name(), "exits_jesse.py", include_str!("../programs/exits_jesse.py"))
    }
}
