//! The list of all reference problems: a new one is one line here.

use crate::{CatalogueEntry, Problem, ReferenceError, Settings, problems};

/// Every reference problem.
pub static CATALOGUE: [CatalogueEntry; 16] = [
    problems::put::ENTRY,
    problems::max_call::ENTRY,
    problems::fractional::ENTRY,
    problems::swing::ENTRY,
    problems::mean_reversion::ENTRY,
    problems::linear_quadratic::ENTRY,
    problems::liquidation::ENTRY,
    problems::order_flow::ENTRY,
    problems::hidden_trend::ENTRY,
    problems::divisible::ENTRY,
    problems::martingale::ENTRY,
    problems::max_call_held::ENTRY,
    problems::order_flow::FEE_ENTRY,
    problems::barrier_reversion::ENTRY,
    problems::stopped_trend::ENTRY,
    problems::triple_barrier::ENTRY,
];

/// The problem `id` (upper or lower case) with `assignments`, each `key=value`, put over its defaults.
///
/// ```
/// let problem = scaleout_reference::problem("B7", &["impact=0", "risk_aversion=0"])?;
/// let solution = problem.solve();
/// assert!((solution.optimum - 1.5765).abs() < 1e-4);
/// # Ok::<(), scaleout_reference::ReferenceError>(())
/// ```
///
/// # Errors
/// Names the problems, or the problem's parameters with their ranges.
pub fn problem<T: AsRef<str>>(id: &str, assignments: &[T]) -> Result<Box<dyn Problem>, ReferenceError> {
    let entry = CATALOGUE.iter().find(|entry| entry.id.eq_ignore_ascii_case(id));
    let entry = entry.ok_or_else(|| ReferenceError::UnknownProblem {
        id: id.to_owned(),
        known: CATALOGUE.iter().map(|entry| entry.id).collect::<Vec<_>>().join(", "),
    })?;
    Ok((entry.build)(Settings::parse(entry.id, entry.parameters, assignments)?))
}
