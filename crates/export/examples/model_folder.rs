//! Writes a model as ONNX with a contract and golden rows, and verifies the folder.
//!
//! `cargo run --release -p scaleout-export --example model_folder -- [OUT]`
//!
//! OUT is the folder to write, by default one in the system's temporary folder. `python OUT/verify.py` compares the ONNX
//! graph with the golden rows in onnxruntime. Start here to export a model of your own.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use scaleout_exits::{Objective, ReplayConfig, TradeTerms};
use scaleout_export::{
    Expected, Export, GOLDEN_ROWS, ModelContract, RunFacts, Verified, export_files, formats_of_runs, golden_rows,
    verify,
};
use scaleout_market::{Instrument, Timestamp};
use scaleout_model::{
    Frame, LearnerSettings, MODEL_VERSION, Model, Regressor, RowLayout, SaleConstraints, Shape, TrainingFacts, Tree,
    TreeRegressor, VarianceReduction,
};

/// One tree of one question: is the RSI above 70? If not, holding is worth .2 R more.
fn model() -> Result<Model, Box<dyn Error>> {
    let tree = Tree {
        feature: vec![0, -1, -1],
        threshold: vec![70.0, 0.0, 0.0],
        left: vec![1, 0, 1],
        right: vec![2, 0, 0],
        missing: vec![1, 0, 0],
        gain: vec![1.0, 0.0, 0.0],
        steps: vec![0.1, 0.1, -0.1, -0.1],
    };
    Ok(Model {
        version: MODEL_VERSION,
        layout: RowLayout {
            market: vec!["rsi(window=14)".parse()?],
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
        regressor: Regressor::Trees(TreeRegressor { base: vec![0.0; 2], scale: vec![1.0; 2], trees: vec![tree] }),
        training: TrainingFacts {
            trades: 40,
            effective_trades: 40.0,
            first: Timestamp::from_secs(0),
            last: Timestamp::from_secs(86_400),
            bar_reach_r: 1.0,
            rounds: 1,
            trials: 1,
            validation_objective: None,
            departure: None,
        },
    })
}

fn write(folder: &Path) -> Result<Verified, Box<dyn Error>> {
    let model = model()?;
    let terms = TradeTerms {
        proportional_r: 0.05,
        per_order_r: 0.0,
        impact_r: 0.0,
        impact_power: 1.0,
        lots: Some(4),
        min_lots: 1,
    };
    let instrument = Instrument { lot_step: 1.0, min_qty: 1.0, ..Instrument::frictionless("X", "USD") };
    let facts = RunFacts {
        product_version: env!("CARGO_PKG_VERSION"),
        experiment: "by hand",
        bars: "1m".into(),
        bar_seconds: Some(60.0),
        instrument: &instrument,
        other_instruments: &[],
        replay: &ReplayConfig::default(),
        data_sha256: "",
        // Two training rows: RSI and bars to the horizon.
        rows: &[30.0, 10.0, 80.0, 1.0],
        terms: &[terms],
        valid_nanos: 3_600_000_000_000,
        expected: Expected::default(),
    };
    let contract = ModelContract::new(&model, &facts);
    let golden = golden_rows(&model, &contract.features, &[], GOLDEN_ROWS);
    let model_json = model.to_json();
    let export =
        Export { model: &model, model_json: &model_json, ladder_json: None, contract: &contract, golden: &golden };
    fs::create_dir_all(folder)?;
    for file in export_files(&export, &formats_of_runs(), &BTreeMap::new())? {
        fs::write(folder.join(&file.name), &file.bytes)?;
        println!("{} ({} bytes)", file.name, file.bytes.len());
    }
    Ok(verify(folder)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    let folder = out.map_or_else(|| std::env::temp_dir().join("scaleout-model-folder"), Into::into);
    let verified = write(&folder)?;
    for line in verified.lines.iter().chain(&verified.faults) {
        println!("{line}");
    }
    println!("written to {}", folder.display());
    Ok(())
}

#[test]
fn the_folder_verifies() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("scaleout-model-folder-{}", std::process::id()));
    let verified = write(&folder)?;
    assert_eq!(verified.faults, Vec::<String>::new());
    assert!(folder.join("model.onnx").exists() && folder.join("verify.py").exists());
    fs::remove_dir_all(&folder)?;
    Ok(())
}
