//! The map of crates/README.md: who may use whom, and which rooms do no I/O.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::commands::root;

/// Every room and the rooms it may use.
const MAP: [(&str, &[&str]); 12] = [
    ("market", &[]),
    ("data", &["market"]),
    ("features", &["market"]),
    ("exits", &["market", "features"]),
    ("validation", &["market"]),
    ("model", &["market", "features", "exits"]),
    ("training", &["market", "features", "exits", "validation", "model"]),
    ("evaluation", &["market", "exits", "validation"]),
    ("report", &["market", "exits", "evaluation"]),
    ("reference", &["market", "features", "exits"]),
    (
        "experiment",
        &[
            "market",
            "data",
            "features",
            "exits",
            "validation",
            "model",
            "training",
            "evaluation",
            "report",
            "reference",
        ],
    ),
    ("cli", &["experiment"]),
];

#[test]
fn no_room_uses_another_that_the_map_does_not_give_it() {
    let metadata = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    for package in packages {
        let name = package["name"].as_str().unwrap().trim_start_matches("scaleout-");
        let room = if name == "scaleout" { "cli" } else { name };
        let Some((_, allowed)) = MAP.iter().find(|(known, _)| *known == room) else {
            assert_eq!(room, "tests", "a room that the map does not know");
            continue;
        };
        seen.insert(room.to_owned());
        for dependency in package["dependencies"].as_array().unwrap() {
            if let Some(used) = dependency["name"].as_str().unwrap().strip_prefix("scaleout-") {
                assert!(allowed.contains(&used), "{room} uses {used}");
            }
        }
    }
    assert_eq!(seen.len(), MAP.len(), "every room of the map exists: {seen:?}");
}

#[test]
fn market_features_and_exits_do_no_input_or_output() {
    for room in ["market", "features", "exits"] {
        each_source(&root().join("crates").join(room).join("src"), &mut |path, text| {
            for word in ["std::fs", "std::net", "std::time", "std::process", "println!", "std::env"] {
                assert!(!text.contains(word), "{} has {word}", path.display());
            }
        });
    }
}

fn each_source(folder: &Path, check: &mut impl FnMut(&Path, &str)) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            each_source(&path, check);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            check(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
