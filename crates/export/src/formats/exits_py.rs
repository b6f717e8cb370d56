//! What the programs that leave bar by bar share: the plan card, and the model where its features have code.

use super::{features_py::features_py, plan_py::plan_py};
use crate::{Card, Export, ExportError, ExportFile};

/// The files of the program `text` called `name`, for the format `format`: the program, `scaleout_exit.py` if it imports that,
/// and the card and the model as modules.
///
/// # Errors
/// If there is neither a card nor code for the model's features.
pub(crate) fn exit_files(
    export: &Export<'_>,
    format: &'static str,
    name: &str,
    text: &str,
) -> Result<Vec<ExportFile>, ExportError> {
    let card = Card::of(export, format).map(|card| plan_py(&card));
    let features = features_py(export);
    if let (Err(error), true) = (&card, features.is_err()) {
        return Err(ExportError::NotPossible { format, reason: error.to_string() });
    }
    let instrument = &export.contract.instrument;
    let program = text
        .replace("{version}", &export.contract.product_version)
        .replace("{commission}", &format!("{:?}", instrument.fees.taker_rate))
        .replace("{tick}", &format!("{:?}", instrument.tick_size));
    let mut files = vec![ExportFile::text(name, program)];
    if text.contains("from scaleout_exit import") {
        files.push(ExportFile::text("scaleout_exit.py", include_str!("../programs/scaleout_exit.py")));
    }
    files.extend(card.ok().map(|text| ExportFile::text("scaleout_plan.py", text)));
    if let Ok(text) = features {
        files.push(ExportFile::text("scaleout_features.py", text));
        files.push(ExportFile::text("scaleout_model.py", include_str!("../programs/scaleout_model.py")));
    }
    Ok(files)
}
