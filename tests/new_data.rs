//! A stored model on data that it was not trained on: whether it still beats its ladder, which features drifted, and what it
//! does outside its training range.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

use crate::{
    commands::{binary, root, stdout},
    scratch::Scratch,
};

/// The own-csv experiment with one quick learner, `extra` in `[training]`, and its bars as `change` leaves them: the number
/// of the bar, its moment, its prices and its sentiment.
fn experiment(folder: &Path, name: &str, extra: &str, change: impl Fn(usize, &mut [f64; 4], &mut f64)) {
    let own = root().join("experiments/own-csv");
    let bars = fs::read_to_string(own.join("bars.csv")).unwrap();
    let mut lines = bars.lines();
    let mut written = format!("{}\n", lines.next().unwrap());
    for (place, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let mut prices: [f64; 4] = std::array::from_fn(|at| cells[1 + at].parse().unwrap());
        let mut sentiment = cells[6].parse().unwrap();
        change(place, &mut prices, &mut sentiment);
        let [open, high, low, close] = prices;
        written +=
            &format!("{},{open:.2},{high:.2},{low:.2},{close:.2},{},{sentiment}\n", later(cells[0], name), cells[5]);
    }
    fs::write(folder.join(format!("{name}.csv")), written).unwrap();
    let entries = fs::read_to_string(own.join("entries.csv")).unwrap();
    let moved = entries.lines().map(|line| match line.split(',').collect::<Vec<_>>()[..] {
        [id, ts, side, price, stop, qty, tags] if id != "id" => {
            let mut prices = [price.parse().unwrap(), stop.parse().unwrap(), 0.0, 0.0];
            change(usize::MAX, &mut prices, &mut 0.0);
            format!("{id},{},{side},{:.2},{:.2},{qty},{tags}\n", later(ts, name), prices[0], prices[1])
        }
        _ => format!("{line}\n"),
    });
    fs::write(folder.join(format!("{name}-entries.csv")), moved.collect::<String>()).unwrap();
    let config = fs::read_to_string(own.join("config.toml")).unwrap();
    let (head, _) = config.split_once("learners = ").unwrap();
    let head = head.replace("name = \"own-csv\"", &format!("name = \"{name}\""));
    let head = head.replace("\"bars.csv\"", &format!("\"{name}.csv\""));
    let head = head.replace("\"entries.csv\"", &format!("\"{name}-entries.csv\""));
    let fit = "[training.fit]\ntranches = 4\nsearch = \"none\"\nrounds = 1\n";
    let config = format!("{head}learners = [{{ kind = \"linear\" }}]\n{extra}\n{fit}");
    fs::write(folder.join(format!("{name}.toml")), config).unwrap();
}

/// The moment four years later, except for the experiment `old`.
fn later(ts: &str, name: &str) -> String {
    if name == "old" { ts.to_owned() } else { ts.replace("2024-", "2028-") }
}

fn report(folder: &Path, run: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(run).join("report.json")).unwrap()).unwrap()
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row =
        |line: &str| head.iter().zip(line.split(',')).map(|(name, cell)| (name.to_string(), cell.to_owned())).collect();
    lines.map(row).collect()
}

/// Prices that swing twice as far around 100: what counts in R or in ranges stays, what is relative to the price does not.
fn twice(_: usize, prices: &mut [f64; 4], _: &mut f64) {
    prices.iter_mut().for_each(|price| *price = (100.0 + 2.0 * (*price - 100.0)).max(1.0));
}

