//! What a format is, and what it is given.

use scaleout_model::Model;

use crate::{ExportError, GoldenRow, ModelContract};

/// Everything that a format may write.
#[derive(Debug)]
pub struct Export<'a> {
    /// The model that is exported.
    pub model: &'a Model,
    /// The text of `model.json`.
    pub model_json: &'a str,
    /// The text of `ladder.json`, where there is a plan card.
    pub ladder_json: Option<&'a str>,
    /// What must hold wherever the model is used.
    pub contract: &'a ModelContract,
    /// The rows of `golden.csv`.
    pub golden: &'a [GoldenRow],
}

/// A file that a format writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name in the model folder.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

impl ExportFile {
    pub(crate) fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), bytes: text.into().into_bytes() }
    }
}

/// One way to write a model for others.
pub trait Format: Sync {
    /// Its name, as `scaleout export --to` takes it.
    fn name(&self) -> &'static str;

    /// What it is for, in a line.
    fn about(&self) -> &'static str;

    /// Whether every run writes it.
    fn is_part_of_runs(&self) -> bool;

    /// The files.
    ///
    /// # Errors
    /// [`ExportError::NotPossible`] where this model cannot be written so.
    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError>;
}
