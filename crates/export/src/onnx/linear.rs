//! Linear models, splines and logistic regression among them: terms of scaled features whose coefficients run piecewise
//! linearly over the bars to the horizon.

use scaleout_model::{LinearRegressor, Term};

use super::graph::{Graph, Value};

/// What `linear` predicts for rows (N, F), shape (N, outputs).
pub fn linear(graph: &mut Graph, linear: &LinearRegressor, rows: &Value) -> Value {
    let (terms, outputs, knots) = (linear.terms.len(), linear.outputs, linear.knots.len());
    let values = terms_of(graph, linear, rows);
    // Coefficients (knots, terms, outputs) side by side: (terms, knots · outputs).
    let coefficients: Vec<f32> = (0..terms)
        .flat_map(|term| {
            (0..knots).flat_map(move |knot| (0..outputs).map(move |output| (knot * terms + term) * outputs + output))
        })
        .map(|place| linear.coefficients[place] as f32)
        .collect();
    let coefficients = graph.floats(&coefficients, &[terms, knots * outputs]);
    let at_knots = graph.matmul(&values, &coefficients);
    if knots == 1 {
        return at_knots;
    }
    let weights = knot_weights(graph, linear, rows);
    let at_knots = graph.reshape(&at_knots, &[0, knots as i64, outputs as i64]);
    let weights = graph.reshape(&weights, &[0, knots as i64, 1]);
    let parts = graph.mul(&at_knots, &weights);
    graph.sum(&parts, 1)
}

/// How much each knot counts at the rows' bars to the horizon, (N, knots): linear between two, constant beyond the ends.
fn knot_weights(graph: &mut Graph, linear: &LinearRegressor, rows: &Value) -> Value {
    let bars = graph.slice(rows, 1, linear.time_feature, linear.time_feature + 1);
    let steps = linear.knots.len() - 1;
    let starts: Vec<f32> = linear.knots[..steps].iter().map(|&knot| knot as f32).collect();
    let lengths: Vec<f32> = linear.knots.windows(2).map(|pair| (pair[1] - pair[0]) as f32).collect();
    let (starts, lengths) = (graph.floats(&starts, &[1, steps]), graph.floats(&lengths, &[1, steps]));
    let passed = graph.sub(&bars, &starts);
    let passed = graph.div(&passed, &lengths);
    let passed = graph.clip(&passed, 0.0, 1.0);
    let first = graph.slice(&passed, 1, 0, 1);
    let last = graph.slice(&passed, 1, steps - 1, steps);
    let one = graph.number(1.0);
    let first = graph.sub(&one, &first);
    if steps == 1 {
        return graph.concat(&[&first, &last], 1);
    }
    let (to, from) = (graph.slice(&passed, 1, 0, steps - 1), graph.slice(&passed, 1, 1, steps));
    let inner = graph.sub(&to, &from);
    graph.concat(&[&first, &inner, &last], 1)
}

/// The standardised terms of rows, (N, terms).
fn terms_of(graph: &mut Graph, linear: &LinearRegressor, rows: &Value) -> Value {
    let scaled = scaled(graph, linear, rows);
    let basis = Basis::new(graph, linear, rows, scaled.as_ref());
    let most = linear.terms.iter().map(|term| term.factors.len() + term.hinges.len()).max().unwrap_or(0).max(1);
    let mut product: Option<Value> = None;
    for factor in 0..most {
        let places: Vec<usize> = linear.terms.iter().map(|term| basis.place(term, factor)).collect();
        let values = graph.gather(&basis.columns, &places, 1);
        product = Some(match product {
            None => values,
            Some(before) => graph.mul(&before, &values),
        });
    }
    let product = product.expect("Invariant: there is at least one factor");
    let terms = linear.terms.len();
    let means: Vec<f32> = linear.terms.iter().map(|term| term.mean as f32).collect();
    let deviations: Vec<f32> = linear.terms.iter().map(|term| term.deviation as f32).collect();
    let (means, deviations) = (graph.floats(&means, &[1, terms]), graph.floats(&deviations, &[1, terms]));
    let centred = graph.sub(&product, &means);
    graph.div(&centred, &deviations)
}

