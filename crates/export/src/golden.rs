//! `golden.csv`: rows with the answers that every runtime must give.

use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_exits::TradeTerms;
use scaleout_model::{Model, Shape};

use crate::{ExportError, FeatureInput, TrainingRange, trade::terms_of, trade_inputs, trade_row};

/// Rows of the file that every run writes.
pub const GOLDEN_ROWS: usize = 256;

/// The inputs of one decision.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenRow {
    /// The row in the model's layout; missing is NaN.
    pub features: Vec<f32>,
    /// Share of the initial size that is held.
    pub remaining: f32,
    /// See [`trade_inputs`].
    pub trade: Vec<f32>,
}

/// What a model says to a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAnswer {
    /// H at 1/K … 1, in R.
    pub hold_values: Vec<f32>,
    /// Share of the initial size to hold through the next bar.
    pub target_fraction: f32,
}

/// A row that a training trade really had, with the trade's terms.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedRow {
    /// The row in the model's layout.
    pub features: Vec<f32>,
    /// Costs and lots.
    pub terms: TradeTerms,
}

/// Lots of a drawn trade; 0 is any part.
const LOTS: [u64; 14] = [0, 0, 1, 2, 3, 4, 5, 6, 7, 10, 25, 100, 1_000, 65_537];

/// `count` rows to compare runtimes by: observed ones, observed ones under other terms, rows drawn from the training ranges
/// with missing values, rows whose costs make two fractions tie, and rows at the edges of lots. The same every time.
pub fn golden_rows(model: &Model, features: &[FeatureInput], observed: &[ObservedRow], count: usize) -> Vec<GoldenRow> {
    let mut rng = ChaCha8Rng::seed_from_u64(0x5ca1_e007);
    let mut drawing = Drawing { model, features, rng: &mut rng };
    (0..count)
        .map(|place| {
            let seen = (!observed.is_empty()).then(|| &observed[place * observed.len() / count.max(1)]);
            drawing.row(place, seen)
        })
        .collect()
}

struct Drawing<'a> {
    model: &'a Model,
    features: &'a [FeatureInput],
    rng: &'a mut ChaCha8Rng,
}

impl Drawing<'_> {
    fn row(&mut self, place: usize, seen: Option<&ObservedRow>) -> GoldenRow {
        let tranches = self.model.tranches;
        let features = match (seen, place % 5) {
            (Some(seen), 0 | 1 | 3) => seen.features.clone(),
            _ => self.features(),
        };
        let mut terms = match (seen, place % 5) {
            (Some(seen), 0) => seen.terms,
            _ => self.terms(),
        };
        let since_sale = self.rng.random_bool(0.7).then(|| self.rng.random_range(1..=12));
        let mut remaining = match terms.lots {
            Some(lots) => self.rng.random_range(1..=lots) as f32 / lots as f32,
            None if place.is_multiple_of(2) => self.rng.random_range(1..=tranches) as f32 / tranches as f32,
            None => self.rng.random_range(0.01..=1.0),
        };
        match place % 5 {
            0 => remaining = if place.is_multiple_of(10) { 1.0 } else { remaining },
            3 => {
                let hold: Vec<f64> = self.model.hold_values(&features);
                (terms, remaining) = self.tied(&hold, terms);
            }
            4 => {
                let lots = [1, 2, 3, tranches, 2 * tranches, 2 * tranches + 1][self.rng.random_range(0..6)];
                let held = self.rng.random_range(1..=lots);
                let min_lots = self.rng.random_range(0..=held.min(3));
                terms = TradeTerms { lots: Some(lots.into()), min_lots: min_lots.into(), ..terms };
                remaining = held as f32 / lots as f32;
            }
            _ => {}
        }
        GoldenRow { features, remaining, trade: trade_row(self.model, &terms, since_sale) }
    }

    /// Costs at which holding everything and holding one of the fractions below are worth the same, if there are any.
    fn tied(&mut self, hold: &[f64], terms: TradeTerms) -> (TradeTerms, f32) {
        let tranches = self.model.tranches as usize;
        let sold_to = self.rng.random_range(0..tranches);
        let below = if sold_to == 0 { 0.0 } else { hold[sold_to - 1] };
        let part = 1.0 - sold_to as f64 / tranches as f64;
        let proportional_r = (below - hold[tranches - 1]) / part;
        let free = TradeTerms { per_order_r: 0.0, impact_r: 0.0, lots: None, min_lots: 0, ..terms };
        (TradeTerms { proportional_r: proportional_r.max(0.0), ..free }, 1.0)
    }

    fn terms(&mut self) -> TradeTerms {
        let lots = LOTS[self.rng.random_range(0..LOTS.len())];
        let min_lots = if lots == 0 { 0 } else { self.rng.random_range(0..=lots.min(4)) };
        let fee = self.rng.random_range(0.0..0.1);
        let (fee_is_possible, has_impact) = (self.model.shape == Shape::Free, self.rng.random_bool(0.5));
        TradeTerms {
            proportional_r: self.rng.random_range(0.0..0.3),
            per_order_r: if fee_is_possible { fee } else { 0.0 },
            impact_r: if has_impact { self.rng.random_range(0.0..0.5) } else { 0.0 },
            impact_power: self.model.impact_power,
            lots: (0 < lots).then_some(lots),
            min_lots,
        }
    }

    /// A row drawn evenly from the training ranges widened by a tenth, with missing values.
    fn features(&mut self) -> Vec<f32> {
        let market = self.model.layout.market.len();
        let present: Vec<f32> = (0..self.features.len()).map(|place| self.feature(place, market)).collect();
        let before = self.model.layout.width() - present.len();
        // Some windows begin before the data do.
        let known = self.rng.random_range(0..=before);
        let earlier: Vec<f32> =
            (0..before).map(|at| if at < known { self.feature(at % market, market) } else { f32::NAN }).collect();
        [present, earlier].concat()
    }

    fn feature(&mut self, place: usize, market: usize) -> f32 {
        let FeatureInput { name, training_range: TrainingRange { low, high, .. }, .. } = &self.features[place];
        match name.as_str() {
            "bars_to_horizon" => self.rng.random_range(1..=self.model.horizon_bars) as f32,
            "side" => [-1.0, 1.0][self.rng.random_range(0..2)],
            _ => {
                let may_be_missing = place < market || name == "volatility_ratio" || name.starts_with("side*");
                let is_missing = may_be_missing && self.rng.random_bool(0.08);
                match (low, high) {
                    (Some(low), Some(high)) if !is_missing => {
                        let room = 0.1 * (high - low);
                        low - room + self.rng.random_range(0.0..=1.0_f32) * (high - low + 2.0 * room)
                    }
                    _ => f32::NAN,
                }
            }
        }
    }
}

