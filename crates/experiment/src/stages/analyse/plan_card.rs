//! What the report says of the plan card: the ladder in sentences, and what is lost by using it.

use scaleout_evaluation::Evaluation;
use scaleout_exits::policies::{Distance, Offset, Plan, PolicyConfig, Spacing, StopRule, Trigger};
use scaleout_report::{PlanCardSummary, PlanLoss};

use crate::{CANDIDATE, Fitted, PLAN, Prepared};

/// What the report says of the refit's card; the loss out of sample is that of the folds' cards.
pub(super) fn summary(prepared: &Prepared, fitted: &Fitted, evaluation: &Evaluation) -> Option<PlanCardSummary> {
    let card = fitted.refit.plan.as_ref()?;
    let trades = fitted.refit.models.get(fitted.refit.chosen).map_or(0, |model| model.model.training.trades);
    let mean = |name: &str| {
        evaluation.contestants.iter().find(|contestant| contestant.name == name)?.value("certainty_equivalent_r")
    };
    let compared = evaluation
        .comparisons
        .iter()
        .find(|comparison| comparison.candidate == CANDIDATE && comparison.baseline == PLAN);
    let out_of_sample = || {
        let (model_objective, plan_objective) = (mean(CANDIDATE)?, mean(PLAN)?);
        let lost_r = model_objective - plan_objective;
        let ci95 = compared.and_then(|comparison| comparison.ci95_certainty_equivalent_r);
        Some(PlanLoss { trades: evaluation.power.trades, model_objective, plan_objective, lost_r, ci95 })
    };
    let out_of_sample = out_of_sample();
    Some(PlanCardSummary {
        is_substitute: PlanCardSummary::may_stand_in(out_of_sample.as_ref()),
        name: PLAN.to_owned(),
        policy: serde_json::to_value(&card.policy).expect("Invariant: a policy has only text keys"),
        words: words(&card.policy, prepared.config.replay.horizon_bars),
        distance: card.distance,
        tried: card.tried,
        in_sample: PlanLoss {
            trades,
            model_objective: card.model_objective,
            plan_objective: card.plan_objective,
            lost_r: card.model_objective - card.plan_objective,
            ci95: None,
        },
        out_of_sample,
    })
}

/// The ladder in sentences.
fn words(policy: &PolicyConfig, horizon_bars: u32) -> Vec<String> {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let mut lines = Vec::new();
    let (rungs, spacing, stop, times) = match policy {
        PolicyConfig::Plan(Plan { rungs, spacing, stop, times }) => (rungs.as_slice(), spacing, stop, times.as_slice()),
        PolicyConfig::Ladder(ladder) => (ladder.rungs.as_slice(), &ladder.spacing, &ladder.stop, &[][..]),
        other => {
            lines.push(format!("Follow `{}`.", other.build().name()));
            (&[][..], &Spacing::R, &StopRule::Entry, &[][..])
        }
    };
    for rung in rungs {
        let share = percent(rung.fraction.as_f64());
        lines.push(format!(
            "Sell {share} of the initial size at a limit {} from the entry.",
            distance(rung.level, spacing)
        ));
    }
    for time in times {
        lines.push(match (time.bars, time.held.as_f64()) {
            (0, 0.0) => "Sell everything at the entry: the model sees nothing worth holding.".to_owned(),
            (0, held) => format!("Hold no more than {} from the entry on.", percent(held)),
            (bars, 0.0) => format!("After {} sell what is left at the next open.", bars_in_words(bars)),
            (bars, held) => {
                let (bars, held) = (bars_in_words(bars), percent(held));
                format!("After {bars} hold no more than {held}: sell the rest at the next open.")
            }
        });
    }
    match stop {
        StopRule::Entry => lines.push("The stop stays where the entry put it.".to_owned()),
        StopRule::BreakEven { after, offset } => {
            let after = match after {
                Trigger::Sales(1) => "after the first sale".to_owned(),
                Trigger::Sales(sales) => format!("after {sales} sales"),
                Trigger::GainR(gain_r) => format!("once the trade has been {gain_r} R ahead"),
            };
            let offset = match offset {
                Offset::None => String::new(),
                Offset::Ticks(ticks) => format!(" and {ticks} ticks"),
                Offset::Costs => " and the costs".to_owned(),
                Offset::R(r) => format!(" and {r} R"),
            };
            lines.push(format!("The stop goes to the entry price{offset} {after}."));
        }
        StopRule::Trail(trail) => lines.push(match trail.distance {
            Distance::R(r) => format!("The stop follows at {r} R."),
            Distance::Percent(percent) => format!("The stop follows at {percent} %."),
            Distance::Atr { multiple, window } => {
                format!("The stop follows at {multiple} average true ranges of {window} bars.")
            }
        }),
    }
    if times.last().is_none_or(|time| !time.held.is_zero()) {
        lines.push(format!("After {horizon_bars} bars, the horizon, sell what is left."));
    }
    lines
}

fn bars_in_words(bars: u32) -> String {
    if bars == 1 { "1 bar".to_owned() } else { format!("{bars} bars") }
}

fn distance(level: f64, spacing: &Spacing) -> String {
    match spacing {
        Spacing::R => format!("{level} R"),
        Spacing::Atr { window } => format!("{level} average true ranges of {window} bars"),
        Spacing::Percent => format!("{level} %"),
        Spacing::Points => format!("{level} points"),
        Spacing::Swing { window } => format!("{level} × the range of the {window} bars before"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_reads_as_a_trader_would_say_it() {
        let text = "kind = \"plan\"\nrungs = [{ level = 1.5, fraction = 0.25 }]\ntimes = [{ bars = 10, held = 0.5 }]\n\
                    stop = { break-even = { after = { sales = 1 } } }";
        let lines = words(&toml::from_str(text).unwrap(), 60);
        assert_eq!(
            lines,
            [
                "Sell 25 % of the initial size at a limit 1.5 R from the entry.",
                "After 10 bars hold no more than 50 %: sell the rest at the next open.",
                "The stop goes to the entry price after the first sale.",
                "After 60 bars, the horizon, sell what is left.",
            ]
        );
    }
}
