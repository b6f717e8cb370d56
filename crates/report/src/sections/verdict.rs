//! The verdict and the conditions behind it.

use scaleout_evaluation::{Condition, Evaluation, Role};

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "verdict", about: "the verdict and the conditions behind it", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    let mut blocks = vec![Block::Lead(evaluation.verdict.sentence.clone())];
    blocks.extend(evaluation.verdict.rule.iter().map(|rule| {
        Block::Paragraph(format!(
            "R is the profit of a trade divided by its risk at entry. The benchmark `{rule}` follows the rule with the highest J \
             inside each training span. No test trade takes part in that choice."
        ))
    }));
    blocks.extend(evaluation.warnings.iter().map(|warning| Block::Paragraph(warning.words.clone())));
    blocks.extend(evaluation.risk_in_money.iter().map(|words| Block::Paragraph(words.clone())));
    blocks.extend(conditions(evaluation));
    blocks
}

fn conditions(evaluation: &Evaluation) -> Vec<Block> {
    if evaluation.verdict.conditions.is_empty() {
        return Vec::new();
    }
    let row = |condition: &Condition| {
        let answer = match (condition.holds, condition.role) {
            (Some(true), _) => "yes",
            (Some(false), _) => "no",
            (None, Role::Required) => "not tested (fails)",
            (None, Role::Veto) => "not tested (no veto)",
        };
        vec![condition.name.clone(), answer.to_owned(), condition.detail.clone()]
    };
    let rows = evaluation.verdict.conditions.iter().map(row).collect();
    vec![
        Block::Paragraph(
            "The model is called better only if every line below holds. The last is a veto: it can only speak against the \
             model. A condition that would repeat the base case is left out."
                .into(),
        ),
        table(&["condition", "holds", "figures"], rows),
    ]
}
