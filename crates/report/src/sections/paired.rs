//! Two contestants side by side in every figure. One such pair answers whether scaling out beats selling everything at
//! once on these entries.

use scaleout_evaluation::{FEWEST_TRADES, FIGURES, PairedFigure, PairedFigures, PairedGroup, number::signed};

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SCALING: Section = Section {
    name: "scaling",
    about: "scaling out against selling everything at once",
    contents: |page: &Page<'_>| page.result.evaluation.scaling.iter().flat_map(scaling).collect(),
};

pub(super) const PAIRS: Section = Section {
    name: "pairs",
    about: "two contestants side by side in every figure",
    contents: |page: &Page<'_>| pairs(&page.result.evaluation.paired),
};

/// The section on scaling out against selling everything at once.
fn scaling(pair: &PairedFigures) -> Vec<Block> {
    let words = format!(
        "`{}` is the scale-out with the highest J inside each training span. `{}` is the all-at-once exit with the \
         highest J there. {} {}",
        pair.candidate,
        pair.baseline,
        overall(pair),
        by_market(pair)
    );
    let mut blocks =
        vec![Block::Heading("Scaling out against selling everything at once".into()), Block::Paragraph(words)];
    blocks.extend(tables(pair));
    blocks
}

/// A section for every pair: the model against the benchmark, and the pairs of the config.
fn pairs(pairs: &[PairedFigures]) -> Vec<Block> {
    pairs
        .iter()
        .flat_map(|pair| {
            let heading = format!("`{}` against `{}`", pair.candidate, pair.baseline);
            let mut blocks = vec![Block::Heading(heading), Block::Paragraph(overall(pair))];
            blocks.extend(tables(pair));
            blocks
        })
        .collect()
}

fn figure<'a>(group: &'a PairedGroup, name: &str) -> Option<&'a PairedFigure> {
    group.figures.get(name)
}

fn overall(pair: &PairedFigures) -> String {
    let Some(figure) = pair.groups.first().and_then(|group| figure(group, "mean_net_r")) else { return String::new() };
    let (Some(difference), ci95) = (figure.difference, figure.ci95) else { return String::new() };
    let shown = match ci95 {
        Some([low, _]) if low > 0.0 => "earns more",
        Some([_, high]) if high < 0.0 => "earns less",
        _ => "does not differ significantly",
    };
    format!("The first {shown}: {} R net per trade{}.", signed(difference), range(ci95))
}

/// What scaling out cost in trends and saved in chop.
fn by_market(pair: &PairedFigures) -> String {
    let part = |name: &str| {
        let group = pair.groups.iter().find(|group| group.kind == "trend efficiency" && group.name == name)?;
        let found = figure(group, "mean_net_r")?;
        Some((found.difference?, found.ci95))
    };
    let (Some((trend, trend_ci)), Some((chop, chop_ci))) = (part("trend"), part("chop")) else { return String::new() };
    let made = |difference: f64| if difference < 0.0 { "lost" } else { "gained" };
    format!(
        "In the third of trades with the strongest trends it {} {} R per trade{}. In the choppiest third it {} {} R{}.",
        made(trend),
        signed(trend.abs()).trim_start_matches('+'),
        range(trend_ci),
        made(chop),
        signed(chop.abs()).trim_start_matches('+'),
        range(chop_ci)
    )
}

fn range(ci95: Option<[f64; 2]>) -> String {
    ci95.map_or(String::new(), |[low, high]| format!(" (95 % {} to {})", signed(low), signed(high)))
}

/// All figures over all trades, then the differences by group.
fn tables(pair: &PairedFigures) -> Vec<Block> {
    let Some(all) = pair.groups.first() else { return Vec::new() };
    let value = |value: Option<f64>| value.map_or("–".to_owned(), signed);
    let rows = FIGURES.iter().filter_map(|(name, unit, meaning)| {
        let figure = figure(all, name)?;
        let interval =
            figure.ci95.map_or("–".to_owned(), |[low, high]| format!("{} to {}", signed(low), signed(high)));
        Some(vec![
            (*meaning).to_owned(),
            (*unit).to_owned(),
            value(figure.candidate),
            value(figure.baseline),
            value(figure.difference),
            interval,
        ])
    });
    let head =
        ["figure", "unit", &format!("`{}`", pair.candidate), &format!("`{}`", pair.baseline), "difference", "95 %"];
    let mut blocks = vec![Block::Table { head: head.map(str::to_owned).to_vec(), rows: rows.collect() }];
    let parts: Vec<&PairedGroup> = pair.groups.iter().skip(1).collect();
    if !parts.is_empty() {
        let shown = ["mean_objective", "mean_net_r", "sharpe_per_trade", "closed_drawdown_r", "win_rate"];
        let row = |group: &&PairedGroup| {
            let mut row = vec![format!("{}: {}", group.kind, group.name), group.trades.to_string()];
            row.extend(shown.map(|name| {
                let Some(figure) = figure(group, name) else { return "–".to_owned() };
                format!("{}{}", value(figure.difference), range(figure.ci95).replace("95 % ", ""))
            }));
            row
        };
        let head = ["group", "trades", "J", "net R", "Sharpe per trade", "drawdown, R", "win rate"];
        blocks.push(Block::Paragraph(format!(
            "Differences by group. Groups with at least {FEWEST_TRADES} trades have 95 % intervals. Trend efficiency is known \
             only afterwards, so it cannot be traded."
        )));
        blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows: parts.iter().map(row).collect() });
    }
    blocks
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    use super::*;

    #[test]
    fn the_question_is_answered_with_intervals() {
        let mut run = FakeRun::new(4, 150, 0.3);
        run.scaling = Some(("ladder 4/8/12/20", "all out after 10"));
        let evaluation = run.evaluate();
        let blocks = scaling(evaluation.scaling.as_ref().unwrap());
        let Block::Paragraph(words) = &blocks[1] else { panic!("{blocks:?}") };
        assert!(words.contains("R net per trade (95 %") && words.contains("strongest trends"), "{words}");
        let Block::Table { rows, .. } = &blocks[2] else { panic!("{blocks:?}") };
        assert_eq!(rows.len(), FIGURES.len());
    }
}
