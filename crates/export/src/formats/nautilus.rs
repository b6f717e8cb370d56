use super::exits_py::exit_files;
use crate::{Export, ExportError, ExportFile, Format};

/// A strategy for NautilusTrader.
pub struct Nautilus;

impl Format for Nautilus {
    fn name(&self) -> &'static str {
        "nautilus"
    }

    fn about(&self) -> &'static str {
        "exits_nautilus.py: a NautilusTrader strategy that leaves by the model or the card"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        exit_files(export, self.name(), "exits_nautilus.py", include_str!("../programs/exits_nautilus.py"))
    }
}
