use scaleout_evaluation::number::{interval, signed};
use scaleout_exits::ObjectiveUnit;
use serde::Serialize;

use crate::document::Block;

/// The learned exit as a ladder for a card, and what is lost by using it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanCardSummary {
    /// Name of the contestant that follows the cards of the folds.
    pub name: String,
    /// The ladder made from the refit, as a config writes it.
    pub policy: serde_json::Value,
    /// The same in sentences.
    pub words: Vec<String>,
    /// Root mean square of its differences to the model in J, trade by trade, in the unit of J; in sample.
    pub distance: f64,
    /// Ladders compared with the model.
    pub tried: usize,
    /// On the trades that the refit learned from.
    pub in_sample: PlanLoss,
    /// The cards of the folds on the trades that they have not seen.
    pub out_of_sample: Option<PlanLoss>,
    /// Whether it may be used in the model's place: it does not lose significantly to it out of sample.
    pub is_substitute: bool,
}

impl PlanCardSummary {
    /// Whether a card with this loss out of sample may be used in the model's place: the 95 % interval of the loss
    /// does not lie above 0.
    pub fn may_stand_in(out_of_sample: Option<&PlanLoss>) -> bool {
        !out_of_sample.and_then(|loss| loss.ci95).is_some_and(|[low, _]| low > 0.0)
    }
}

/// What a card loses against its model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanLoss {
    /// Trades.
    pub trades: usize,
    /// Mean J of the model, in R: its certainty equivalent where J is utility.
    pub model_objective: f64,
    /// Mean J of the card, likewise.
    pub plan_objective: f64,
    /// Model less card, in R a trade.
    pub lost_r: f64,
    /// Two-sided 95 % interval of the loss.
    pub ci95: Option<[f64; 2]>,
}

pub(super) fn blocks(card: &PlanCardSummary, unit: ObjectiveUnit) -> Vec<Block> {
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
