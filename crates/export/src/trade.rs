use scaleout_exits::TradeTerms;
use scaleout_model::Model;
use serde::{Deserialize, Serialize};

/// A number that a model reads or gives besides its features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberInput {
    /// Its name, as in `golden.csv`.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// What it means.
    pub meaning: String,
}

impl NumberInput {
    pub(crate) fn new(name: impl Into<String>, unit: &str, meaning: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.to_owned(), meaning: meaning.into() }
    }
}

/// The columns of the input `trade`, in order: what differs from trade to trade and is no feature.
pub fn trade_inputs(model: &Model) -> Vec<NumberInput> {
    let mut inputs = vec![
        NumberInput::new(
            "proportional_r",
            "R",
            "cost of selling the whole position: rate and per-unit fees, half-spread and slippage",
        ),
        NumberInput::new("per_order_r", "R", "fee for each order"),
        NumberInput::new("impact_r", "R", "temporary impact of selling everything at once"),
        NumberInput::new("lots", "lots", "lots in the initial size; 0 where any part can be sold"),
        NumberInput::new("min_lots", "lots", "least lots in one order; 0 where there is no minimum"),
    ];
    if 1 < model.limits.min_bars_between_sales {
        inputs.push(NumberInput::new(
            "bars_since_sale",
            "bars",
            "bars from the last sale to the bar that is decided about; missing before the first sale",
        ));
    }
    inputs
}

/// The columns of `trade` as numbers.
pub fn trade_row(model: &Model, terms: &TradeTerms, bars_since_sale: Option<u32>) -> Vec<f32> {
    let mut row = vec![
        terms.proportional_r as f32,
        terms.per_order_r as f32,
        terms.impact_r as f32,
        terms.lots.unwrap_or(0) as f32,
        terms.min_lots as f32,
    ];
    if 1 < model.limits.min_bars_between_sales {
        row.push(bars_since_sale.map_or(f32::NAN, |bars| bars as f32));
    }
    row
}

/// What a row of `trade` says: the terms, and whether the spacing between sales allows one now.
pub(crate) fn terms_of(model: &Model, row: &[f32]) -> (TradeTerms, bool) {
    let terms = TradeTerms {
        proportional_r: f64::from(row[0]),
        per_order_r: f64::from(row[1]),
        impact_r: f64::from(row[2]),
        impact_power: model.impact_power,
        lots: (0.0 < row[3]).then_some(row[3] as u64),
        min_lots: row[4] as u64,
    };
    let spacing = model.limits.min_bars_between_sales as f32;
    let is_barred = row.get(5).is_some_and(|&bars| bars < spacing);
    (terms, !is_barred)
}
