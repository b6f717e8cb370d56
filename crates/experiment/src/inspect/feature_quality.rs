//! The quality sheet of an experiment's features, looked at before any model is fitted.
//!
//! It sees the first training span and nothing else: no trade of it is tested in any fold, so that a feature chosen
//! from the sheet has not been chosen on test trades. The bars of several markets are looked at one market after another.

use std::{
    fmt::Write as _,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use scaleout_data::{TableColumn, Values, csv_table};
use scaleout_features::{
    FeatureError, FeatureSet, FeatureTable,
    quality::{FeatureQuality, InformationCoefficient, quality_sheet},
};
use scaleout_market::{Bar, Timestamp};
use scaleout_model::{RowLayout, Sides};
use scaleout_report::plots::{FeatureQualityLine, FeatureQualityPlot, feature_quality_plot};
use scaleout_training::TrainingData;
use scaleout_validation::Span;
use serde::Serialize;

use crate::{
    ExperimentError, FeatureSource, LoadedConfig, Prepared,
    feature_tables::{
        inputs::check_outputs,
        table::{history_of_files, name_of, preset_of_files},
    },
    folder::OwnFiles,
    stages::rows::volatility_of,
};

/// What the features of a market are like, and what they say about hold values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureQualityReport {
    /// Name of the experiment or of the file of bars.
    pub name: String,
    /// Close of the first bar looked at.
    pub first_ts: Timestamp,
    /// Close of the last bar looked at.
    pub last_ts: Timestamp,
    /// Bars looked at.
    pub bars: usize,
    /// Trades of the training span; 0 for a file of bars, which has no trades.
    pub trades: usize,
    /// Decisions of those trades, to which the information coefficients belong; they overlap.
    pub decisions: usize,
    /// One entry a feature of the market, in column order.
    pub features: Vec<FeatureQuality>,
    /// Names of features that say nearly the same.
    pub clusters: Vec<Vec<String>>,
    /// What the features of the position say, which only decisions have.
    pub position: Vec<PositionQuality>,
}

/// What a feature of the position says about the hold value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PositionQuality {
    /// Name in the row of a decision.
    pub name: String,
    /// Its information coefficient; `None` where it does not vary.
    pub information: Option<InformationCoefficient>,
}

/// Writes the quality sheet of the features `specs` (by default the experiment's) into the folder `out`: `quality.md`
/// to read, with `quality.svg` and `quality.png`, and the same as `quality.csv` and `quality.json`. Returns the files.
///
/// The information coefficient is the rank correlation with the realised hold value: what one whole unit still earned
/// in J until its stop or the horizon. A file of bars has no trades and thus none.
///
/// # Errors
/// If the market cannot be read, a feature does not fit it, there are too few trades for the folds, or a file cannot
/// be written, is one of those that are read, or is in the place of one that this command did not write.
pub fn write_feature_quality(
    source: &FeatureSource,
    specs: Option<&[String]>,
    out: &Path,
) -> Result<Vec<PathBuf>, ExperimentError> {
    let (report, files) = match source {
        FeatureSource::Experiment(loaded) => {
            let prepared = Prepared::new(loaded)?;
            let report = of_experiment(loaded, &prepared, specs)?;
            (report, prepared.markets.into_iter().flat_map(|market| market.loaded.files).collect())
        }
        FeatureSource::Files { bars, trades } => (of_files(bars, trades.as_deref(), specs)?, Vec::new()),
    };
    let names = ["quality.md", "quality.png", "quality.svg", "quality.csv", "quality.json"];
    let written = names.map(|name| out.join(name)).to_vec();
    check_outputs(&written, source, &files)?;
    let plot = feature_quality_plot(&picture(&report))?;
    fs::create_dir_all(out).map_err(|source| ExperimentError::Io { path: out.to_owned(), source })?;
    let json = serde_json::to_string_pretty(&report).expect("Invariant: only finite numbers and text keys");
    let page = markdown(&report, &plot.caption);
    let table = csv_table(&out.join("quality.csv"), &columns(&report))?;
    let files = [
        ("quality.svg", plot.svg.into_bytes()),
        ("quality.png", plot.png),
        ("quality.json", json.into_bytes()),
        ("quality.md", page.into_bytes()),
        ("quality.csv", table),
    ];
    OwnFiles::of(out)?.write_all(&files.map(|(name, contents)| (name.to_owned(), contents)))?;
    Ok(written)
}

