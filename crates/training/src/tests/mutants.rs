//! Every way to change every field of a JSON file. The tests of `experiment` read this file too, for what a whole run
//! learned.

use std::{collections::BTreeSet, fs};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// One way to change one value of a file.
pub(crate) struct Mutant {
    /// Where, with the place in each list, and how.
    pub(crate) name: String,
    /// Where, whatever the places.
    pub(crate) field: String,
    pub(crate) content: String,
}

/// Keys and places from the root to a value.
type Place = Vec<PathStep>;

#[derive(Debug, Clone)]
enum PathStep {
    Key(String),
    At(usize),
}

/// Every way to change every field: the first, middle and last and one seeded value of each list.
pub(crate) fn mutants(content: &Value) -> Vec<Mutant> {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut places = Vec::new();
    walk(content, &mut Vec::new(), &mut rng, &mut places);
    let mut mutants = Vec::new();
    for place in places {
        let value = at(content, &place).expect("the place was met");
        let steps: Vec<String> = place
            .iter()
            .map(|step| match step {
                PathStep::Key(key) => key.clone(),
                PathStep::At(at) => format!("[{at}]"),
            })
            .collect();
        let schema: Vec<&str> =
            steps.iter().map(|step| if step.starts_with('[') { "[]" } else { step.as_str() }).collect();
        for (how, changed) in changes(value) {
            let mut whole = content.clone();
            set(&mut whole, &place, changed);
            mutants.push(Mutant {
                name: format!("{} {how}", steps.join(".")),
                field: schema.join("."),
                content: whole.to_string(),
            });
        }
    }
    mutants
}

fn walk(value: &Value, place: &mut Place, rng: &mut ChaCha8Rng, places: &mut Vec<Place>) {
    if !place.is_empty() {
        places.push(place.clone());
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                place.push(PathStep::Key(key.clone()));
                walk(inner, place, rng, places);
                place.pop();
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let seeded = rng.random_range(0..list.len());
            for at in BTreeSet::from([0, list.len() / 2, list.len() - 1, seeded]) {
                place.push(PathStep::At(at));
                walk(&list[at], place, rng, places);
                place.pop();
            }
        }
        _ => {}
    }
}

/// What may become of a value; `None` removes it.
fn changes(value: &Value) -> Vec<(&'static str, Option<Value>)> {
    let mut changes = vec![("removed", None)];
    match value {
        Value::Number(number) => {
            let real = number.as_f64().unwrap_or(0.0);
            if let Some(whole) = number.as_i64() {
                changes.push(("doubled", Some(json!(whole.saturating_mul(2)))));
                changes.push(("negated", Some(json!(-whole))));
                changes.push(("one more", Some(json!(whole.saturating_add(1)))));
                changes.push(("zero", Some(json!(0))));
                changes.push(("huge", Some(json!(4_000_000_000_u64))));
                changes.push(("largest", Some(json!(u64::MAX))));
            } else {
                changes.push(("doubled", Some(json!(2.0 * real))));
                changes.push(("negated", Some(json!(-real))));
                changes.push(("zero", Some(json!(0.0))));
                changes.push(("huge", Some(json!(1e300))));
                changes.push(("tiny", Some(json!(1e-300))));
            }
        }
        Value::String(text) => {
            changes.push(("doubled", Some(json!(format!("{text}{text}")))));
            changes.push(("emptied", Some(json!(""))));
        }
        Value::Array(list) => {
            changes.push(("doubled", Some(Value::Array([list.clone(), list.clone()].concat()))));
            changes.push(("emptied", Some(json!([]))));
            changes.push(("shortened", Some(Value::Array(list[..list.len().saturating_sub(1)].to_vec()))));
            changes.push(("reversed", Some(Value::Array(list.iter().rev().cloned().collect()))));
        }
        Value::Bool(flag) => changes.push(("negated", Some(json!(!flag)))),
        Value::Object(_) | Value::Null => {}
    }
    for (how, other) in [("a text", json!("x")), ("nothing", Value::Null), ("a list", json!([1])), ("a map", json!({}))]
    {
        if other != *value {
            changes.push((how, Some(other)));
        }
    }
    // A zero that is negated or doubled is no change.
    changes.into_iter().filter(|(_, changed)| changed.as_ref() != Some(value)).collect()
}

fn at<'a>(value: &'a Value, place: &[PathStep]) -> Option<&'a Value> {
    place.iter().try_fold(value, |value, step| match step {
        PathStep::Key(key) => value.get(key),
        PathStep::At(at) => value.get(at),
    })
}

fn set(value: &mut Value, place: &[PathStep], changed: Option<Value>) {
    let (last, before) = place.split_last().expect("no place is the root");
    let parent = before.iter().fold(value, |value, step| match step {
        PathStep::Key(key) => &mut value[key.as_str()],
        PathStep::At(at) => &mut value[*at],
    });
    match (last, changed) {
        (PathStep::Key(key), Some(changed)) => parent[key.as_str()] = changed,
        (PathStep::At(at), Some(changed)) => parent[*at] = changed,
        (PathStep::Key(key), None) => {
            parent.as_object_mut().expect("a key is in a map").remove(key);
        }
        (PathStep::At(at), None) => {
            parent.as_array_mut().expect("a place is in a list").remove(*at);
        }
    }
}

/// The most memory that this process has asked for; 0 where the system does not tell.
pub(crate) fn virtual_peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
