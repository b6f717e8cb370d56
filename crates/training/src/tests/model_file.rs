//! A model file that is damaged or made up: every field of every learner's file, changed in every way.
//!
//! Whatever is done to a file, reading it ends in one clear error or in a model that answers with finite numbers.

use std::{
    collections::BTreeSet,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use scaleout_exits::TradeTerms;
use scaleout_model::{Model, ModelError, ModelPolicy, RestingModelPolicy, gain_importance, sealed, unsealed};
use serde_json::Value;

use crate::{
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::fit,
        progress::Unwatched,
    },
    fixtures::order_flow_market::{objective, paths, windowed},
    learners::registry::LearnerConfig,
    tests::mutants::{Mutant, mutants, virtual_peak_kib},
};

/// A reading and an answer take milliseconds: one that takes this long goes on for ever.
const STUCK: Duration = Duration::from_secs(120);

/// Memory that no reading may ask for, in KiB; a file of 100 kB that says it has 4 billion numbers would.
const TOO_MUCH_KIB: u64 = 8 << 20;

#[test]
fn whatever_a_file_says_reading_it_ends_in_an_answer_or_one_clear_error() {
    for learner in LearnerConfig::small() {
        let model = model(&learner);
        let text = model.to_json();
        let content: Value = serde_json::from_str(&unsealed(&text).unwrap().json).unwrap();
        let mutants = mutants(&content);
        let fields: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.field.as_str()).collect();
        assert!(40 < fields.len(), "{}: {} fields", learner.name(), fields.len());
        let digest = text[text.len() - 67..text.len() - 3].to_owned();
        let before = virtual_peak_kib();
        let (sender, receiver) = mpsc::channel();
        let names: Vec<String> = mutants.iter().map(|mutant| mutant.name.clone()).collect();
        let work = thread::spawn(move || {
            for mutant in mutants {
                check(&mutant, &digest);
                // Nobody listens any more where the test has failed.
                let _ = sender.send(());
            }
        });
        for name in names {
            match receiver.recv_timeout(STUCK) {
                Ok(()) => {}
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("{}: {name} does not end", learner.name()),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        work.join().unwrap_or_else(|_| panic!("{}: see above", learner.name()));
        let asked = virtual_peak_kib().saturating_sub(before);
        assert!(asked < TOO_MUCH_KIB, "{}: {asked} KiB were asked for", learner.name());
    }
}

#[test]
fn the_file_as_written_is_read_and_an_old_one_without_digest_too() {
    for learner in LearnerConfig::small() {
        let model = model(&learner);
        let text = model.to_json();
        assert_eq!(Model::from_json(&text).unwrap(), model, "{}", learner.name());
        let old = unsealed(&text).unwrap().json.replacen("{\"version\":2", "{\"version\":1", 1);
        assert_eq!(Model::from_json(&old).unwrap(), Model { version: 1, ..model }, "{}", learner.name());
        let cut = unsealed(&text).unwrap().json;
        assert!(matches!(Model::from_json(&cut), Err(ModelError::Unsealed { version: 2 })));
    }
}

fn model(learner: &LearnerConfig) -> Model {
    let data = windowed(&paths(60, 1, 1).0, learner.window());
    let train: Vec<usize> = (0..60).collect();
    // One learner departs from a plain rule, so that every part of a model is damaged once.
    let caution = if matches!(learner, LearnerConfig::Linear(_)) { Caution::Chosen } else { Caution::None };
    let config = FitConfig { folds: 2, rounds: 2, search: SearchEffort::None, caution, ..FitConfig::default() };
    fit(&data, &train, &objective(), learner, &config, 1, &Unwatched).unwrap()
}

/// The changed file is refused for its digest; with a digest of its own it is refused for what it says, or it answers.
fn check(mutant: &Mutant, digest: &str) {
    let content = mutant.content.strip_suffix('}').unwrap_or(&mutant.content);
    let error = Model::from_json(&format!("{content},\"sha256\":\"{digest}\"}}\n")).unwrap_err();
    assert!(matches!(error, ModelError::Damaged { .. }), "{}: {error}", mutant.name);
    match Model::from_json(&sealed(&mutant.content)) {
        Ok(model) => answer(&model, &mutant.name),
        Err(error) => {
            let said = error.to_string();
            assert!(!said.is_empty() && said.len() < 2_000 && !said.contains('\n'), "{}: {said}", mutant.name);
        }
    }
}

/// Asks a model for everything that it can be asked for.
fn answer(model: &Model, name: &str) {
    let width = model.layout.width();
    let time = model.layout.time_feature();
    let mut rows = Vec::with_capacity(5 * width);
    for (value, bars) in [(0.0, 1.0), (f32::NAN, 7.0), (-3.0, 60.0), (f32::MAX, 2.0), (f32::MIN, f32::MAX)] {
        let first = rows.len();
        rows.resize(first + width, value);
        rows[first + time] = if bars < f32::MAX { bars } else { model.horizon_bars as f32 };
    }
    let outputs = model.grid().outputs();
    let hold = model.hold_values(&rows);
    assert_eq!(hold.len(), 5 * outputs, "{name}");
    assert!(hold.iter().all(|value| value.is_finite()), "{name}: {hold:?}");
    let terms = TradeTerms {
        proportional_r: 0.1,
        per_order_r: 0.0,
        impact_r: 0.5,
        impact_power: 2.0,
        lots: Some(7),
        min_lots: 2,
    };
    for hold in hold.chunks_exact(outputs) {
        let target = model.target(hold, 1.0, true, &terms);
        assert!((0.0..=1.0).contains(&target), "{name}: {target}");
    }
    let shares: f64 = gain_importance(model).iter().map(|gain| gain.value).sum();
    assert!(shares.is_finite(), "{name}");
    let _ = model.readable_rule();
    let shared = Arc::new(model.clone());
    let _ = (ModelPolicy::new(shared.clone()), RestingModelPolicy::new(shared));
    assert_eq!(Model::from_json(&model.to_json()).unwrap(), *model, "{name}");
}
