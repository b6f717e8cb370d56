//! The plan card: the learned exit as a ladder.

use scaleout_evaluation::number::{interval, signed};
use scaleout_exits::ObjectiveUnit;

use crate::{
    PlanCardSummary, PlanLoss,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "plan_card", about: "the plan card: the learned exit as a ladder", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let unit = page.result.evaluation.objective.unit();
    page.result.plan_card.iter().flat_map(|card| of_card(card, unit)).collect()
}

fn of_card(card: &PlanCardSummary, unit: ObjectiveUnit) -> Vec<Block> {
    let j = match unit {
        ObjectiveUnit::R => "J",
        ObjectiveUnit::Utility => "certainty equivalent",
    };
    let heading = if card.is_substitute {
        "Plan card: the learned exit as a ladder"
    } else {
        "Plan card: a ladder near the learned exit, not a substitute"
    };
    let mut blocks = vec![
        Block::Heading(heading.into()),
        Block::Paragraph(format!(
            "This is the ladder closest to the model in J, trade by trade. {} ladders were compared; the root mean square \
             of its differences is {:.3} {}. It is stored in `model/ladder.json`. A config can use it as a contestant: \
             `[[baselines.own]]` with `name` and `file`.",
            card.tried,
            card.distance,
            unit.name()
        )),
        Block::List(card.words.clone()),
    ];
    let row = |sample: &str, loss: &PlanLoss| {
        vec![
            sample.to_owned(),
            loss.trades.to_string(),
            signed(loss.model_objective),
            signed(loss.plan_objective),
            signed(loss.lost_r),
            interval(loss.ci95),
        ]
    };
    let mut rows = vec![row("in sample (optimistic for the model)", &card.in_sample)];
    rows.extend(card.out_of_sample.as_ref().map(|loss| row("out of sample (the folds' cards)", loss)));
    let of_model = format!("{j} of the model, R");
    let of_card = format!("{j} of the card, R");
    let head = ["sample", "trades", &of_model, &of_card, "lost, R per trade", "95 %"];
    blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows });
    if !card.is_substitute {
        blocks.push(Block::Paragraph(
            "The card is not a substitute: out of sample it loses significantly to the model. It shows roughly what the \
             model does. Do not trade it in place of the model."
                .into(),
        ));
    }
    blocks
}
