use crate::{Export, ExportError, ExportFile, Format};

/// The plan card: the learned exit as a ladder.
pub struct LadderJson;

impl Format for LadderJson {
    fn name(&self) -> &'static str {
        "ladder"
    }

    fn about(&self) -> &'static str {
        "ladder.json: the learned exit as a ladder of rungs, times and a stop"
    }

    fn is_part_of_runs(&self) -> bool {
        true
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(export.ladder_json.map(|text| ExportFile::text("ladder.json", text)).into_iter().collect())
    }
}
