//! Names of the contestants that are no rule and no learner of their own.

/// Name of the contestant that the verdict is about: in each fold the learner chosen inside its training span.
pub const CANDIDATE: &str = "model";

/// Name of the contestant that follows the card written from the candidate.
pub const PLAN: &str = "plan card";

/// Name of the contestant that follows in each fold the baseline with the highest J in its training span; a baseline
/// that is best in every fold stands for it itself.
pub const IN_SPAN_RULE: &str = "best rule in-span";

/// The same among ladders.
pub const IN_SPAN_LADDER: &str = "best ladder in-span";

/// The same among exits in parts.
pub const IN_PARTS: &str = "best exit in parts, in-span";

/// The same among exits that sell everything at once.
pub const AT_ONCE: &str = "best exit at once, in-span";

/// Name of the contestant that is what the user or a program really did. It is shown and compared, and is no rule.
pub const AS_TRADED: &str = "as-traded";

/// Name of the contestant that knows the future.
pub(crate) const HINDSIGHT: &str = "hindsight";

/// Name of the contestant that follows the candidate's schedules on other trades.
pub(crate) const PERMUTED: &str = "model, schedule permuted";