#[test]
fn a_backtest_on_new_data_names_what_drifted_and_says_whether_the_model_still_wins() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    experiment(folder, "old", "", |_, _, _| {});
    experiment(folder, "new", "", twice);
    stdout(folder, &["run", "old.toml", "--out", "old"]);
    assert_eq!(report(folder, "old")["new_data"], Value::Null);
    stdout(folder, &["backtest", "new.toml", "--model", "old/model", "--out", "found"]);
    let found = &report(folder, "found")["new_data"];
    let names: Vec<&str> = found["drifted"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for name in ["realised_volatility(window=20)", "bollinger_width(window=20)"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for feature in found["features"].as_array().unwrap() {
        let name = feature["feature"].as_str().unwrap();
        if ["rsi(window=14)", "atr(window=14)", "column:sentiment", "bars_to_horizon"].contains(&name) {
            assert!(feature["distance"].as_f64().unwrap() < 0.03 && !names.contains(&name), "{feature}");
        }
    }
    let sentence = found["sentence"].as_str().unwrap();
    assert!(sentence.contains("beat the ladder") || sentence.contains("beats the ladder"), "{sentence}");
    assert!(sentence.contains("95 % interval") && found["is_new"] == true, "{sentence}");
    let text = fs::read_to_string(folder.join("found/report.md")).unwrap();
    assert!(text.contains("## The stored model on new data") && text.contains(sentence), "{text}");
    assert_eq!(found["trades"], report(folder, "found")["power"]["trades"]);

    // Without its contract, or with that of another model, the rest of the result stands.
    fs::write(folder.join("old/model/contract.json"), "{}").unwrap();
    stdout(folder, &["backtest", "new.toml", "--model", "old/model", "--out", "without"]);
    let without = report(folder, "without");
    assert_eq!(without["withheld"][0]["view"], "drift");
    assert_eq!(without["new_data"]["features"], serde_json::json!([]));
    assert_eq!(without["verdict"], report(folder, "found")["verdict"]);
}

/// Every twentieth close has a sentiment that no training trade saw.
fn spiked(place: usize, _: &mut [f64; 4], sentiment: &mut f64) {
    if place.is_multiple_of(20) {
        *sentiment = 50.0;
    }
}

#[test]
fn a_fallback_sells_everything_out_of_range_in_the_backtest_and_in_advice() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    experiment(folder, "old", "out_of_range = \"fallback\"", |_, _, _| {});
    experiment(folder, "new", "", spiked);
    stdout(folder, &["run", "old.toml", "--out", "old"]);
    stdout(folder, &["backtest", "new.toml", "--model", "old/model", "--out", "found"]);
    let bars = rows(&folder.join("new.csv"));
    let spikes: Vec<&str> = bars.iter().step_by(20).map(|bar| bar["ts"].as_str()).collect();
    let starts: BTreeMap<String, String> = rows(&folder.join("new-entries.csv"))
        .into_iter()
        .map(|mut row| (row["id"].clone(), row.remove("ts").unwrap()))
        .collect();
    let mut sold_at_spikes = 0;
    for leg in rows(&folder.join("found/legs.csv")).iter().filter(|leg| leg["contestant"] == "linear") {
        let first = spikes.iter().find(|spike| starts[&leg["id"]].as_str() <= **spike).unwrap();
        assert!(leg["ts"].as_str() <= *first, "{leg:?} lies after the spike at {first}");
        sold_at_spikes += usize::from(leg["ts"] == *first && leg["reason"] == "market");
    }
    assert!(10 < sold_at_spikes, "{sold_at_spikes} sales at spikes");

    // The adviser does the same, and says which feature it was.
    let entry =
        "{\"type\":\"entry\",\"id\":\"a\",\"ts\":\"TS\",\"side\":\"long\",\"price\":PRICE,\"stop\":STOP,\"qty\":100}";
    let mut events = String::new();
    for (place, bar) in bars.iter().enumerate().take(82) {
        let close: f64 = bar["close"].parse().unwrap();
        let prices =
            ["open", "high", "low", "close", "volume"].map(|name| format!("\"{name}\":{}", bar[name])).join(",");
        let columns = format!("\"columns\":{{\"sentiment\":{}}}", bar["sentiment"]);
        events += &format!("{{\"type\":\"bar\",\"ts\":\"{}\",{prices},{columns}}}\n", bar["ts"]);
        if place == 79 {
            let entry = entry.replace("TS", &bar["ts"]).replace("PRICE", &bar["close"]);
            events += &format!("{}\n", entry.replace("STOP", &format!("{:.2}", close - 2.0)));
        }
    }
    fs::write(folder.join("events.jsonl"), events).unwrap();
    let mut advise = Command::new(binary());
    advise.current_dir(folder).args(["advise", "--model", "old"]);
    let output = advise.stdin(fs::File::open(folder.join("events.jsonl")).unwrap()).output().unwrap();
    let answers: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [fill, spike, _] = &answers[..] else { panic!("{answers:?} {}", String::from_utf8_lossy(&output.stderr)) };
    assert!(!fill["out_of_range"].as_array().unwrap().iter().any(|name| name == "column:sentiment"), "{fill}");
    assert!(spike["out_of_range"].as_array().unwrap().iter().any(|name| name == "column:sentiment"), "{spike}");
    assert_eq!((spike["target"].as_f64(), spike["orders"]["market_qty"].as_f64()), (Some(0.0), Some(100.0)));
    let contract: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("old/model/contract.json")).unwrap()).unwrap();
    assert_eq!(contract["out_of_range"], "fallback");
    assert!(stdout(folder, &["verify", "old"]).contains("the model folder verifies"));
}
