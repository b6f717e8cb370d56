use std::path::PathBuf;

use thiserror::Error;

/// Why a model could not be written for other tools, or not be read back.
#[derive(Debug, Error)]
pub enum ExportError {
    /// A tree sends missing values to a third child.
    #[error("tree {tree}, node {node}: missing values go to neither child, which no ONNX operator can say")]
    Tree {
        /// Place of the tree.
        tree: usize,
        /// Place of the node.
        node: usize,
    },
    /// An ensemble has no members.
    #[error("the model is an ensemble without members")]
    EmptyEnsemble,
    /// A format that does not exist was asked for.
    #[error("no format `{name}`; accepted: {accepted}")]
    UnknownFormat {
        /// The name.
        name: String,
        /// All names.
        accepted: String,
    },
    /// The model cannot be written in this format.
    #[error("{format}: {reason}")]
    NotPossible {
        /// The format.
        format: &'static str,
        /// Why, and what would be accepted.
        reason: String,
    },
    /// A file of a model folder cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of a model folder is not what it should be.
    #[error("{path}: {message}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what would be accepted.
        message: String,
    },
    /// A cell of a table is not what it should be.
    #[error("{path}, line {line}, column `{column}`: `{value}`; accepted: {accepted}", path = path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        value: String,
        /// What would be accepted.
        accepted: String,
    },
    /// The model itself cannot be read.
    #[error(transparent)]
    Model(#[from] scaleout_model::ModelError),
}
