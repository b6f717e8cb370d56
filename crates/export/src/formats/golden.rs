use crate::{Export, ExportError, ExportFile, Format, golden_csv};

/// Rows with the answers that every runtime must give.
pub struct Golden;

impl Format for Golden {
    fn name(&self) -> &'static str {
        "golden"
    }

    fn about(&self) -> &'static str {
        "golden.csv: rows with hold values and decisions, to compare any runtime by; --rows says how many"
    }

    fn is_part_of_runs(&self) -> bool {
        true
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("golden.csv", golden_csv(export.model, export.golden))])
    }
}
