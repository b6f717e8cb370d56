//! How the result depends on assumptions.

use scaleout_evaluation::{SensitivityResult, number::signed};

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "assumptions",
    about: "how the result depends on the order of prices inside a bar, on costs and on fills",
    contents: blocks,
};

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    let legs: Vec<_> = evaluation.intrabar.by_rule.iter().chain(&evaluation.sensitivity).collect();
    let candidate = evaluation.verdict.candidate.as_deref().unwrap_or_default();
    let unit = evaluation.objective.unit().name();
    let row = |leg: &&SensitivityResult| {
        let own = leg.mean_objective.get(candidate).map_or("–".into(), |&value| signed(value));
        let (baseline, difference) = leg.comparison.as_ref().map_or(("–".into(), "–".into()), |comparison| {
            (format!("`{}`", comparison.baseline), signed(comparison.mean_objective_difference))
        });
        let label = if leg.restates_base { format!("{} (changes nothing)", leg.label) } else { leg.label.clone() };
        vec![label, own, baseline, difference]
    };
    let share = 100.0 * evaluation.intrabar.ambiguous_share;
    let spread = evaluation.intrabar.spread.get(candidate).filter(|_| evaluation.intrabar.by_rule.len() > 1);
    let spread = spread
        .map_or(String::new(), |spread| format!(" The model's mean J varies by {spread:.3} {unit} between the rules."));
    vec![
        Block::Heading("Sensitivity to assumptions".into()),
        Block::Paragraph(format!(
            "A bar does not show the order of the prices inside it. The rule `{}` decided a fill in {share:.1} % of trades.{spread}",
            evaluation.intrabar.rule
        )),
        table(
            &["assumption", &format!("J of the model, {unit}"), "benchmark", &format!("difference in J, {unit}")],
            legs.iter().map(row).collect(),
        ),
    ]
}
