//! Perceptrons: scaled features and the time to the horizon through affine layers with ReLU between them.

use scaleout_model::{AffineLayer, MlpRegressor, NetworkInputs, OutputScale, ScaledFeature};

use super::graph::{Graph, Value};

/// Scaled values are cut off here, as in `scaleout_model::ScaledFeature`.
const MOST_DEVIATIONS: f32 = 6.0;

/// What `perceptron` predicts for rows (N, F), shape (N, outputs).
pub fn perceptron(graph: &mut Graph, perceptron: &MlpRegressor, rows: &Value) -> Value {
    let shown = Shown::new(graph, &perceptron.inputs, rows);
    let out = layers(graph, &perceptron.layers, &shown, None);
    unscaled(graph, &perceptron.outputs, &out)
}

/// What the first layer of a network is shown, and in which order its numbers stand in the model's rows.
pub struct Shown {
    columns: Value,
    order: Vec<usize>,
}

impl Shown {
    /// Time, scaled features and marks of missing values, each side by side.
    pub fn new(graph: &mut Graph, inputs: &NetworkInputs, rows: &Value) -> Self {
        let [one, two] = [1.0, 2.0].map(|number| graph.number(number));
        let bars = graph.slice(rows, 1, inputs.time_feature, inputs.time_feature + 1);
        let bars = graph.node("Max", &[&bars, &one], Vec::new());
        let most = graph.number(inputs.most_bars);
        let share = graph.div(&bars, &most);
        let root = graph.of("Sqrt", &share);
        let mut centred = |value: &Value| {
            let twice = graph.mul(&two, value);
            graph.sub(&twice, &one)
        };
        let (line, root) = (centred(&share), centred(&root));
        let inverse = graph.div(&one, &bars);
        let mut columns = vec![line, root, inverse];
        let mut order = vec![0, 1, 2];
        if !inputs.features.is_empty() {
            let places: Vec<usize> = inputs.features.iter().map(|feature| feature.feature).collect();
            let values = graph.gather(rows, &places, 1);
            let (scaled, is_missing) = scaled(graph, &inputs.features, &values);
            columns.push(scaled);
            let marked: Vec<usize> =
                (0..inputs.features.len()).filter(|&place| inputs.features[place].may_be_missing).collect();
            if !marked.is_empty() {
                let marks = graph.as_number(&is_missing);
                columns.push(graph.gather(&marks, &marked, 1));
            }
            let mut place = order.len();
            let mut marks = Vec::new();
            for feature in &inputs.features {
                order.push(place);
                place += 1;
                if feature.may_be_missing {
                    marks.push(place);
                    place += 1;
                }
            }
            order.extend(marks);
        }
        let columns = graph.concat(&columns.iter().collect::<Vec<_>>(), 1);
        Self { columns, order }
    }
}

/// Features (…, M) on a network's scale, 0 where they are missing, and which are.
pub fn scaled(graph: &mut Graph, features: &[ScaledFeature], values: &Value) -> (Value, Value) {
    let count = features.len();
    let centres: Vec<f32> = features.iter().map(|feature| feature.centre).collect();
    let spreads: Vec<f32> = features.iter().map(|feature| feature.spread).collect();
    let (centres, spreads) = (graph.floats(&centres, &[1, count]), graph.floats(&spreads, &[1, count]));
    let is_missing = graph.of("IsNaN", values);
    let known = graph.choose(&is_missing, &centres, values);
    let centred = graph.sub(&known, &centres);
    let scaled = graph.div(&centred, &spreads);
    (graph.clip(&scaled, -MOST_DEVIATIONS, MOST_DEVIATIONS), is_missing)
}

/// The stack `layers` on what is shown, with `more` numbers behind it.
pub fn layers(graph: &mut Graph, layers: &[AffineLayer], shown: &Shown, more: Option<&Value>) -> Value {
    let mut rows = match more {
        None => shown.columns.clone(),
        Some(more) => graph.concat(&[&shown.columns, more], 1),
    };
    for (place, layer) in layers.iter().enumerate() {
        rows = if place == 0 {
            affine(graph, &reordered(layer, &shown.order), &rows)
        } else {
            affine(graph, layer, &rows)
        };
        if place + 1 < layers.len() {
            rows = graph.of("Relu", &rows);
        }
    }
    rows
}

/// xW + b of rows (…, inputs).
pub fn affine(graph: &mut Graph, layer: &AffineLayer, rows: &Value) -> Value {
    let weights = graph.floats(&layer.weights, &[layer.inputs, layer.outputs]);
    let bias = graph.floats(&layer.bias, &[layer.outputs]);
    let product = graph.matmul(rows, &weights);
    graph.add(&product, &bias)
}

/// The layer whose first inputs come in another order.
fn reordered(layer: &AffineLayer, order: &[usize]) -> AffineLayer {
    let rows = order.iter().copied().chain(order.len()..layer.inputs);
    let weights = rows.flat_map(|row| layer.weights[row * layer.outputs..][..layer.outputs].iter().copied());
    AffineLayer { weights: weights.collect(), ..layer.clone() }
}

/// The numbers that scaled ones stand for.
pub fn unscaled(graph: &mut Graph, outputs: &OutputScale, scaled: &Value) -> Value {
    let row = |numbers: &[f64]| numbers.iter().map(|&number| number as f32).collect::<Vec<_>>();
    let count = outputs.base.len();
    let (base, scale) =
        (graph.floats(&row(&outputs.base), &[1, count]), graph.floats(&row(&outputs.scale), &[1, count]));
    let values = graph.mul(scaled, &scale);
    graph.add(&values, &base)
}
