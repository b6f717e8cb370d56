//! What a whole run learned, damaged or made up: every field of its `model.json`, changed in every way.
//!
//! The models inside are changed one by one by the tests of `training`; here it is what stands around them, in folds and
//! refit. Reading ends in one clear error, or in lessons that a backtest replays to its end.

use std::{path::Path, sync::mpsc, thread, time::Duration};

use scaleout_model::{sealed, unsealed};
use serde_json::Value;

use crate::{
    Fitted, LoadedConfig, Prepared, RunFolder, Silent, Unfinished, judge, learn,
    lessons::mutants::{Mutant, mutants, virtual_peak_kib},
    run::for_these_trades,
    stages::analyse::analyse,
};

/// A reading takes milliseconds and a replay a second or two.
const STUCK: Duration = Duration::from_secs(120);

/// Memory that nothing may ask for, in KiB.
const TOO_MUCH_KIB: u64 = 8 << 20;

/// One in so many readable files is replayed.
const REPLAYED: usize = 40;

/// The own-csv experiment with one quick learner, few rules and few draws.
fn experiment() -> LoadedConfig {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/own-csv/config.toml");
    let mut loaded = LoadedConfig::read(&path).unwrap();
    let small = r#"
        learners = [{ kind = "readable-tree" }]
        families = ["time", "ladder-2"]
        draws = 200
        metric_draws = 200
    "#;
    let small: toml::Table = toml::from_str(small).unwrap();
    let mut config = serde_json::to_value(&loaded.config).unwrap();
    let take = |name: &str| serde_json::to_value(&small[name]).unwrap();
    config["training"]["learners"] = take("learners");
    config["baselines"]["families"] = take("families");
    config["evaluation"]["draws"] = take("draws");
    config["evaluation"]["metric_draws"] = take("metric_draws");
    loaded.config = serde_json::from_value(config).unwrap();
    loaded
}

#[test]
fn whatever_the_file_of_a_run_says_a_backtest_ends_in_a_result_or_one_clear_error() {
    let prepared = Prepared::new(&experiment()).unwrap();
    let out = std::env::temp_dir().join(format!("scaleout-lessons-{}", std::process::id()));
    let folder = RunFolder::open(&out, Unfinished::Discard).unwrap();
    let fitted = learn(&prepared, &folder, &Silent).unwrap();
    folder.fail().unwrap();
    let content: Value = serde_json::from_str(&unsealed(&fitted.to_json()).unwrap().json).unwrap();
    let around = |mutant: &Mutant| !mutant.field.contains(".model.");
    let mutants: Vec<Mutant> = mutants(&content).into_iter().filter(around).collect();
    assert!(1_000 < mutants.len(), "{} changes", mutants.len());
    let names: Vec<String> = mutants.iter().map(|mutant| mutant.name.clone()).collect();
    let before = virtual_peak_kib();
    let (sender, receiver) = mpsc::channel();
    let work = thread::spawn(move || {
        let mut readable = 0;
        for mutant in mutants {
            readable += usize::from(check(&mutant, &prepared, readable % REPLAYED == 0));
            // Nobody listens any more where the test has failed.
            let _ = sender.send(());
        }
        readable
    });
    for name in names {
        match receiver.recv_timeout(STUCK) {
            Ok(()) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name} does not end"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let readable = work.join().unwrap();
    assert!(100 < readable, "{readable} files could be read");
    let asked = virtual_peak_kib().saturating_sub(before);
    assert!(asked < TOO_MUCH_KIB, "{asked} KiB were asked for");
}

/// Whether the file of `mutant` can be read; if so and where it `is_replayed`, a backtest goes through.
fn check(mutant: &Mutant, prepared: &Prepared, is_replayed: bool) -> bool {
    let path = Path::new("model.json");
    let one_line = |said: String| {
        assert!(!said.is_empty() && said.len() < 2_000 && !said.contains('\n'), "{}: {said}", mutant.name);
    };
    let fitted = Fitted::from_json(&sealed(&mutant.content), path);
    let fitted = match fitted.and_then(|stored| for_these_trades(stored, prepared, path)) {
        Ok(fitted) => fitted,
        Err(error) => {
            one_line(error.to_string());
            return false;
        }
    };
    if is_replayed {
        let judged = judge(prepared, &fitted, &Silent);
        let result = judged.and_then(|judged| analyse(prepared, &fitted, judged, None, &Silent));
        if let Err(error) = result {
            one_line(error.to_string());
        }
    }
    true
}
