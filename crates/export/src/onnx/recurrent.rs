//! Recurrent networks: a gated recurrent unit over the bars of a window, a perceptron behind it.
//!
//! The unit is written out step by step with the model's own approximation of tanh, so that hold values agree to rounding.

use scaleout_model::GruRegressor;

use super::{
    Rows,
    graph::{Graph, Keeps, Value},
    network::{Shown, affine, layers, scaled, unscaled},
};

/// What `network` predicts for the rows of a window (N, T, F), shape (N, outputs).
pub fn recurrent(graph: &mut Graph, network: &GruRegressor, rows: &Rows) -> Value {
    let hidden = network.cell.hidden();
    let sequence = &network.sequence;
    let steps = steps(graph, network, rows);
    let from_input = affine(graph, &network.cell.input, &steps);
    let none = graph.slice(&rows.present, 1, network.inputs.time_feature, network.inputs.time_feature + 1);
    let none = graph.sub(&none, &none);
    let zeros = graph.floats(&vec![0.0; hidden], &[1, hidden]);
    let mut state = graph.add(&none, &zeros);
    for step in 0..sequence.window {
        let input = graph.slice(&from_input, 1, step, step + 1);
        let input = graph.reshape(&input, &[-1, 3 * hidden as i64]);
        let more = affine(graph, &network.cell.state, &state);
        let both = |graph: &mut Graph, value: &Value| graph.slice(value, 1, 0, 2 * hidden);
        let (gates, state_gates) = (both(graph, &input), both(graph, &more));
        let gates = graph.add(&gates, &state_gates);
        let [half, one_half] = [0.5, 0.5].map(|number| graph.number(number));
        let gates = graph.mul(&half, &gates);
        let gates = tanh(graph, &gates);
        let gates = graph.mul(&half, &gates);
        let gates = graph.add(&one_half, &gates);
        let (reset, update) = (graph.slice(&gates, 1, 0, hidden), graph.slice(&gates, 1, hidden, 2 * hidden));
        let last = |graph: &mut Graph, value: &Value| graph.slice(value, 1, 2 * hidden, 3 * hidden);
        let (new, state_new) = (last(graph, &input), last(graph, &more));
        let state_new = graph.mul(&reset, &state_new);
        let new = graph.add(&new, &state_new);
        let new = tanh(graph, &new);
        let change = graph.sub(&state, &new);
        let change = graph.mul(&update, &change);
        state = graph.add(&new, &change);
    }
    let shown = Shown::new(graph, &network.inputs, &rows.present);
    let out = layers(graph, &network.head, &shown, Some(&state));
    unscaled(graph, &network.outputs, &out)
}

/// The steps of the sequence (N, window, width), oldest first: scaled market features, then 1 where the bar is there.
fn steps(graph: &mut Graph, network: &GruRegressor, rows: &Rows) -> Value {
    let sequence = &network.sequence;
    let window = graph.slice(&rows.window, 1, rows.bars - sequence.window, rows.bars);
    if sequence.features.is_empty() {
        let first = graph.slice(&window, 2, 0, 1);
        let is_missing = graph.of("IsNaN", &first);
        let one = graph.number(1.0);
        return graph.choose(&is_missing, &one, &one);
    }
    let places: Vec<usize> = sequence.features.iter().map(|feature| feature.feature).collect();
    let values = graph.gather(&window, &places, 2);
    let (scaled, is_missing) = scaled(graph, &sequence.features, &values);
    let is_there = graph.of("Not", &is_missing);
    let is_there = graph.as_number(&is_there);
    let is_there = graph.largest(&is_there, 2, Keeps::Axis);
    graph.concat(&[&scaled, &is_there], 2)
}

/// The model's tanh: a [7/6] Padé approximant at half the argument, doubled.
fn tanh(graph: &mut Graph, x: &Value) -> Value {
    let mut number = |value: f32| graph.number(value);
    let above = [378.0, 17_325.0, 135_135.0].map(&mut number);
    let below = [3_150.0, 62_370.0, 135_135.0].map(&mut number);
    let [half, one, two, steepest] = [0.5, 1.0, 2.0, 28.0].map(&mut number);
    let halved = graph.mul(&half, x);
    let halved = graph.clip(&halved, -4.5, 4.5);
    let square = graph.mul(&halved, &halved);
    let polynomial = |graph: &mut Graph, start: Value, coefficients: &[Value]| {
        let [first, rest @ ..] = coefficients else { return start };
        let mut sum = graph.add(first, &start);
        for coefficient in rest {
            let product = graph.mul(&square, &sum);
            sum = graph.add(coefficient, &product);
        }
        sum
    };
    let above = polynomial(graph, square.clone(), &above);
    let above = graph.mul(&halved, &above);
    let start = graph.mul(&square, &steepest);
    let below = polynomial(graph, start, &below);
    let t = graph.div(&above, &below);
    let twice = graph.mul(&two, &t);
    let square = graph.mul(&t, &t);
    let under = graph.add(&one, &square);
    graph.div(&twice, &under)
}
