use crate::{Export, ExportError, ExportFile, Format};

/// Everything a run learned, as scaleout reads it back.
pub struct ModelJson;

impl Format for ModelJson {
    fn name(&self) -> &'static str {
        "model"
    }

    fn about(&self) -> &'static str {
        "model.json: everything a run learned, reloaded by `backtest`, `verify` and `advise`"
    }

    fn is_part_of_runs(&self) -> bool {
        true
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("model.json", export.model_json)])
    }
}
