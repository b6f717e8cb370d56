//! Models as rules to read.

use scaleout_evaluation::number::signed;

use crate::{
    Imitation,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "readable_rule",
    about: "models that read as a rule, and a tree that imitates the chosen one",
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
            "The part of the initial size to hold at a bar's close while all of it is still held, the costs of selling \
             left aside: fees per order, impact and limits hold longer."
                .into(),
        ),
    ];
    for rule in rules {
        let text = match &rule.imitation {
            None => format!("`{}`, refitted on all trades, is this rule:", rule.model),
            Some(Imitation { trades, model_objective, rule_objective }) => format!(
                "A tree of few questions that says what `{}`, refitted on all trades, mostly does. J in sample, on its \
                 {trades} trades: {} R a trade for the model, {} for the rule.",
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
