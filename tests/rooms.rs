//! Compares the map of crates/README.md with cargo: which crate uses which, and which libraries only one crate names.
//!
//! Clippy checks that `market`, `features` and `exits` do no input or output: see their `clippy.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::Value;

use crate::commands::root;

/// A row of the map.
struct Room {
    uses: BTreeSet<String>,
    /// Libraries that no other crate may name.
    alone: BTreeSet<String>,
}

#[test]
fn the_map_has_every_crate_and_every_arrow_and_no_more() {
    let map = map();
    let used: BTreeMap<String, BTreeSet<String>> = packages()
        .iter()
        .filter_map(|package| Some((room_of(package["name"].as_str()?)?, package)))
        .map(|(room, package)| (room, named(package).filter_map(|name| room_of(&name)).collect()))
        .collect();
    assert_eq!(map.keys().collect::<Vec<_>>(), used.keys().collect::<Vec<_>>(), "crates of the map and of cargo");
    for (room, used) in &used {
        assert_eq!(&map[room].uses, used, "{room}: arrows of the map and of its Cargo.toml");
    }
}

#[test]
fn libraries_that_belong_to_one_crate_are_named_by_no_other() {
    let map = map();
    let alone = map.iter().flat_map(|(room, row)| row.alone.iter().map(move |library| (library.clone(), room.clone())));
    let owner: BTreeMap<String, String> = alone.collect();
    let mut seen = BTreeSet::new();
    for package in packages() {
        let Some(room) = room_of(package["name"].as_str().unwrap()) else { continue };
        for library in named(&package) {
            if let Some(owner) = owner.get(&library) {
                assert_eq!(owner, &room, "{room} names {library}, which belongs to {owner}");
                seen.insert(library);
            }
        }
    }
    assert_eq!(seen, owner.into_keys().collect(), "the map gives away libraries that nobody uses");
}

/// Using a model compiles no training code, and evaluation and report cannot see how a model was trained.
#[test]
fn what_uses_a_model_reaches_no_training_code_and_no_tables() {
    for (room, forbidden) in [
        ("scaleout-model", &["burn", "linfa", "polars", "scaleout-training", "scaleout-data"][..]),
        ("scaleout-export", &["burn", "linfa", "polars", "scaleout-training"]),
        ("scaleout-evaluation", &["scaleout-training", "scaleout-model"]),
        ("scaleout-report", &["scaleout-training", "scaleout-model", "polars"]),
    ] {
        let reached = built_from(room);
        assert!(reached.contains("serde"), "{room} is built from what it names: {reached:?}");
        for library in forbidden {
            let is_it = |name: &&String| *name == library || name.starts_with(&format!("{library}-"));
            assert_eq!(reached.iter().find(is_it), None, "{room} reaches {library}");
        }
    }
}

/// The table below "Who may use whom" in crates/README.md.
fn map() -> BTreeMap<String, Room> {
    let page = fs::read_to_string(root().join("crates/README.md")).unwrap();
    let (_, after) = page.split_once("## Who may use whom").expect("crates/README.md says who may use whom");
    let rows =
        after.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let names = |cell: &str| {
        cell.split(',').map(str::trim).filter(|name| !["", "–"].contains(name)).map(str::to_owned).collect()
    };
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [room, uses, alone] = cells[..] else { panic!("three cells in {row}") };
        (room.to_owned(), Room { uses: names(uses), alone: names(alone) })
    })
    .collect()
}

/// What the architecture page calls a package of ours; none for libraries and for the tests.
fn room_of(package: &str) -> Option<String> {
    match package {
        "scaleout" => Some("cli".to_owned()),
        "scaleout-tests" => None,
        other => other.strip_prefix("scaleout-").map(str::to_owned),
    }
}

/// The packages that `package` names in its Cargo.toml, those for its tests among them.
fn named(package: &Value) -> impl Iterator<Item = String> {
    package["dependencies"].as_array().unwrap().iter().map(|dependency| dependency["name"].as_str().unwrap().to_owned())
}

fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let Value::Array(packages) = metadata["packages"].take() else { panic!("cargo lists its packages") };
    packages
}

/// Everything that a package of ours is built from, itself aside; what only its tests use is not.
fn built_from(package: &str) -> BTreeSet<String> {
    let arguments =
        ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "|{p}", "--package", package];
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split_once('|')?.1.split_whitespace().next());
    names.map(str::to_owned).filter(|name| name != package).collect()
}
