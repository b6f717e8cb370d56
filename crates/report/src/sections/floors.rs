//! The plain rules that the candidate was held to inside each training span, and what it follows.

use scaleout_evaluation::number::signed;

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "floors", about: "the plain rules that the model departs from", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let floors = &page.result.floors;
    if floors.is_empty() {
        return Vec::new();
    }
    let rows = floors.iter().map(|floor| {
        vec![
            floor.fold.map_or("refit".to_owned(), |fold| fold.to_string()),
            floor.trades.to_string(),
            floor.follows.as_ref().map_or(format!("the model ({})", floor.learner), |rule| format!("`{rule}`")),
            floor.rule.clone(),
            floor.caution.map_or("∞".to_owned(), |caution| caution.to_string()),
            signed(floor.sell_at_once),
            signed(floor.rule_out_of_fold),
            floor.tuned_rule_out_of_fold.map_or("–".to_owned(), signed),
            signed(floor.model_out_of_fold),
        ]
    });
    let head = [
        "fold",
        "trades",
        "the candidate follows",
        "rule departed from",
        "κ",
        "J: sell at once",
        "J: that rule",
        "J: best tuned exit",
        "J: model",
    ];
    let text = "A model departs from a plain rule only where its advantage exceeds κ standard errors. κ = ∞ is the rule \
                alone. The candidate follows a tuned exit instead where no model earned more. Every J is of training trades \
                that neither the fit nor the choice had seen.";
    vec![
        Block::Heading("What the model departs from".into()),
        Block::Paragraph(text.into()),
        table(&head, rows.collect()),
    ]
}