/// The scaled features (N, scalers), 0 where a value is missing; `None` without any.
///
/// The mean is taken off in two parts, so that a feature far from 0 keeps its digits.
fn scaled(graph: &mut Graph, linear: &LinearRegressor, rows: &Value) -> Option<Value> {
    let scalers = &linear.scalers;
    if scalers.is_empty() {
        return None;
    }
    let features: Vec<usize> = scalers.iter().map(|scaler| scaler.feature).collect();
    let mut row_of = |value: &dyn Fn(&scaleout_model::Scaler) -> f32| {
        let values: Vec<f32> = scalers.iter().map(value).collect();
        graph.floats(&values, &[1, scalers.len()])
    };
    let (low, high) = (row_of(&|scaler| scaler.low as f32), row_of(&|scaler| scaler.high as f32));
    let mean = row_of(&|scaler| scaler.mean as f32);
    let rest = row_of(&|scaler| (scaler.mean - f64::from(scaler.mean as f32)) as f32);
    let deviation = row_of(&|scaler| scaler.deviation as f32);
    let values = graph.gather(rows, &features, 1);
    let is_missing = graph.of("IsNaN", &values);
    let values = graph.choose(&is_missing, &mean, &values);
    let values = graph.node("Max", &[&values, &low], Vec::new());
    let values = graph.node("Min", &[&values, &high], Vec::new());
    let values = graph.sub(&values, &mean);
    let values = graph.sub(&values, &rest);
    let values = graph.div(&values, &deviation);
    let zero = graph.number(0.0);
    Some(graph.choose(&is_missing, &zero, &values))
}

/// Powers and hinges of scaled features, of which terms are products.
struct Basis {
    /// 1, then each power of all scaled features, then the hinges; (N, columns).
    columns: Value,
    scalers: usize,
    powers: usize,
    hinges: Vec<(usize, f64)>,
}

impl Basis {
    fn new(graph: &mut Graph, linear: &LinearRegressor, rows: &Value, scaled: Option<&Value>) -> Self {
        let factors = linear.terms.iter().flat_map(|term| &term.factors);
        let powers = factors.map(|&(_, power)| power as usize).max().unwrap_or(0);
        let mut hinges: Vec<(usize, f64)> = linear.terms.iter().flat_map(|term| term.hinges.clone()).collect();
        hinges.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        hinges.dedup();
        // The bars to the horizon are never missing: 1 for every row.
        let time = graph.slice(rows, 1, linear.time_feature, linear.time_feature + 1);
        let one = graph.number(1.0);
        let none = graph.sub(&time, &time);
        let mut columns = vec![graph.add(&none, &one)];
        if let Some(scaled) = scaled {
            let mut raised = vec![scaled.clone()];
            for power in 2..=powers {
                // As the regressor does it: squares of what is there, times the first power where that is odd.
                let half = raised[power / 2 - 1].clone();
                let square = graph.mul(&half, &half);
                raised.push(if power % 2 == 0 { square } else { graph.mul(&square, scaled) });
            }
            columns.extend(raised.into_iter().take(powers));
            if !hinges.is_empty() {
                let places: Vec<usize> = hinges.iter().map(|&(place, _)| place).collect();
                let knots: Vec<f32> = hinges.iter().map(|&(_, knot)| knot as f32).collect();
                let knots = graph.floats(&knots, &[1, hinges.len()]);
                let values = graph.gather(scaled, &places, 1);
                let values = graph.sub(&values, &knots);
                columns.push(graph.of("Relu", &values));
            }
        }
        let columns = graph.concat(&columns.iter().collect::<Vec<_>>(), 1);
        Self { columns, scalers: linear.scalers.len(), powers, hinges }
    }

    /// The column of factor `factor` of `term`; that of ones beyond its last.
    fn place(&self, term: &Term, factor: usize) -> usize {
        match (term.factors.get(factor), factor.checked_sub(term.factors.len())) {
            (Some(&(_, 0)), _) => 0,
            (Some(&(place, power)), _) => 1 + (power as usize - 1) * self.scalers + place,
            (None, Some(hinge)) => term.hinges.get(hinge).map_or(0, |hinge| {
                let place = self.hinges.iter().position(|known| known == hinge);
                1 + self.powers * self.scalers + place.expect("Invariant: all hinges were collected")
            }),
            (None, None) => 0,
        }
    }
}
