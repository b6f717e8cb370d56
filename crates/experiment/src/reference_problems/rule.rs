//! A model on the trades of a reference problem: fitted as on real data, then scored as a rule.

use std::collections::BTreeMap;

use scaleout_exits::TradeTerms;
use scaleout_features::FeatureSpec;
use scaleout_market::Timestamp;
use scaleout_model::{DepartureRegressor, Frame, Model, Regressor, RowLayout, SaleConstraints};
use scaleout_reference::{Moment, ReferenceData, Rule};
use scaleout_training::{
    Caution, FitConfig, FitProgress, Learned, LearnerConfig, PathRows, TrainingData, learn as learn_exit,
};
use scaleout_validation::Span;

use crate::ExperimentError;

/// Fits `learner` on all of the simulated trades, whose rows `data` holds; `progress` hears how it goes.
pub(crate) fn learn(
    simulated: &ReferenceData,
    data: &TrainingData,
    learner: &LearnerConfig,
    caution: Caution,
    seed: u64,
    progress: &dyn FitProgress,
) -> Result<LearnedRule, ExperimentError> {
    let everything: Vec<usize> = (0..simulated.paths.len()).collect();
    let tranches = simulated.tranches as u32;
    let limits = SaleConstraints {
        max_fraction_per_bar: simulated.limits.max_tranches_per_bar.map(|most| f64::from(most) / f64::from(tranches)),
        min_bars_between_sales: simulated.limits.min_bars_between_sales,
    };
    let config = FitConfig { tranches, limits, caution, ..FitConfig::default() };
    let Learned { model, out_of_fold } =
        learn_exit(data, &everything, &simulated.objective, learner, &config, seed, progress)?;
    let terms = simulated.paths.first().map(|path| path.unit.terms);
    let terms = terms.expect("Invariant: a model is fitted on at least one trade");
    Ok(LearnedRule { model, out_of_fold, terms })
}

/// The simulated trades as rows: the problem's columns are market features, and those features of the path that
/// tell more join them; where there are no columns, all of the path's own take their place.
pub(crate) fn training_data(simulated: &ReferenceData, window: u32) -> Result<TrainingData, ExperimentError> {
    let market = simulated.columns.iter().map(|name| column(name)).collect();
    let position = simulated.position_features();
    let layout = RowLayout { position, window, frame: Frame::Market, ..RowLayout::standard(market, None) };
    let rows = simulated.rows(&inputs(&layout))?;
    let paths = simulated
        .paths
        .iter()
        .zip(rows)
        .enumerate()
        .map(|(trade, (path, rows))| {
            let width = layout.width() - 1;
            let mut features = Vec::with_capacity(path.unit.steps() * layout.width());
            for (step, row) in rows.chunks_exact(width.max(1)).take(path.unit.steps()).enumerate() {
                push_row(&layout, row, (simulated.horizon_bars - step) as f64, &mut features);
            }
            // Each simulated trade lives on a stretch of time of its own.
            let length = simulated.horizon_bars as i64 + 1;
            let start = Timestamp::from_secs(trade as i64 * length);
            let span = Span::new(start, start.plus_nanos((length - 1) * 1_000_000_000))?;
            Ok(PathRows { span, unit: path.unit.clone(), features })
        })
        .collect::<Result<_, ExperimentError>>()?;
    Ok(TrainingData::new(layout, simulated.horizon_bars as u32, paths)?)
}

/// The model's inputs but for the bars to the horizon, which every moment brings.
fn inputs(layout: &RowLayout) -> Vec<String> {
    let market = || layout.market.iter().map(|spec| spec.name.trim_start_matches("column:").to_owned());
    let before = (1..layout.window).flat_map(|bars| market().map(move |name| format!("{name}@-{bars}")));
    market().chain(layout.position.iter().skip(1).cloned()).chain(before).collect()
}

fn column(name: &str) -> FeatureSpec {
    FeatureSpec { name: format!("column:{name}"), parameters: BTreeMap::new() }
}

fn push_row(layout: &RowLayout, inputs: &[f64], bars_to_horizon: f64, out: &mut Vec<f32>) {
    let (market, path) = inputs.split_at(layout.market.len());
    out.extend(market.iter().map(|&value| value as f32));
    out.push(bars_to_horizon as f32);
    out.extend(path.iter().map(|&value| value as f32));
}

/// A model as the rule that reference problems score.
pub(crate) struct LearnedRule {
    pub model: Model,
    /// J of every trade that it learned from, under fits that did not see the trade.
    pub out_of_fold: Vec<f64>,
    terms: TradeTerms,
}

impl LearnedRule {
    /// The plain rule that the model may depart from, alone.
    pub(crate) fn floor(&self) -> Option<Self> {
        let departure = self.model.training.departure.as_ref()?;
        let alone = DepartureRegressor::alone(departure.rule.clone(), self.model.grid().outputs());
        let model = Model { regressor: Regressor::Departure(alone), ..self.model.clone() };
        Some(Self { model, out_of_fold: Vec::new(), terms: self.terms })
    }
}

impl Rule for LearnedRule {
    fn inputs(&self) -> Vec<String> {
        inputs(&self.model.layout)
    }

    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
        let width = self.model.layout.width() - 1;
        let count = out.len() / at.tranches;
        let mut features = Vec::with_capacity(count * (width + 1));
        for row in 0..count {
            push_row(
                &self.model.layout,
                &rows[row * width..(row + 1) * width],
                at.bars_to_horizon as f64,
                &mut features,
            );
        }
        let hold = self.model.hold_values(&features);
        let per_row = hold.len() / count.max(1);
        for (hold, answers) in hold.chunks_exact(per_row.max(1)).zip(out.chunks_exact_mut(at.tranches)) {
            for (place, answer) in answers.iter_mut().enumerate() {
                let remaining = (place + 1) as f64 / at.tranches as f64;
                *answer = (self.model.target(hold, remaining, true, &self.terms) * at.tranches as f64).round() as u32;
            }
        }
    }
}