fn of_experiment(
    loaded: &LoadedConfig,
    prepared: &Prepared,
    specs: Option<&[String]>,
) -> Result<FeatureQualityReport, ExperimentError> {
    let set = specs.map_or_else(|| Ok(prepared.config.training.features.clone()), FeatureSet::parse)?;
    let spans: Vec<Span> = prepared.trades.iter().map(|trade| trade.span).collect();
    let train = prepared.first_train()?;
    if train.is_empty() {
        let message = "the quality sheet sees the trades before every test, and combinatorial splits test all; accepted: \
                       scheme = \"walk-forward\"";
        return Err(loaded.value_error(message));
    }
    let tables = prepared.markets.iter().map(|market| Ok(Arc::new(set.table_of(&market.loaded.history)?)));
    let tables = tables.collect::<Result<Vec<_>, FeatureError>>()?;
    let end = train.iter().map(|&place| spans[place].end()).max().unwrap_or(Timestamp::from_nanos(i64::MIN));
    let seen = prepared.markets.iter().zip(&tables).map(|(market, table)| {
        let bars = market.view().bars();
        (&bars[..bars.partition_point(|bar| bar.ts <= end)], table.as_ref())
    });
    let (bars, table) = one_after_another(seen, &tables[0]);
    let rows = 0..bars.len();

    let layout = RowLayout::standard(set.specs().to_vec(), volatility_of(set.specs()));
    let (objective, replay) = (&prepared.objective, &prepared.config.replay);
    let trades = prepared.to_learn(train.iter().copied(), &tables);
    let data = TrainingData::from_market(layout, Sides::Mirrored, &trades, objective, replay)?;
    let every: Vec<usize> = (0..train.len()).collect();
    let target: Vec<Option<f64>> = data.realised_hold_values(&every, objective).into_iter().map(Some).collect();
    let width = data.layout().width();
    let information = |column: usize| {
        let rows = data.paths().iter().flat_map(|path| path.features.chunks_exact(width));
        let values: Vec<Option<f64>> =
            rows.map(|row| Some(row[column]).filter(|value| !value.is_nan()).map(f64::from)).collect();
        InformationCoefficient::of(&values, &target)
    };

    let closes = (bars.as_slice(), rows);
    let mut report = report(loaded.config.name.clone(), &table, closes);
    report.trades = train.len();
    report.decisions = target.len();
    for (column, feature) in report.features.iter_mut().enumerate() {
        feature.information = information(column);
    }
    report.position = (data.layout().market.len()..width)
        .zip(&data.layout().position)
        .map(|(column, name)| PositionQuality { name: name.clone(), information: information(column) })
        .collect();
    Ok(report)
}

/// Bars and feature values of all markets, one market after another; `like` has the columns of every table.
fn one_after_another<'a>(
    markets: impl Iterator<Item = (&'a [Bar], &'a FeatureTable)>,
    like: &FeatureTable,
) -> (Vec<Bar>, FeatureTable) {
    let (mut all, mut values) = (Vec::new(), Vec::new());
    for (bars, table) in markets {
        all.extend_from_slice(bars);
        (0..bars.len()).for_each(|t| values.extend_from_slice(table.row(t)));
    }
    (all, FeatureTable::new(like.names().to_vec(), values))
}

fn of_files(
    bars: &Path,
    trades: Option<&Path>,
    specs: Option<&[String]>,
) -> Result<FeatureQualityReport, ExperimentError> {
    let history = history_of_files(bars, trades)?;
    let set = specs.map_or_else(|| preset_of_files(trades), FeatureSet::parse)?;
    let table = set.table_of(&history)?;
    let closes = history.series.bars();
    Ok(report(name_of(bars), &table, (closes, 0..table.len())))
}

