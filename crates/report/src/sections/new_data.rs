//! A stored model on new data: whether it still beats what it was judged against, and which features drifted.

use scaleout_evaluation::number::{interval, signed};

use crate::{
    DriftedFeature, MOST_OUTSIDE, NewComparison, NewData,
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "new_data",
    about: "a stored model on new data: does it still beat the ladder, and which features drifted",
    contents: blocks,
};

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let Some(data) = &page.result.new_data else { return Vec::new() };
    let mut blocks = vec![Block::Heading("The stored model on new data".into()), Block::Lead(data.sentence())];
    let before = data.verdict_before.as_ref().map_or_else(
        || "Its contract was not read, so its own verdict is unknown.".to_owned(),
        |verdict| format!("The verdict of that run: {verdict}"),
    );
    blocks.push(Block::Paragraph(format!("The model was trained in `{}`. {before}", data.trained_in)));
    blocks.extend(compared(data));
    blocks.extend(drift(&data.features));
    blocks
}

fn compared(data: &NewData) -> Option<Block> {
    let row = |(what, found): (&str, &NewComparison)| {
        vec![
            what.to_owned(),
            format!("`{}`", found.baseline),
            signed(found.mean_objective_difference),
            interval(found.ci95),
            if found.is_beaten { "yes" } else { "no" }.to_owned(),
        ]
    };
    let named = [("ladder", &data.ladder), ("rule of any kind", &data.rule)];
    let rows: Vec<_> = named.into_iter().filter_map(|(what, found)| Some((what, found.as_ref()?))).map(row).collect();
    let head = ["chosen in training", "name", "model minus it, in J a trade", "interval", "shown to be beaten"];
    (!rows.is_empty()).then(|| table(&head, rows))
}

fn drift(features: &[DriftedFeature]) -> Vec<Block> {
    let Some(first) = features.first() else { return Vec::new() };
    let drifted: Vec<String> = features
        .iter()
        .filter(|feature| feature.has_drifted())
        .map(|feature| format!("`{}`", feature.feature))
        .collect();
    let lead = match drifted.as_slice() {
        [] => format!("No feature of {} has drifted.", features.len()),
        names => format!("Drifted: {} of {} features: {}.", names.len(), features.len(), names.join(", ")),
    };
    let limit = if first.limit < 1.0 {
        format!("A distance above {:.2} counts as drift.", first.limit)
    } else {
        "There are too few trades for any distance to count as drift.".to_owned()
    };
    let text = format!(
        "Compared are the rows of all bars up to the horizon, of the trades here and of the training. Outside is the share \
         of values beyond the training's .1–99.9 % range, which held 99.8 % of the training; above {:.0} % counts as drift. \
         Distance is the Kolmogorov-Smirnov distance at the training's 5 %, 10 % … 95 % quantiles, from 0 to 1. {limit} \
         Chance alone exceeds it in 5 % for one feature or more (Smirnov, 1948, Bonferroni over the features). Trades that \
         do not overlap count as the independent values.",
        100.0 * MOST_OUTSIDE
    );
    let number = |value: Option<f32>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
    let share = |value: f64| format!("{:.1} %", 100.0 * value);
    let rows = features.iter().map(|feature| {
        let [low, median, high] = feature.training;
        vec![
            format!("`{}`", feature.feature),
            format!("{} to {}", number(low), number(high)),
            number(median),
            number(feature.median),
            feature.outside_share.map_or("–".to_owned(), share),
            format!("{} → {}", share(feature.missing_share[0]), share(feature.missing_share[1])),
            feature.distance.map_or("–".to_owned(), |distance| format!("{distance:.2}")),
            if feature.has_drifted() { "yes" } else { "no" }.to_owned(),
        ]
    });
    let head = [
        "feature",
        "training, .1–99.9 %",
        "median in training",
        "median here",
        "outside",
        "missing, training → here",
        "distance",
        "drifted",
    ];
    vec![Block::Lead(lead), Block::Paragraph(text), table(&head, rows.collect())]
}
