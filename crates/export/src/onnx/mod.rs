//! The ONNX file: the regressor, the hold values and the decision as one graph.
//!
//! Inputs, outputs, networks and the decision are f32. Sums that the regressors of `scaleout_model` form in f64 (linear
//! terms, steps of trees, hold values) are f64 here too, and rounded to f32 where the decision begins: so hold values agree
//! to the last bits, and decisions agree.

mod decision;
mod departure;
mod graph;
mod hold_values;
mod linear;
mod network;
mod proto;
mod recurrent;
mod trees;

use prost::Message;
use scaleout_model::{Model, Regressor};

use self::{
    decision::{DecisionInputs, target_fraction},
    graph::{Graph, Value},
    hold_values::hold_values,
    proto::{Dimension, ModelProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto, float_value},
    trees::TREE_DOMAIN,
};
pub use self::{proto::metadata, trees::Trees};
use crate::{ExportError, ModelContract, features::present_width, trade_inputs};

/// Version of ONNX's own operators: what MetaTrader 5 and every runtime since 2021 reads.
pub const OPSET: i64 = 13;

/// Version of `ai.onnx.ml`.
pub const TREE_OPSET: i64 = 1;

/// Version of the file format that came with them.
const IR_VERSION: i64 = 7;

/// What a regressor reads.
struct Rows {
    /// The present row (N, F).
    present: Value,
    /// The rows of the recent bars (N, T, F), oldest first; the present row itself where there is no window.
    window: Value,
    /// T.
    bars: usize,
}

/// The ONNX file of `model`, with `contract` as its metadata.
///
/// Inputs are `features` (N, F), for models that read more than one bar `window` (N, T, F), oldest first, of which only the
/// present row's position features are read; `remaining` (N, 1); `trade` (N, C), see [`trade_inputs`]. Outputs are
/// `hold_value` (N, K), H at 1/K … 1, and `target_fraction` (N, 1).
///
/// # Errors
/// A tree that no operator can say.
pub fn onnx(model: &Model, contract: &ModelContract, trees: Trees) -> Result<Vec<u8>, ExportError> {
    let mut graph = Graph::default();
    let (width, bars) = (present_width(model), model.layout.window as usize);
    let rows = if bars == 1 {
        let features = Value::named("features");
        Rows { present: features.clone(), window: features, bars }
    } else {
        let window = Value::named("window");
        let present = graph.slice(&window, 1, bars - 1, bars);
        let present = graph.reshape(&present, &[-1, width as i64]);
        Rows { present, window, bars }
    };
    let marginals = regressor(&mut graph, &model.regressor, &rows, trees)?;
    let grid = model.grid();
    let tranches = grid.tranches;
    let of_wait = |graph: &mut Graph, wait: usize| {
        let marginals = if grid.waits == 1 {
            marginals.clone()
        } else {
            graph.slice(&marginals, 1, wait * tranches, (wait + 1) * tranches)
        };
        let hold = hold_values(graph, &marginals, tranches, model.shape);
        graph.as_float(&hold)
    };
    let kept = of_wait(&mut graph, 0);
    let sold = if grid.waits == 1 { kept.clone() } else { of_wait(&mut graph, grid.wait_when_sold()) };
    let (remaining, trade) = (Value::named("remaining"), Value::named("trade"));
    let inputs = DecisionInputs { kept: &kept, sold: &sold, remaining: &remaining, trade: &trade };
    let target = target_fraction(&mut graph, model, &inputs);
    graph.output(&kept, "hold_value");
    graph.output(&target, "target_fraction");
    let (inputs, outputs) = values(model, width);
    let uses_trees = trees == Trees::Operator && has_trees(&model.regressor);
    let mut opset_import = vec![OperatorSetIdProto { domain: String::new(), version: OPSET }];
    if uses_trees {
        opset_import.push(OperatorSetIdProto { domain: TREE_DOMAIN.to_owned(), version: TREE_OPSET });
    }
    let file = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "scaleout".to_owned(),
        producer_version: contract.product_version.clone(),
        doc_string: contract.action.clone(),
        graph: Some(graph.finish("scaleout", inputs, outputs)),
        opset_import,
        metadata_props: contract
            .metadata()
            .into_iter()
            .map(|(key, value)| StringStringEntryProto { key: key.to_owned(), value })
            .collect(),
    };
    Ok(file.encode_to_vec())
}

/// Whether `regressor` holds trees.
pub fn has_trees(regressor: &Regressor) -> bool {
    match regressor {
        Regressor::Trees(_) => true,
        Regressor::Ensemble { members } => members.iter().any(has_trees),
        Regressor::Departure(departure) => departure.members.iter().any(has_trees),
        Regressor::Linear(_) | Regressor::Mlp(_) | Regressor::Gru(_) => false,
    }
}

fn values(model: &Model, width: usize) -> (Vec<ValueInfoProto>, Vec<ValueInfoProto>) {
    let rows = Dimension::Named("N".to_owned());
    let fixed = |size: usize| Dimension::Fixed(size as i64);
    let features = match model.layout.window as usize {
        1 => float_value("features", &[rows.clone(), fixed(width)], "one row a decision; missing is NaN"),
        bars => float_value(
            "window",
            &[rows.clone(), fixed(bars), fixed(width)],
            "the rows of the recent bars, the oldest first; missing is NaN",
        ),
    };
    let remaining = float_value("remaining", &[rows.clone(), fixed(1)], "share of the initial size that is held");
    let columns = trade_inputs(model).len();
    let trade = float_value("trade", &[rows.clone(), fixed(columns)], "costs and lots of the trade, see contract.json");
    let tranches = model.tranches as usize;
    let hold = float_value("hold_value", &[rows.clone(), fixed(tranches)], "H at 1/K … 1, in R");
    let target =
        float_value("target_fraction", &[rows, fixed(1)], "share of the initial size to hold through the next bar");
    (vec![features, remaining, trade], vec![hold, target])
}

/// What `regressor` predicts, (N, outputs), f64.
fn regressor(graph: &mut Graph, regressor: &Regressor, rows: &Rows, trees: Trees) -> Result<Value, ExportError> {
    match regressor {
        Regressor::Linear(linear) => Ok(linear::linear(graph, linear, &rows.present)),
        Regressor::Trees(ensemble) => trees::trees(graph, ensemble, &rows.present, trees),
        Regressor::Mlp(perceptron) => Ok(network::perceptron(graph, perceptron, &rows.present)),
        Regressor::Gru(recurrent) => Ok(recurrent::recurrent(graph, recurrent, rows)),
        Regressor::Ensemble { members } => {
            let mut total: Option<Value> = None;
            for member in members {
                let values = self::regressor(graph, member, rows, trees)?;
                total = Some(match total {
                    None => values,
                    Some(before) => graph.add(&before, &values),
                });
            }
            let total = total.ok_or(ExportError::EmptyEnsemble)?;
            let count = graph.doubles(&[members.len() as f64], &[]);
            Ok(graph.div(&total, &count))
        }
        Regressor::Departure(departing) => {
            let members = departing.members.iter().map(|member| self::regressor(graph, member, rows, trees));
            let members = members.collect::<Result<Vec<_>, _>>()?;
            departure::departure(graph, departing, &rows.present, &members)
        }
    }
}