fn report(name: String, table: &FeatureTable, (bars, rows): (&[Bar], Range<usize>)) -> FeatureQualityReport {
    let closes = &bars[rows.clone()];
    let ts = |bar: Option<&Bar>| bar.map_or(Timestamp::from_nanos(0), |bar| bar.ts);
    let looked_at = if table.names().is_empty() { 0..0 } else { rows };
    let sheet = quality_sheet(table, looked_at, None);
    FeatureQualityReport {
        name,
        first_ts: ts(closes.first()),
        last_ts: ts(closes.last()),
        bars: closes.len(),
        trades: 0,
        decisions: 0,
        features: sheet.features,
        clusters: sheet.clusters,
        position: Vec::new(),
    }
}

impl FeatureQualityReport {
    /// The letter of the feature's cluster: A to Z, then AA and so on.
    fn cluster(&self, name: &str) -> Option<String> {
        let mut place = self.clusters.iter().position(|cluster| cluster.iter().any(|member| member == name))?;
        let mut letters = Vec::new();
        loop {
            letters.push(char::from(b'A' + (place % 26) as u8));
            if place < 26 {
                return Some(letters.into_iter().rev().collect());
            }
            place = place / 26 - 1;
        }
    }

    /// What was looked at, in a sentence.
    fn scope(&self) -> String {
        let Self { first_ts, last_ts, bars, trades, decisions, .. } = self;
        let whole = format!("{bars} bars from {first_ts} to {last_ts}");
        if *trades == 0 {
            return format!("{whole}; no trades, so nothing to be informed about.");
        }
        format!(
            "{whole}, the first training span; information about the realised hold value at the {decisions} decisions of its {trades} trades."
        )
    }
}

fn picture(report: &FeatureQualityReport) -> FeatureQualityPlot {
    let of_market = report.features.iter().map(|feature| FeatureQualityLine {
        name: feature.name.clone(),
        cluster: report.cluster(&feature.name),
        coverage: Some(feature.coverage),
        spread: feature.distribution.as_ref().and_then(|distribution| {
            let standard =
                |place: usize| (distribution.quantiles[place].1 - distribution.mean) / distribution.deviation;
            (distribution.deviation > 0.0).then(|| [2, 3, 4, 5, 6].map(standard))
        }),
        stationarity: feature.stationarity.as_ref().map(|test| test.statistic / test.critical[1]),
        information: feature.information.as_ref().map(drawn),
    });
    let of_position = report.position.iter().map(|feature| FeatureQualityLine {
        name: feature.name.clone(),
        cluster: None,
        coverage: None,
        spread: None,
        stationarity: None,
        information: feature.information.as_ref().map(drawn),
    });
    FeatureQualityPlot {
        name: "quality".to_owned(),
        title: format!("{}: quality of the features", report.name),
        subtitle: report.scope(),
        features: of_market.chain(of_position).collect(),
    }
}

fn drawn(information: &InformationCoefficient) -> (f64, Option<[f64; 2]>) {
    (information.value, quartiles(&information.by_tenth))
}

/// The lower and the upper quartile of what is defined, by the nearest rank.
fn quartiles(values: &[Option<f64>]) -> Option<[f64; 2]> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some([0.25, 0.75].map(|share| sorted[(share * last as f64).round() as usize]))
}

