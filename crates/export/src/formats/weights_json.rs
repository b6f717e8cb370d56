use scaleout_model::{DepartureRegressor, Model, Regressor};
use serde_json::{Value, json};

use crate::{Export, ExportError, ExportFile, Format};

/// Trees and linear models as JSON that says how it is read.
pub struct WeightsJson;

impl Format for WeightsJson {
    fn name(&self) -> &'static str {
        "weights"
    }

    fn about(&self) -> &'static str {
        "weights.json: trees and linear models as JSON that says how to compute hold values from it"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let model = export.model;
        let mut how_to_read = vec![ROW];
        how_to_read.extend(reading(&model.regressor)?);
        how_to_read.extend(HOLD_VALUES);
        let document = json!({
            "how_to_read": how_to_read,
            "features": model.layout.names(),
            "tranches": model.tranches,
            "waits": model.grid().waits,
            "shape": model.shape,
            "regressor": regressor(model),
        });
        let text =
            serde_json::to_string_pretty(&document).expect("Invariant: only finite numbers and text keys") + "\n";
        Ok(vec![ExportFile::text("weights.json", text)])
    }
}

fn regressor(model: &Model) -> Value {
    serde_json::to_value(&model.regressor).expect("Invariant: a regressor has only finite numbers and text keys")
}

const ROW: &str = "x is a row: the numbers named in `features`, in that order, rounded to f32; a missing one is NaN. \
                   `regressor` gives tranches * waits marginal values m from it.";

const HOLD_VALUES: [&str; 3] = [
    "m is cut into `waits` parts of `tranches` values: part w belongs to w further decisions in which no sale is allowed.",
    "If `shape` is concave, each part is replaced by the nearest non-increasing sequence in least squares (pool adjacent \
     violators).",
    "H(k / tranches) is the sum of the first k values of a part, divided by `tranches`. The decision that follows is in \
     contract.json under `rule`.",
];

const TREES: [&str; 4] = [
    "kind trees: each tree is a set of lists, an entry a node, node 0 the root. feature < 0 marks a leaf, and `left` is \
     then its number.",
    "Otherwise go to `left` where x[feature] < threshold, to `missing` where x[feature] is NaN, else to `right`.",
    "`steps` holds one number an output for each leaf: leaf * outputs + output. Add the steps of all trees.",
    "m[output] = sum * scale[output] + base[output]. `gain` is what a split saved in training and is not needed.",
];

const LINEAR: [&str; 4] = [
    "kind linear: z[i] of scalers[i] is 0 where x[feature] is NaN, else (min(max(x[feature], low), high) - mean) / \
     deviation.",
    "A term is the product of z[i]^power over its `factors` [i, power] and of max(0, z[i] - knot) over its `hinges` \
     [i, knot], less `mean`, divided by `deviation`. A term without factors and hinges is 1.",
    "Let b = x[time_feature], between knots[j] and knots[j + 1]; s = (b - knots[j]) / (knots[j + 1] - knots[j]), held \
     between 0 and 1 beyond the ends.",
    "`coefficients` has shape (knots, terms, outputs), row by row: m[output] = sum over terms of term * ((1 - s) * \
     c[j][term][output] + s * c[j + 1][term][output]).",
];

const DEPARTURE: [&str; 4] = [
    "kind departure: tranche k = 1 ... K is kept by `rule` where bars_left_when_sold[k - 1] < x[time_feature] and no entry \
     of `exits` holds: x[feature] >= level for at-least, x[feature] <= level for at-most; a missing value reaches no level.",
    "mean is the mean of the m of all n `members`; s = sqrt((1 - f) / (f n) * sum over members of (m - mean)^2), \
     where f is `left_out`, for each output.",
    "m[output] = mean + caution * s where the rule keeps its tranche, mean - caution * s where the rule sells it; output \
     w * K + k - 1 belongs to tranche k.",
    "Where `caution` is null the rule decides alone: m = 1000 for what it keeps and -1000 for what it sells.",
];

/// How `regressor` is read, a sentence an entry.
fn reading(regressor: &Regressor) -> Result<Vec<&'static str>, ExportError> {
    match regressor {
        Regressor::Trees(_) => Ok(TREES.to_vec()),
        Regressor::Linear(_) => Ok(LINEAR.to_vec()),
        Regressor::Ensemble { members } => {
            let mut lines = vec!["kind ensemble: m is the mean of the m of all `members`."];
            for line in members.iter().map(reading).collect::<Result<Vec<_>, _>>()?.concat() {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            Ok(lines)
        }
        Regressor::Departure(DepartureRegressor { members, .. }) => {
            let mut lines = DEPARTURE.to_vec();
            for line in members.iter().map(reading).collect::<Result<Vec<_>, _>>()?.concat() {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            Ok(lines)
        }
        Regressor::Mlp(_) | Regressor::Gru(_) => Err(ExportError::NotPossible {
            format: "weights",
            reason: "networks are written as tensors; accepted: linear models, trees and ensembles of them \
                     (`--to safetensors` writes networks)"
                .to_owned(),
        }),
    }
}
