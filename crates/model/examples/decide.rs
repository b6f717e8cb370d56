//! The decision of a model at one close: hold values, costs, and the fraction to hold.
//!
//! `cargo run --release -p scaleout-model --example decide -- [MODEL.json]`
//!
//! MODEL.json is a file of one model. Without it, a small model is made by hand. Start here to use a fitted model in your
//! own program; it needs no training code. A run's own `model/model.json` holds several models, and
//! `scaleout_export::exported_model` picks the chosen one.

use std::{collections::BTreeMap, error::Error};

use scaleout_exits::{Objective, TradeTerms};
use scaleout_market::Timestamp;
use scaleout_model::{
    Frame, LearnerSettings, LinearRegressor, MODEL_VERSION, Model, Regressor, RowLayout, SaleConstraints, Scaler,
    Shape, Term, TrainingFacts, VarianceReduction,
};

/// A linear model of a signal s: H(1/2) = .1 + .3 s and H(1) = .6 s, in R.
fn by_hand() -> Result<Model, Box<dyn Error>> {
    let constant = Term { factors: vec![], hinges: vec![], mean: 0.0, deviation: 1.0 };
    let signal = Term { factors: vec![(0, 1)], ..constant.clone() };
    let regressor = LinearRegressor {
        outputs: 2,
        time_feature: 1,
        knots: vec![1.0],
        scalers: vec![Scaler { feature: 0, low: -2.0, high: 2.0, mean: 0.0, deviation: 1.0 }],
        terms: vec![constant, signal],
        // Marginal hold values per whole unit of the first half, .2 + .6 s, and of the second, −.2 + .6 s.
        coefficients: vec![0.2, -0.2, 0.6, 0.6],
    };
    Ok(Model {
        version: MODEL_VERSION,
        layout: RowLayout {
            market: vec!["column:signal".parse()?],
            position: vec!["bars_to_horizon".into()],
            volatility: None,
            window: 1,
            frame: Frame::Trade,
            columns: BTreeMap::new(),
        },
        tranches: 2,
        horizon_bars: 10,
        objective: Objective::mean_variance(0.5),
        limits: SaleConstraints::default(),
        impact_power: 1.0,
        shape: Shape::Concave,
        learner: LearnerSettings::of(&BTreeMap::from([("kind", "by-hand")]))?,
        variance_reduction: VarianceReduction::None,
        regressor: Regressor::Linear(regressor),
        training: TrainingFacts {
            trades: 40,
            effective_trades: 40.0,
            first: Timestamp::from_secs(0),
            last: Timestamp::from_secs(1),
            bar_reach_r: 1.0,
            rounds: 1,
            trials: 1,
            validation_objective: None,
            departure: None,
        },
    })
}

/// Costs of selling the whole position, in R (profit divided by the risk at entry).
fn costs(proportional_r: f64) -> TradeTerms {
    TradeTerms { proportional_r, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: None, min_lots: 0 }
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).filter(|argument| argument.ends_with(".json"));
    let text =
        file.map_or_else(|| Ok(by_hand()?.to_json()), |path| Ok::<_, Box<dyn Error>>(std::fs::read_to_string(path)?))?;
    // Every part of the file is checked here, so that a prediction never panics and is always finite.
    let model = Model::from_json(&text)?;
    println!("row: {}", model.layout.names().join(", "));
    for signal in [-1.0_f32, -0.2, 0.2, 1.0] {
        // Other features of a model from a file are missing here: NaN in a row.
        let mut row = vec![f32::NAN; model.layout.width()];
        row[0] = signal;
        if let Some(bars) = model.layout.names().iter().position(|name| name == "bars_to_horizon") {
            row[bars] = 5.0;
        }
        let hold = model.hold_values(&row);
        let shown: Vec<String> = hold.iter().map(|value| format!("{value:+.2}")).collect();
        let free = model.target(&hold, 1.0, true, &costs(0.0));
        let costly = model.target(&hold, 1.0, true, &costs(0.3));
        println!(
            "first feature {signal:+.1}: H = {} R; hold {free} if selling is free, {costly} if it costs .3 R",
            shown.join(", ")
        );
    }
    Ok(())
}

#[test]
fn costs_make_it_hold_longer() -> Result<(), Box<dyn Error>> {
    main()?;
    let model = Model::from_json(&by_hand()?.to_json())?;
    let hold = model.hold_values(&[0.2, 5.0]);
    assert!((hold[0] - 0.16).abs() < 1e-6 && (hold[1] - 0.12).abs() < 1e-6, "{hold:?}");
    assert_eq!(model.target(&hold, 1.0, true, &costs(0.0)), 0.5);
    assert_eq!(model.target(&hold, 1.0, true, &costs(0.3)), 1.0);
    Ok(())
}
