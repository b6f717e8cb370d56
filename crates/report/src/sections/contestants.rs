//! All contestants, by J.

use scaleout_evaluation::{ContestantResult, MetricValue, number::signed};
use scaleout_exits::ObjectiveUnit;

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section, certain},
    summary::kind,
};

pub(super) const SECTION: Section =
    Section { name: "contestants", about: "every contestant with its figures, by J", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    let mut order: Vec<&ContestantResult> = evaluation.contestants.iter().collect();
    let objective = |contestant: &ContestantResult| contestant.value("mean_objective").unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| objective(b).total_cmp(&objective(a)));
    let unit = evaluation.objective.unit();
    let rows = order.into_iter().map(|contestant| {
        let metric = |name: &str| contestant.metrics.get(name);
        let mut row = vec![format!("`{}`", contestant.name), kind(contestant), with_interval(metric("mean_objective"))];
        row.extend(certain(unit, || with_interval(metric("certainty_equivalent_r"))));
        row.extend([
            with_interval(metric("mean_net_r")),
            number(metric("max_drawdown_r"), 2),
            number(metric("cvar_5"), 2),
            number(metric("win_rate"), 3),
            number(metric("profit_factor"), 2),
            number(metric("bars_in_trade"), 1),
            number(metric("fee_drag"), 3),
        ]);
        row
    });
    let in_j = match unit {
        ObjectiveUnit::R => "J per trade (95 %)",
        ObjectiveUnit::Utility => "J per trade, utility (95 %)",
    };
    let mut head = vec!["contestant", "kind", in_j];
    head.extend(certain(unit, || "certain R per trade (95 %)"));
    head.extend([
        "net R per trade (95 %)",
        "max drawdown, R",
        "CVaR 5 %, R",
        "win rate",
        "profit factor",
        "bars in trade",
        "fees and carry, R",
    ]);
    let mut blocks = vec![Block::Heading("Contestants, by J".into()), table(&head, rows.collect())];
    blocks.extend(certain(unit, || {
        Block::Paragraph(format!(
            "J is the mean utility (1 − e^(−γ W)) ÷ γ of a trade's net R, W, with γ = {}. J ranks the rules, but is close to \
             R only near 0. Certain R is the certainty equivalent: −ln(1 − γ J) ÷ γ.",
            evaluation.objective.risk_aversion
        ))
    }));
    blocks.push(Block::Paragraph(
        "Each entry is traded separately here; the account has its own table below. Intervals come from a bootstrap over \
         blocks of calendar time. The row of permuted schedules shows means over all draws."
            .into(),
    ));
    blocks
}

fn number(value: Option<&MetricValue>, decimals: usize) -> String {
    let Some(value) = value.and_then(|metric| metric.value) else { return "–".into() };
    let text = format!("{value:.decimals$}");
    if text.starts_with('-') { text.replacen('-', "−", 1) } else { text }
}

fn with_interval(value: Option<&MetricValue>) -> String {
    let Some((value, ci95)) = value.and_then(|metric| Some((metric.value?, metric.ci95))) else { return "–".into() };
    match ci95 {
        Some([low, high]) => format!("{} ({} to {})", signed(value), signed(low), signed(high)),
        None => signed(value),
    }
}
