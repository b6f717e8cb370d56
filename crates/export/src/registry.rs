//! The formats that a model is written in. A new one is a file in `formats/` with a [`Format`], and a line in [`FORMATS`].

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{CONTRACT_SCHEMA, Export, ExportError, ExportFile, Format, formats};

/// Every format, in the order in which they are listed and written.
pub const FORMATS: &[&dyn Format] = &[
    &formats::model_json::ModelJson,
    &formats::ladder_json::LadderJson,
    &formats::onnx::Onnx,
    &formats::golden::Golden,
    &formats::verify_py::VerifyPy,
    &formats::weights_json::WeightsJson,
    &formats::safetensors::Safetensors,
    &formats::features_py::FeaturesPy,
    &formats::features_mql5::FeaturesMql5,
    &formats::plan_py::PlanPy,
    &formats::backtesting::Backtesting,
    &formats::vectorbt::Vectorbt,
    &formats::jesse::Jesse,
    &formats::nautilus::Nautilus,
    &formats::freqtrade::Freqtrade,
    &formats::pine::Pine,
    &formats::mql5::Mql5,
];

/// The formats that every run writes.
pub fn formats_of_runs() -> Vec<&'static dyn Format> {
    FORMATS.iter().copied().filter(|format| format.is_part_of_runs()).collect()
}

/// The formats called `names`.
///
/// # Errors
/// The first name that is none, and all that are.
pub fn formats_named(names: &[String]) -> Result<Vec<&'static dyn Format>, ExportError> {
    let named = |name: &String| {
        FORMATS.iter().copied().find(|format| format.name() == name).ok_or_else(|| ExportError::UnknownFormat {
            name: name.clone(),
            accepted: FORMATS.iter().map(|format| format.name()).collect::<Vec<_>>().join(", "),
        })
    };
    names.iter().map(named).collect()
}

/// The files of `formats`, and last the contract with the digests of them all and of the files `kept` that lie there already.
///
/// # Errors
/// Those of the formats.
pub fn export_files(
    export: &Export<'_>,
    formats: &[&'static dyn Format],
    kept: &BTreeMap<String, String>,
) -> Result<Vec<ExportFile>, ExportError> {
    let mut files: Vec<ExportFile> = Vec::new();
    for format in formats {
        files.extend(format.files(export)?);
    }
    files.push(ExportFile::text("contract.schema.json", CONTRACT_SCHEMA));
    let mut contract = export.contract.clone();
    contract.files = kept.clone();
    contract.files.extend(files.iter().map(|file| (file.name.clone(), digest(&file.bytes))));
    files.push(ExportFile::text("contract.json", contract.to_json()));
    Ok(files)
}

/// SHA-256 of `bytes`, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
