use scaleout_evaluation::number::signed;
use serde::Serialize;

use crate::document::Block;

/// A model as a rule to read, a line for each case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadableRule {
    /// Name of the model.
    pub model: String,
    /// The cases and what to hold in each.
    pub lines: Vec<String>,
    /// What following the rule loses where it only imitates the model; `None` where it is the model.
    pub imitation: Option<Imitation>,
}

/// How near a rule comes to the model that it imitates, on the trades that both were made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imitation {
    /// Trades.
    pub trades: usize,
    /// Mean J of the model, in R.
    pub model_objective: f64,
    /// Mean J of the rule, in R.
    pub rule_objective: f64,
}

pub(super) fn blocks(rules: &[ReadableRule]) -> Vec<Block> {
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
