//! Models as rules to read.

use scaleout_evaluation::number::signed;

use crate::{
    Imitation,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "readable_rule",
    about: "the learned exit as a readable rule or a surrogate tree",
    contents: blocks,
};

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let rules = &page.result.readable_rules;
    if rules.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading("The learned exit as a rule".into()),
        Block::Paragraph(
            "The rule gives the fraction of the initial size to hold at a bar's close, if the whole position is still held. \
             It ignores the costs of selling. Fees per order, impact and limits make the model hold longer."
                .into(),
        ),
    ];
    for rule in rules {
        let text = match &rule.imitation {
            None => format!("`{}`, refitted on all trades, is this rule:", rule.model),
            Some(Imitation { trades, model_objective, rule_objective }) => format!(
                "This is a surrogate tree: a small tree that imitates `{}`, refitted on all trades. J in sample, on its \
                 {trades} trades, is {} R per trade for the model and {} R for the tree.",
                rule.model,
                signed(*model_objective),
                signed(*rule_objective)
            ),
        };
        blocks.push(Block::Paragraph(text));
        blocks.push(Block::List(rule.lines.clone()));
    }
    blocks
}
