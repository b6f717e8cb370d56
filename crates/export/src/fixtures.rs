//! Small models for tests.

use std::collections::BTreeMap;

use scaleout_exits::{Objective, TradeTerms};
use scaleout_market::{Instrument, Timestamp};
use scaleout_model::{
    AffineLayer, BaselineRule, Beyond, DepartureRegressor, ExitLevel, Frame, LearnerSettings, LinearRegressor,
    MlpRegressor, Model, NetworkInputs, OutputScale, Regressor, RowLayout, SaleConstraints, ScaledFeature, Scaler,
    Shape, Term, TrainingFacts, Tree, TreeRegressor, VarianceReduction,
};

use crate::{Expected, FeatureInput, ModelContract, ObservedRow, RunFacts, TrainingRange, drift::quantiles};

/// Two market features, then the bars to the horizon and the gain.
pub(crate) fn layout() -> RowLayout {
    RowLayout {
        market: ["column:flow", "rsi"].map(|text| text.parse().unwrap()).to_vec(),
        position: vec!["bars_to_horizon".to_owned(), "unrealised_r".to_owned()],
        volatility: None,
        window: 1,
        frame: Frame::Trade,
        columns: BTreeMap::new(),
    }
}

/// Two linear fits that depart from selling the second half after six of ten bars and all at a gain of 1 R.
pub(crate) fn departing() -> Regressor {
    let Regressor::Linear(one) = linear() else { unreachable!("it is linear") };
    let mut other = one.clone();
    other.coefficients.iter_mut().for_each(|coefficient| *coefficient *= 0.5);
    let target = ExitLevel { feature: 3, when: Beyond::AtLeast, level: 1.0 };
    let rule = BaselineRule {
        name: "half after six bars, target 1 R".to_owned(),
        time_feature: 2,
        bars_left_when_sold: vec![0, 4],
        exits: vec![target],
    };
    let members = vec![Regressor::Linear(one), Regressor::Linear(other)];
    Regressor::Departure(DepartureRegressor { rule, outputs: 2, caution: Some(1.5), left_out: 0.5, members })
}

/// A model of two fractions with `regressor`, whose outputs are two marginal values.
pub(crate) fn model(kind: &str, regressor: Regressor) -> Model {
    Model {
        version: 1,
        layout: layout(),
        tranches: 2,
        horizon_bars: 10,
        objective: Objective::mean_variance(0.1),
        limits: SaleConstraints::default(),
        impact_power: 1.0,
        shape: Shape::Concave,
        learner: serde_json::from_str::<LearnerSettings>(&format!("{{\"kind\":\"{kind}\"}}")).unwrap(),
        variance_reduction: VarianceReduction::None,
        regressor,
        training: TrainingFacts {
            trades: 3,
            effective_trades: 3.0,
            first: Timestamp::from_secs(0),
            last: Timestamp::from_secs(86_400),
            bar_reach_r: 1.0,
            rounds: 1,
            trials: 1,
            validation_objective: None,
            departure: None,
        },
    }
}

/// Flow alone, linear, twice as strong near the horizon.
pub(crate) fn linear() -> Regressor {
    let constant = Term { factors: vec![], hinges: vec![], mean: 0.0, deviation: 1.0 };
    let flow = Term { factors: vec![(0, 1)], ..constant.clone() };
    Regressor::Linear(LinearRegressor {
        outputs: 2,
        time_feature: 2,
        knots: vec![1.0, 10.0],
        scalers: vec![Scaler { feature: 0, low: -2.0, high: 2.0, mean: 0.0, deviation: 1.0 }],
        terms: vec![constant, flow],
        coefficients: vec![0.1, -0.1, 0.4, 0.2, 0.1, -0.1, 0.2, 0.1],
    })
}

/// One split on flow; missing goes left.
pub(crate) fn trees() -> Regressor {
    let tree = Tree {
        feature: vec![0, -1, -1],
        threshold: vec![0.5, 0.0, 0.0],
        left: vec![1, 0, 1],
        right: vec![2, 0, 0],
        missing: vec![1, 0, 0],
        gain: vec![1.0, 0.0, 0.0],
        steps: vec![-0.1, -0.2, 0.2, 0.1],
    };
    Regressor::Trees(TreeRegressor { base: vec![0.0, 0.1], scale: vec![1.0, 2.0], trees: vec![tree] })
}

/// One layer on flow and the time.
pub(crate) fn perceptron() -> Regressor {
    let flow = ScaledFeature { feature: 0, centre: 0.0, spread: 1.0, may_be_missing: true };
    Regressor::Mlp(MlpRegressor {
        inputs: NetworkInputs { features: vec![flow], time_feature: 2, most_bars: 10.0 },
        layers: vec![AffineLayer {
            inputs: 5,
            outputs: 2,
            weights: (0..10).map(|at| at as f32 * 0.1).collect(),
            bias: vec![0.0; 2],
        }],
        outputs: OutputScale { base: vec![0.0; 2], scale: vec![1.0; 2] },
    })
}

/// Costs of a trade of four lots.
pub(crate) fn terms() -> TradeTerms {
    TradeTerms { proportional_r: 0.05, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: Some(4), min_lots: 1 }
}

/// Rows of the layout: flow from −1 to 1, one of them missing.
pub(crate) fn rows() -> Vec<f32> {
    let row = |place: u8| {
        let flow = if place == 3 { f32::NAN } else { f32::from(place) / 5.0 - 1.0 };
        [flow, 50.0 + f32::from(place), f32::from(1 + place % 10), 0.1]
    };
    (0..10).flat_map(row).collect()
}

/// Some of the rows with the terms of their trades.
pub(crate) fn observed() -> Vec<ObservedRow> {
    rows().chunks_exact(4).map(|row| ObservedRow { features: row.to_vec(), terms: terms() }).collect()
}

/// The contract of `model`.
pub(crate) fn contract(model: &Model) -> ModelContract {
    let instrument = Instrument { lot_step: 1.0, min_qty: 1.0, ..Instrument::frictionless("X", "USD") };
    let facts = RunFacts {
        product_version: "0",
        experiment: "small",
        bars: serde_json::Value::Null,
        bar_seconds: Some(60.0),
        instrument: &instrument,
        other_instruments: &[],
        replay: &scaleout_exits::ReplayConfig::default(),
        data_sha256: "",
        rows: &rows(),
        terms: &[terms()],
        valid_nanos: 3_600_000_000_000,
        expected: Expected::default(),
    };
    ModelContract::new(model, &facts)
}

/// A feature that had `values` in training.
pub(crate) fn feature_input(values: impl Iterator<Item = f32> + Clone) -> FeatureInput {
    let range = TrainingRange::of(values.clone());
    let input = contract(&model("linear", linear())).features.swap_remove(0);
    FeatureInput { training_range: range, training_quantiles: quantiles(values), ..input }
}
