//! The contract of a stored model: what its own run found out, and what its features were in training.

use std::path::Path;

use scaleout_export::{ModelContract, digest, read_contract};

use crate::ExperimentError;

/// A stored model that is replayed on another experiment than its own.
pub(crate) struct StoredModel<'a> {
    /// Where it lies.
    pub(crate) path: &'a Path,
    /// What is in the file.
    pub(crate) text: &'a str,
}

impl StoredModel<'_> {
    /// The contract beside it.
    ///
    /// # Errors
    /// If there is none, it cannot be read, or it belongs to another model.
    pub(crate) fn contract(&self) -> Result<ModelContract, ExperimentError> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let contract = read_contract(folder)?;
        let name = self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if contract.files.get(name) != Some(&digest(self.text.as_bytes())) {
            let message = format!("is of another model; accepted: the contract that lists this {name}");
            return Err(ExperimentError::Model { path: folder.join("contract.json"), message });
        }
        Ok(contract)
    }
}
