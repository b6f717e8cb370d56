//! The learned exit as a ladder for a card.

use scaleout_evaluation::number::{interval, signed};
use scaleout_exits::ObjectiveUnit;

use crate::{
    PlanCardSummary, PlanLoss,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "plan_card", about: "the learned exit as a ladder for a card", contents: blocks };

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
        "The learned exit on a card"
    } else {
        "A ladder near the learned exit: not a substitute"
    };
    let mut blocks = vec![
        Block::Heading(heading.into()),
        Block::Paragraph(format!(
            "The ladder that comes closest to the model in J, trade by trade ({} ladders compared; the root mean square \
             of the differences is {:.3} {}). It is in `model/ladder.json`, and a config takes it as a contestant: \
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
    let mut rows = vec![row("in sample: flatters the model", &card.in_sample)];
    rows.extend(card.out_of_sample.as_ref().map(|loss| row("out of sample: the cards of the folds", loss)));
    let of_model = format!("{j} of the model, R");
    let of_card = format!("{j} of the card, R");
    let head = ["trades of", "trades", &of_model, &of_card, "lost, R a trade", "95 %"];
    blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows });
    if !card.is_substitute {
        blocks.push(Block::Paragraph(
            "Not a substitute: on trades that it has not seen, the card loses significantly to the model. It shows roughly \
             what the model does and must not be traded in its place."
                .into(),
        ));
    }
    blocks
}
