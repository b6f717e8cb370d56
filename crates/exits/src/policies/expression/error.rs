//! What is wrong with an expression, and the limits that it must keep.

use thiserror::Error;

/// Longest text of an expression, in characters.
pub(super) const MOST_CHARACTERS: usize = 1_000;
/// Deepest nesting of an expression.
pub(super) const MOST_NESTED: usize = 32;
/// Most settings that the ranges of an expression may span.
pub(super) const MOST_SETTINGS: usize = 1_000;

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}`, character {character}: {problem}")]
pub struct ExpressionError {
    /// The expression.
    pub text: String,
    /// Where, counted from 1.
    pub character: usize,
    /// What is wrong, and what would be accepted.
    pub problem: String,
}
