//! From marginal hold values to hold values: the sum of the ranks, made concave first where H is known to be.

use scaleout_model::Shape;

use super::graph::{Graph, Keeps, Value};

/// H at 1/K … 1, (N, K), from marginal values (N, K).
pub fn hold_values(graph: &mut Graph, marginals: &Value, tranches: usize, shape: Shape) -> Value {
    let marginals = match shape {
        Shape::Concave if 1 < tranches => non_increasing(graph, marginals, tranches),
        Shape::Concave | Shape::Free => marginals.clone(),
    };
    let share = 1.0 / tranches as f32;
    let sums: Vec<f32> =
        (0..tranches * tranches).map(|place| if place / tranches <= place % tranches { share } else { 0.0 }).collect();
    let sums = graph.floats(&sums, &[tranches, tranches]);
    graph.matmul(&marginals, &sums)
}

/// The nearest non-increasing sequence in least squares: place k is the least over i ≤ k of the greatest over j ≥ k of the
/// mean of the values i to j (Robertson, Wright & Dykstra 1988, Order Restricted Statistical Inference, thm 1.4.4).
fn non_increasing(graph: &mut Graph, values: &Value, count: usize) -> Value {
    // Row i, column j: the mean of i to j. Places below the diagonal are never read.
    let ones: Vec<f32> = (0..count * count).map(|at| if at / count <= at % count { 1.0 } else { 0.0 }).collect();
    let ones = graph.floats(&ones, &[count, count]);
    let up_to = graph.matmul(values, &ones);
    let before = graph.sub(&up_to, values);
    let up_to = graph.reshape(&up_to, &[0, 1, count as i64]);
    let before = graph.reshape(&before, &[0, count as i64, 1]);
    let sums = graph.sub(&up_to, &before);
    let lengths: Vec<f32> = (0..count * count).map(|at| (at % count).saturating_sub(at / count) as f32 + 1.0).collect();
    let lengths = graph.floats(&lengths, &[1, count, count]);
    let means = graph.div(&sums, &lengths);
    let places: Vec<Value> = (0..count)
        .map(|k| {
            let rows = graph.slice(&means, 1, 0, k + 1);
            let beyond = graph.slice(&rows, 2, k, count);
            let greatest = graph.largest(&beyond, 2, Keeps::Nothing);
            let least = graph.smallest(&greatest, 1);
            graph.reshape(&least, &[-1, 1])
        })
        .collect();
    graph.concat(&places.iter().collect::<Vec<_>>(), 1)
}
