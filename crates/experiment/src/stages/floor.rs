//! The rule that a careful trader would follow without any model, and what it earned on trades it was not chosen on.

use scaleout_exits::policies::PolicyConfig;
use scaleout_training::{BLOCKS, GridObjectives, is_better};
use scaleout_validation::{Span, purged_k_fold};

use crate::ExperimentError;

/// The rule that a careful trader would follow without any model.
///
/// It is the tuned baseline with the highest mean J on the training trades, if that beats selling at the fill by more
/// than one standard error; else selling at the fill.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Floor {
    /// Place of the baseline.
    pub baseline: usize,
    /// J of every training trade under the rule chosen in this way without the trade's own block of time.
    pub out_of_fold: Vec<f64>,
}

impl Floor {
    /// The floor of the trades at `train`, whose spans are `spans`, among `grids`; `None` without a baseline.
    ///
    /// # Errors
    /// Fewer different starts of trades than blocks.
    pub(super) fn of(
        grids: &[&GridObjectives],
        train: &[usize],
        spans: &[Span],
    ) -> Result<Option<Self>, ExperimentError> {
        let Some((baseline, _)) = best(grids, train) else { return Ok(None) };
        let mut out_of_fold = vec![0.0; train.len()];
        for block in purged_k_fold(spans, BLOCKS, 0)? {
            let known: Vec<usize> = block.train.iter().map(|&place| train[place]).collect();
            let (chosen, setting) = if known.is_empty() { best(grids, train) } else { best(grids, &known) }
                .expect("Invariant: there is a baseline, and there are trades");
            for place in block.test {
                out_of_fold[place] = grids[chosen].objectives()[setting][train[place]];
            }
        }
        Ok(Some(Self { baseline, out_of_fold }))
    }
}

/// Baseline and setting of the floor of the trades at `known`.
fn best(grids: &[&GridObjectives], known: &[usize]) -> Option<(usize, usize)> {
    let mean = |(grid, setting): (usize, usize)| {
        let objectives: &Vec<f64> = &grids[grid].objectives()[setting];
        known.iter().map(|&trade| objectives[trade]).sum::<f64>() / known.len() as f64
    };
    let settings = |grid: usize| (0..grids[grid].settings().len()).map(move |setting| (grid, setting));
    let every = || (0..grids.len()).flat_map(settings);
    let highest = every()
        .filter(|_| !known.is_empty())
        .map(|place| (place, mean(place)))
        .reduce(|best, next| if best.1 < next.1 { next } else { best })?;
    let sells_at_fill = |&(grid, setting): &(usize, usize)| is_at_fill(&grids[grid].settings()[setting]);
    let Some(at_fill) = every().find(sells_at_fill) else { return Some(highest.0) };
    let earned = |(grid, setting): (usize, usize)| -> Vec<f64> {
        known.iter().map(|&trade| grids[grid].objectives()[setting][trade]).collect()
    };
    Some(if is_better(&earned(highest.0), &earned(at_fill)) { highest.0 } else { at_fill })
}

/// Whether the rule sells everything at the first decision.
fn is_at_fill(policy: &PolicyConfig) -> bool {
    matches!(policy, PolicyConfig::Schedule(schedule) if schedule.sold.len() == 1)
}
