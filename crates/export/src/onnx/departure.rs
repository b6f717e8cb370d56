//! Fits that depart from a baseline rule: mean and standard error of the members, and the tranches that the rule keeps.

use scaleout_model::{BaselineRule, Beyond, DepartureRegressor, RULE_ALONE_R, spread_scale};

use super::graph::{Graph, Value};
use crate::ExportError;

/// What `departure` predicts of the `present` rows (N, F), given what its members predict, (N, outputs) each; f64.
pub fn departure(
    graph: &mut Graph,
    departure: &DepartureRegressor,
    present: &Value,
    members: &[Value],
) -> Result<Value, ExportError> {
    let DepartureRegressor { rule, outputs, caution, left_out, members: _ } = departure;
    let keeps = kept(graph, rule, present, *outputs);
    let Some(caution) = caution else {
        let (held, sold) = (graph.doubles(&[RULE_ALONE_R], &[]), graph.doubles(&[-RULE_ALONE_R], &[]));
        return Ok(graph.choose(&keeps, &held, &sold));
    };
    let count = members.len() as f64;
    let total =
        members.iter().cloned().reduce(|sum, member| graph.add(&sum, &member)).ok_or(ExportError::EmptyEnsemble)?;
    let number = graph.doubles(&[count], &[]);
    let mean = graph.div(&total, &number);
    let mut squares: Option<Value> = None;
    for member in members {
        let distance = graph.sub(member, &mean);
        let square = graph.mul(&distance, &distance);
        squares = Some(match squares {
            None => square,
            Some(sum) => graph.add(&sum, &square),
        });
    }
    let squares = squares.ok_or(ExportError::EmptyEnsemble)?;
    let share = graph.doubles(&[spread_scale(members.len(), *left_out)], &[]);
    let scaled = graph.mul(&squares, &share);
    let error = graph.of("Sqrt", &scaled);
    let caution = graph.doubles(&[*caution], &[]);
    let reach = graph.mul(&caution, &error);
    let (up, down) = (graph.add(&mean, &reach), graph.sub(&mean, &reach));
    Ok(graph.choose(&keeps, &up, &down))
}

/// Whether the rule keeps each tranche through the next bar, (N, outputs).
fn kept(graph: &mut Graph, rule: &BaselineRule, present: &Value, outputs: usize) -> Value {
    let column = |graph: &mut Graph, feature: usize| graph.slice(present, 1, feature, feature + 1);
    let bars_left = column(graph, rule.time_feature);
    let sold: Vec<f32> = rule.bars_left_when_sold.iter().cycle().take(outputs).map(|&bars| bars as f32).collect();
    let sold = graph.floats(&sold, &[1, outputs]);
    let mut keeps = graph.less(&sold, &bars_left);
    for exit in &rule.exits {
        let value = column(graph, exit.feature);
        let level = graph.number(exit.level);
        let is_reached = match exit.when {
            Beyond::AtLeast => graph.at_most(&level, &value),
            Beyond::AtMost => graph.at_most(&value, &level),
        };
        let is_open = graph.of("Not", &is_reached);
        keeps = graph.both(&keeps, &is_open);
    }
    keeps
}
