//! The model folder of a run: the refit's chosen model as other tools read it.

use std::collections::BTreeMap;

use scaleout_evaluation::Evaluation;
use scaleout_export::{
    Expected, Export, ExportFile, Figure, GOLDEN_ROWS, ModelContract, ObservedRow, RunFacts, export_files,
    formats_of_runs, golden_rows,
};
use scaleout_market::Instrument;
use scaleout_model::Model;
use scaleout_training::TrainingData;

use crate::{CANDIDATE, ExperimentError, Fitted, Prepared, PreparedMarket};

/// Figures of the contract, by their names in `report.json`.
const FIGURES: [&str; 12] = [
    "mean_objective",
    "certainty_equivalent_r",
    "mean_net_r",
    "median_net_r",
    "deviation_net_r",
    "cvar_5",
    "max_drawdown_r",
    "win_rate",
    "profit_factor",
    "legs_per_trade",
    "bars_in_trade",
    "fee_drag",
];

/// `model.json` and the card: the model folder without learners, and of a backtest on other data than the model's.
pub(crate) fn plain_files(fitted: &Fitted, ladder_json: Option<&str>) -> Vec<ExportFile> {
    let file = |name: &str, text: &str| ExportFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let ladder = ladder_json.map(|text| file("ladder.json", text));
    [file("model.json", &fitted.to_json())].into_iter().chain(ladder).collect()
}

/// The files of the model folder in every format; `None` where there are only the plain ones, since ranges, expiry and
/// expected figures of a contract are those of the training data.
pub(crate) fn exported_files(
    prepared: &Prepared,
    fitted: &Fitted,
    evaluation: &Evaluation,
    ladder_json: Option<&str>,
) -> Result<Option<Vec<ExportFile>>, ExperimentError> {
    let model_json = fitted.to_json();
    let chosen = fitted.refit.models.get(fitted.refit.chosen);
    let is_own = fitted.experiment == prepared.config && fitted.data_sha256 == prepared.data_sha256;
    let Some(chosen) = chosen.filter(|_| is_own) else { return Ok(None) };
    let model = &chosen.model;
    let data = &*prepared.rows()?;
    let observed = observed(model, data);
    let rows = data.paths().iter().flat_map(|path| rows_of(model, data, &path.features));
    let rows: Vec<f32> = rows.flatten().copied().collect();
    let terms: Vec<_> = data.paths().iter().map(|path| path.unit.terms).collect();
    let config = &prepared.config;
    let instruments: Vec<&Instrument> = prepared.markets.iter().map(|market| &market.loaded.instrument).collect();
    let (first, others) = instruments.split_first().expect("Invariant: an experiment has a market");
    let facts = RunFacts {
        product_version: env!("CARGO_PKG_VERSION"),
        experiment: &config.name,
        bars: serde_json::to_value(config.data.first().bars).expect("Invariant: a bar size has only text keys"),
        bar_seconds: bar_seconds(prepared),
        instrument: first,
        other_instruments: others,
        replay: &config.replay,
        data_sha256: &fitted.data_sha256,
        rows: &rows,
        terms: &terms,
        valid_nanos: test_span_nanos(prepared, fitted),
        expected: expected(evaluation),
    };
    let contract = ModelContract { out_of_range: config.training.out_of_range, ..ModelContract::new(model, &facts) };
    let golden = golden_rows(model, &contract.features, &observed, GOLDEN_ROWS);
    let export = Export { model, model_json: &model_json, ladder_json, contract: &contract, golden: &golden };
    Ok(Some(export_files(&export, &formats_of_runs(), &BTreeMap::new())?))
}

/// The rows of one trade in the model's layout, which may show fewer bars than the data.
fn rows_of<'a>(model: &Model, data: &TrainingData, features: &'a [f32]) -> impl Iterator<Item = &'a [f32]> {
    let width = model.layout.width();
    features.chunks_exact(data.layout().width()).map(move |row| &row[..width])
}

/// Training rows spread evenly over all trades.
fn observed(model: &Model, data: &TrainingData) -> Vec<ObservedRow> {
    let paths = data.paths();
    let count = GOLDEN_ROWS.min(paths.len());
    (0..count)
        .map(|place| {
            let path = &paths[place * paths.len() / count];
            let steps = path.unit.r.len();
            // Not the same bar of every trade.
            let row = rows_of(model, data, &path.features).nth(place * 7 % steps);
            let features = row.expect("Invariant: a path has a row for every step").to_vec();
            ObservedRow { features, terms: path.unit.terms }
        })
        .collect()
}

/// The median length of the bars; of several markets the median of theirs.
fn bar_seconds(prepared: &Prepared) -> Option<f64> {
    let median = |mut lengths: Vec<f64>| {
        lengths.sort_unstable_by(f64::total_cmp);
        lengths.get(lengths.len() / 2).copied().filter(|seconds| 0.0 < *seconds)
    };
    let of_market = |market: &PreparedMarket| {
        median(market.view().bars().iter().map(|bar| bar.ts.seconds_since(bar.open_ts)).collect())
    };
    median(prepared.markets.iter().filter_map(of_market).collect())
}

/// From the first to the last entry of the last fold's test trades.
fn test_span_nanos(prepared: &Prepared, fitted: &Fitted) -> i64 {
    let Some(fold) = fitted.folds.last() else { return 0 };
    let entries = fold.test.iter().map(|&place| prepared.trades[place].entry.ts.nanos());
    let (first, last) = (entries.clone().min(), entries.max());
    last.zip(first).map_or(0, |(last, first)| last - first)
}

fn expected(evaluation: &Evaluation) -> Expected {
    let candidate = evaluation.contestants.iter().find(|contestant| contestant.name == CANDIDATE);
    let figures = candidate.map(|candidate| {
        let metrics = FIGURES.iter().filter_map(|&name| candidate.metrics.get(name).map(|value| (name, value)));
        let figure = |(name, value): (&str, &scaleout_evaluation::MetricValue)| Figure {
            name: name.to_owned(),
            value: value.value,
            ci95: value.ci95,
            unit: value.unit.to_owned(),
        };
        metrics.map(figure).collect()
    });
    Expected {
        verdict: evaluation.verdict.sentence.clone(),
        better_than_ladder: evaluation.verdict.better_than_ladder,
        of: "the models of the folds on their test trades; the exported model is refitted on all trades".to_owned(),
        figures: figures.unwrap_or_default(),
    }
}