/// Golden rows as observed ones, to make more of.
pub fn observed_rows<'a>(model: &Model, rows: impl Iterator<Item = &'a GoldenRow>) -> Vec<ObservedRow> {
    rows.map(|row| ObservedRow { features: row.features.clone(), terms: terms_of(model, &row.trade).0 }).collect()
}

/// What the evaluator of scaleout itself says to `rows`.
pub fn answers(model: &Model, rows: &[GoldenRow]) -> Vec<ModelAnswer> {
    let tranches = model.tranches as usize;
    let features: Vec<f32> = rows.iter().flat_map(|row| row.features.iter().copied()).collect();
    let hold = model.hold_values(&features);
    let hold = hold.chunks_exact(model.grid().outputs());
    rows.iter()
        .zip(hold)
        .map(|(row, hold)| {
            let (terms, may_sell) = terms_of(model, &row.trade);
            let target = model.target(hold, f64::from(row.remaining), may_sell, &terms);
            ModelAnswer {
                hold_values: hold[..tranches].iter().map(|&value| value as f32).collect(),
                target_fraction: target as f32,
            }
        })
        .collect()
}

/// The columns of the file, in order.
pub fn golden_columns(model: &Model) -> Vec<String> {
    let hold = (1..=model.tranches).map(|k| format!("hold_value_{k}"));
    let names = model.layout.names().into_iter().chain(["remaining".to_owned()]);
    let trade = trade_inputs(model).into_iter().map(|input| input.name);
    names.chain(trade).chain(hold).chain(["target_fraction".to_owned()]).collect()
}

/// The file's text: a header and a line for each row; a missing value is an empty cell.
pub fn golden_csv(model: &Model, rows: &[GoldenRow]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |record: Vec<String>| {
        writer.write_record(record).expect("Invariant: memory takes records of one length");
    };
    write(golden_columns(model));
    let cell = |value: f32| if value.is_nan() { String::new() } else { value.to_string() };
    for (row, answer) in rows.iter().zip(answers(model, rows)) {
        let inputs = row.features.iter().chain([&row.remaining]).chain(&row.trade);
        let outputs = answer.hold_values.iter().chain([&answer.target_fraction]);
        write(inputs.chain(outputs).map(|&value| cell(value)).collect());
    }
    let bytes = writer.into_inner().expect("Invariant: memory can always be flushed");
    String::from_utf8(bytes).expect("Invariant: only text was written")
}

/// The rows and answers that `text`, the contents of `path`, holds.
///
/// # Errors
/// Other columns than the model's, or a cell that is no number.
pub fn read_golden(model: &Model, text: &str, path: &Path) -> Result<Vec<(GoldenRow, ModelAnswer)>, ExportError> {
    let columns = golden_columns(model);
    let broken = |message: String| ExportError::File { path: path.to_owned(), message };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| broken(error.to_string()))?;
    if let Some(place) =
        (0..columns.len().max(header.len())).find(|&at| columns.get(at).map(String::as_str) != header.get(at))
    {
        let (found, expected) =
            (header.get(place).unwrap_or("nothing"), columns.get(place).map_or("nothing", String::as_str));
        return Err(broken(format!("column {} is `{found}`; accepted: `{expected}`", place + 1)));
    }
    let (features, trade) = (model.layout.width(), trade_inputs(model).len());
    let tranches = model.tranches as usize;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut values = Vec::with_capacity(columns.len());
        for (place, (cell, column)) in record.iter().zip(&columns).enumerate() {
            let may_be_empty = place < features || (features < place && place <= features + trade);
            let value = match cell {
                "" if may_be_empty => Some(f32::NAN),
                cell => cell.parse::<f32>().ok().filter(|value| value.is_finite()),
            };
            let accepted = || if may_be_empty { "a finite number or nothing" } else { "a finite number" };
            values.push(value.ok_or_else(|| ExportError::Cell {
                path: path.to_owned(),
                line,
                column: column.clone(),
                value: cell.to_owned(),
                accepted: accepted().to_owned(),
            })?);
        }
        let outputs = values.split_off(features + 1 + trade);
        let trade = values.split_off(features + 1);
        let remaining = values[features];
        values.truncate(features);
        let answer = ModelAnswer { hold_values: outputs[..tranches].to_vec(), target_fraction: outputs[tranches] };
        rows.push((GoldenRow { features: values, remaining, trade }, answer));
    }
    Ok(rows)
}
