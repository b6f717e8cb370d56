use scaleout_model::{Seen, SeenByShort, SeenUnit};

use crate::{
    Export, ExportError, ExportFile, Format,
    feature_code::{Language, columns, feature_code, indented, market_code},
};

/// The features of the model as a Python module.
pub struct FeaturesPy;

impl Format for FeaturesPy {
    fn name(&self) -> &'static str {
        "features-py"
    }

    fn about(&self) -> &'static str {
        "scaleout_features.py: the model's features in Python, bar by bar or all at once (NumPy alone)"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("scaleout_features.py", features_py(export)?)])
    }
}

/// The module's text.
pub(crate) fn features_py(export: &Export<'_>) -> Result<String, ExportError> {
    let layout = &export.model.layout;
    let Some(code) = market_code(&layout.market, Language::Python) else {
        return Err(missing("features-py", export));
    };
    let names: Vec<String> = layout.market.iter().map(ToString::to_string).collect();
    let start = if code.start.is_empty() { vec!["pass".to_owned()] } else { code.start };
    let volatility = layout.volatility.map_or("None".to_owned(), |place| place.to_string());
    Ok(format!(
        r#""""The features of the model `{learner}` of the experiment `{experiment}`, written by scaleout {version}.

The arithmetic is that of scaleout, step by step: rows agree to the last bit of float32. Only NumPy is needed.

    market = Market()
    values = market.push(high, low, close, volume{example})   # at each bar close
    position = Position(side=1, price=100.0, risk=2.0, at_entry=values)
    row = position.row(values)                                # the model's input at the fill
    position.after(high, low, close)                          # once the next bar has closed, then row() again
"""

import math

import numpy as np

HORIZON_BARS = {horizon}
POSITION = {position:?}
VOLATILITY = {volatility}
SEEN = [{seen}]
WINDOW = {window}


class Market:
    """The market features of the model, in the order of its rows; a value that is not there yet is NaN."""

    NAMES = {names:?}
    COLUMNS = {columns:?}

    def __init__(self):
{start}
    def push(self, high, low, close, volume, columns=None):
        """The values at the close of a bar."""
{steps}        return [{results}]


{runtime}"#,
        learner = export.model.learner.name(),
        experiment = export.contract.experiment,
        version = export.contract.product_version,
        example = if columns(&layout.market).is_empty() { "" } else { ", columns" },
        horizon = export.model.horizon_bars,
        position = layout.position,
        seen = layout.seen().iter().map(seen_py).collect::<Vec<_>>().join(", "),
        window = layout.window,
        columns = columns(&layout.market),
        start = indented(&start, "        "),
        steps = indented(&code.steps, "        "),
        results = code.results.join(", "),
        runtime = include_str!("../feature_code/runtime.py"),
    ))
}

/// How a row shows a market feature: of what it counts, and for a short a sign, a constant and the place of its partner.
fn seen_py(seen: &Seen) -> String {
    let unit = match seen.unit {
        SeenUnit::Own => "own",
        SeenUnit::Distance => "distance",
        SeenUnit::Price => "price",
    };
    let (sign, whole, partner) = match seen.by_a_short {
        SeenByShort::Same => (1.0, "None".to_owned(), "None".to_owned()),
        SeenByShort::Negated => (-1.0, "None".to_owned(), "None".to_owned()),
        SeenByShort::Complement(whole) => (-1.0, format!("{whole:?}"), "None".to_owned()),
        SeenByShort::Partner(place, sign) => (sign, "None".to_owned(), place.to_string()),
    };
    format!("(\"{unit}\", {sign:?}, {whole}, {partner})")
}

/// The error of a model whose features have no code.
pub(crate) fn missing(format: &'static str, export: &Export<'_>) -> ExportError {
    let missing = feature_code(export.model).missing.join(", ");
    ExportError::NotPossible {
        format,
        reason: format!(
            "there is no code for {missing}; accepted: column:<name>, {}",
            crate::CODED_FEATURES.join(", ")
        ),
    }
}