/// Each column of the sheet: its name and what it says of a feature.
type Sheet = [(&'static str, fn(&FeatureQuality) -> Option<f64>); 12];

const SHEET: Sheet = [
    ("coverage", |feature| Some(feature.coverage)),
    ("first_row", |feature| feature.first_row.map(|row| row as f64)),
    ("mean", |feature| Some(feature.distribution.as_ref()?.mean)),
    ("deviation", |feature| Some(feature.distribution.as_ref()?.deviation)),
    ("q05", |feature| Some(feature.distribution.as_ref()?.quantiles[2].1)),
    ("median", |feature| Some(feature.distribution.as_ref()?.quantiles[4].1)),
    ("q95", |feature| Some(feature.distribution.as_ref()?.quantiles[6].1)),
    ("adf", |feature| Some(feature.stationarity.as_ref()?.statistic)),
    ("adf_critical_5", |feature| Some(feature.stationarity.as_ref()?.critical[1])),
    ("ic", |feature| Some(feature.information.as_ref()?.value)),
    ("ic_low_quartile", |feature| Some(quartiles(&feature.information.as_ref()?.by_tenth)?[0])),
    ("ic_high_quartile", |feature| Some(quartiles(&feature.information.as_ref()?.by_tenth)?[1])),
];

fn columns(report: &FeatureQualityReport) -> Vec<TableColumn> {
    let features = &report.features;
    let texts = |text: &dyn Fn(&FeatureQuality) -> String| Values::Texts(features.iter().map(text).collect());
    let mut columns = vec![
        TableColumn::new("feature", texts(&|feature| feature.name.clone())),
        TableColumn::new("unit", texts(&|feature| feature.unit.clone().unwrap_or_default())),
        TableColumn::new("cluster", texts(&|feature| report.cluster(&feature.name).unwrap_or_default())),
    ];
    let numbers =
        SHEET.map(|(name, value)| TableColumn::new(name, Values::Numbers(features.iter().map(value).collect())));
    columns.extend(numbers);
    columns
}

fn markdown(report: &FeatureQualityReport, caption: &str) -> String {
    let mut page = format!(
        "# {}: quality of the features\n\n{}\n\n![{caption}](quality.svg)\n\n| feature | unit | cluster | {} |\n|---|---|---|{}\n",
        report.name,
        report.scope(),
        SHEET.map(|(name, _)| name).join(" | "),
        "---:|".repeat(SHEET.len()),
    );
    let cell = |value: Option<f64>| value.map(shown).unwrap_or_default();
    for feature in &report.features {
        let cells = SHEET.map(|(_, value)| cell(value(feature))).join(" | ");
        let unit = feature.unit.as_deref().unwrap_or_default();
        let cluster = report.cluster(&feature.name).unwrap_or_default();
        let _ = writeln!(page, "| `{}` | {unit} | {cluster} | {cells} |", feature.name);
    }
    if !report.position.is_empty() {
        page.push_str("\n## Features of the position\n\n| feature | ic | ic_low_quartile | ic_high_quartile |\n|---|---:|---:|---:|\n");
        for feature in &report.position {
            let value = feature.information.as_ref().map(|information| information.value);
            let ends = feature.information.as_ref().and_then(|information| quartiles(&information.by_tenth));
            let [low, high] = [0, 1].map(|end| cell(ends.map(|ends| ends[end])));
            let _ = writeln!(page, "| `{}` | {} | {low} | {high} |", feature.name, cell(value));
        }
    }
    page.push_str(NOTES);
    page
}

/// Four significant digits, or a whole number as it is.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e6 {
        return value.to_string();
    }
    let digits = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    if (-4.0..6.0).contains(&digits) {
        format!("{value:.*}", (3.0 - digits).max(0.0) as usize)
    } else {
        format!("{value:.3e}")
    }
}

const NOTES: &str = "
coverage: share of the bars with a value. first_row: the first bar with one, counted from 0. adf: augmented \
Dickey-Fuller statistic with a constant; below adf_critical_5 a unit root is rejected. ic: rank correlation with what \
one whole unit still earned in J, held to its stop or the horizon; its quartiles are over ten consecutive stretches. \
Decisions of one trade overlap, so a small ic is soon luck. Features with one cluster letter have absolute rank \
correlations of 0.9 and more, directly or through others.
";

#[cfg(test)]
mod tests {
    use super::{quartiles, shown};

    #[test]
    fn figures_are_short() {
        let cases = [(0.0, "0"), (1.0 / 3.0, "0.3333"), (-1_234.56, "-1235"), (0.05, "0.05000"), (2.5e-9, "2.500e-9")];
        for (value, expected) in cases {
            assert_eq!(shown(value), expected);
        }
        assert_eq!(quartiles(&[Some(3.0), None, Some(1.0), Some(2.0), Some(5.0), Some(4.0)]), Some([2.0, 4.0]));
        assert_eq!(quartiles(&[None]), None);
    }
}
