//! Why a model cannot be read or used.

use scaleout_market::OutOfRange;
use thiserror::Error;

/// Why a model cannot be read or used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A row layout names a position feature that does not exist, or lacks the bars to the horizon.
    #[error("position feature `{name}` does not fit: a layout needs bars_to_horizon, and may have {known}")]
    PositionFeature {
        /// The name, empty where one is missing.
        name: String,
        /// What there is.
        known: String,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The model file is of a version that this build does not read.
    #[error("model version {found} cannot be read: this build reads versions 1 to {newest}")]
    Version {
        /// Version in the file.
        found: u32,
        /// The newest one known.
        newest: u32,
    },
    /// The model file does not describe a model.
    #[error("not a model file: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A number, a name or a length of the model file is not what a model has.
    #[error(transparent)]
    Invalid(Box<InvalidPart>),
    /// The content of the file is not what was written.
    #[error("the model file is damaged: its content has the sha256 {found}, but it was written with {stated}")]
    Damaged {
        /// The digest in the file.
        stated: String,
        /// The digest of its content.
        found: String,
    },
    /// The file is of a version that has a digest, but ends without one.
    #[error("the model file is damaged: version {version} ends with the sha256 of its content, this file does not")]
    Unsealed {
        /// Version in the file.
        version: u32,
    },
    /// The file is larger than any model.
    #[error("the model file has {bytes} bytes; accepted: at most {most}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// What would be accepted.
        most: usize,
    },
    /// The model was trained on other facts than those it is used with.
    #[error("the model was trained with {fact} {trained}, but is used with {used}")]
    Mismatch {
        /// Which fact.
        fact: &'static str,
        /// At training.
        trained: String,
        /// Now.
        used: String,
    },
}

/// Where a model file says what no model has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a usable model: {key} is {value}; accepted: {accepted}")]
pub struct InvalidPart {
    /// Where it stands, as `regressor.trees[0].left[3]`, or `the length of` that.
    pub key: String,
    /// What stands there.
    pub value: String,
    /// What would be accepted.
    pub accepted: String,
}

/// How the key of a list begins whose length is wrong.
pub(crate) const LENGTH_OF: &str = "the length of ";

impl ModelError {
    /// The value at `key` of a model file that is not what is `accepted`.
    pub(crate) fn invalid(key: &str, value: impl ToString, accepted: impl Into<String>) -> Self {
        let (key, value, accepted) = (key.to_owned(), value.to_string(), accepted.into());
        Self::Invalid(Box::new(InvalidPart { key, value, accepted }))
    }

    /// The setting `key`, with those around it before it, whose `value` is not what is `accepted`.
    pub(crate) fn out_of_range(key: &str, value: f64, accepted: &str) -> Self {
        OutOfRange::new(key, value, accepted).into()
    }

    /// The same error where the key stands inside another, `section`.
    #[must_use]
    pub fn within(self, section: &str) -> Self {
        match self {
            Self::Invalid(mut part) => {
                part.key = match part.key.strip_prefix(LENGTH_OF) {
                    Some(list) => format!("{LENGTH_OF}{section}.{list}"),
                    None => format!("{section}.{}", part.key),
                };
                Self::Invalid(part)
            }
            other => other,
        }
    }
}
