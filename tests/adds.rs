//! Several entries in one position, from `adds.csv` to the report: judged with rules, refused with models, refused with
//! file and row where they are no adds.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// The own-csv experiment without learners; every third entry of 100 has an add of 40 three hours later, at the open.
fn experiment() -> Scratch {
    let scratch = Scratch::new();
    let own = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv"] {
        fs::copy(own.join(name), scratch.path().join(name)).unwrap();
    }
    let config = fs::read_to_string(own.join("config.toml")).unwrap();
    let config = config.replacen("path = \"entries.csv\"", "path = \"entries.csv\"\nadds = \"adds.csv\"", 1).replacen(
        "horizon_bars = 40",
        "horizon_bars = 40\nlot_matching = \"average\"",
        1,
    );
    let at = config.find("learners = [").unwrap();
    let end = at + config[at..].find('\n').unwrap();
    fs::write(scratch.path().join("config.toml"), format!("{}learners = []{}", &config[..at], &config[end..])).unwrap();
    let bars = fs::read_to_string(own.join("bars.csv")).unwrap();
    let rows: Vec<Vec<&str>> = bars.lines().skip(1).map(|line| line.split(',').collect()).collect();
    // A bar is named by its close; the one after opens then.
    let opens: BTreeMap<&str, &str> = rows.windows(2).map(|pair| (pair[0][0], pair[1][1])).collect();
    let closes: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let mut adds = String::from("id,ts,price,qty,side\n");
    let entries = fs::read_to_string(own.join("entries.csv")).unwrap();
    for entry in entries.lines().skip(1).step_by(3) {
        let cells: Vec<&str> = entry.split(',').collect();
        let Some(place) = closes.iter().position(|close| *close == cells[1]) else { continue };
        let Some(ts) = closes.get(place + 3) else { continue };
        let Some(price) = opens.get(ts) else { continue };
        adds.push_str(&format!("{},{ts},{price},40,{}\n", cells[0], cells[2]));
    }
    assert!(30 < adds.lines().count(), "{adds}");
    fs::write(scratch.path().join("adds.csv"), adds).unwrap();
    scratch
}

fn table(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().skip(1).map(cells).collect()
}

/// The cells of a row of CSV; names of contestants hold commas between quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

#[test]
fn rules_are_judged_on_positions_that_fill_in_parts() {
    let scratch = experiment();
    stdout(scratch.path(), &["run", "config.toml", "--out", "run"]);
    let run = scratch.path().join("run");
    let adds = table(&run, "adds.csv");
    let filled = adds.iter().filter(|row| row[8] == "true").count();
    assert!(0 < filled && filled < adds.len(), "{filled} of {}", adds.len());
    // What a trade sold is what had filled: 60 at the entry and the adds that filled, 100 without adds.
    let (trades, legs) = (table(&run, "trades.csv"), table(&run, "legs.csv"));
    for trade in &trades {
        let is_of = |row: &&Vec<String>| row[..2] == trade[..2];
        let sold: f64 = legs.iter().filter(is_of).map(|leg| leg[8].parse::<f64>().unwrap()).sum();
        let later: Vec<f64> = adds.iter().filter(is_of).map(|add| if add[8] == "true" { 40.0 } else { 0.0 }).collect();
        let expected = if later.is_empty() { 100.0 } else { 60.0 + later.iter().sum::<f64>() };
        assert_eq!((sold, trade[10].as_str()), (expected, "100"), "{trade:?}");
        let net: f64 = legs.iter().filter(is_of).map(|leg| leg[14].parse::<f64>().unwrap()).sum();
        assert!((net - trade[12].parse::<f64>().unwrap()).abs() < 1e-6, "{trade:?}");
    }
    let add = adds.iter().find(|row| row[8] == "true").unwrap();
    let (contestant, id) = (add[0].as_str(), add[1].as_str());
    let asked = ["explain", "config.toml", "--run", "run", "--trade", id, "--contestant", contestant];
    let said = stdout(scratch.path(), &asked);
    assert!(said.contains("60 of 100 planned") && said.contains("added 40% (40) at "), "{said}");
    let asked = ["inspect", "lots", "config.toml", "--run", "run", "--contestant", contestant, "--matching", "fifo"];
    let said = stdout(scratch.path(), &asked);
    assert!(said.contains(&format!("{id} add 1")), "{said}");
}

/// `run` refuses what `change` makes of the adds and of the config, in one line with each of `expected`.
fn check_refused(change: impl Fn(&mut String, &mut String), expected: &[&str]) {
    let scratch = experiment();
    let [adds, config] = ["adds.csv", "config.toml"].map(|name| scratch.path().join(name));
    let (mut rows, mut said) = (fs::read_to_string(&adds).unwrap(), fs::read_to_string(&config).unwrap());
    change(&mut rows, &mut said);
    fs::write(&adds, rows).unwrap();
    fs::write(&config, said).unwrap();
    let output = scaleout(scratch.path(), &["run", "config.toml", "--out", "run"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "`{part}` is missing in: {stderr}");
    }
    assert!(!scratch.path().join("run").exists());
}

#[test]
fn what_is_no_add_is_named_with_its_row() {
    let row = |text: &'static str| {
        move |adds: &mut String, _: &mut String| {
            let first = adds.find('\n').unwrap() + 1;
            let second = first + adds[first..].find('\n').unwrap() + 1;
            adds.replace_range(first..second, &format!("{text}\n"));
        }
    };
    check_refused(
        row("e999,2024-01-03T18:00:00Z,96,40,short"),
        &["adds.csv: row 2: column id: `e999` is no entry", "entries.csv"],
    );
    check_refused(
        row("e001,2024-01-03T18:00:00Z,96,40,long"),
        &["adds.csv: row 2: column side: entry `e001` is short"],
    );
    check_refused(
        row("e001,2024-01-03T14:00:00Z,96,40,short"),
        &[
            "adds.csv: row 2: entry `e001`: filled at 2024-01-03T14:00:00Z; accepted: at or after the entry at 2024-01-03T15",
        ],
    );
    check_refused(row("e001,2024-01-03T18:00:00Z,96,100,short"), &["adds.csv: row 2: entry `e001`: 100 added in all"]);
    check_refused(row("e001,2024-01-03T18:00:00Z,96,-4,short"), &["adds.csv: row 2, column `qty`: `-4` is not usable"]);
    check_refused(
        row("e001,2024-01-03T18:00:00Z,96000,40,short"),
        &["adds.csv: row 2: entry `e001`, add 1: 96000 lies outside the bar", "outside_bar"],
    );
    check_refused(
        |adds, _| *adds = adds.replacen(",40,", ",40.5,", 1),
        &["adds.csv: row 2: entry `e001`, add 1: quantity 40.5; accepted: whole lots of 1"],
    );
    check_refused(
        |_, config| *config = config.replacen("learners = []", "learners = [{ kind = \"linear\" }]", 1),
        &["training.learners: entry `e001` has adds", "`learners = []`"],
    );
    check_refused(
        |_, config| *config = config.replacen("[replay]", "[replay]\nliquidation = { leverage = 20.0 }", 1),
        &["entry `e001` has adds, and `liquidation` is set; accepted: "],
    );
}

#[test]
fn later_entries_of_a_list_become_adds() {
    let scratch = Scratch::new();
    let list = "ts,side,price,qty,stop\n2024-01-03T15:00:00Z,buy,100,2,98\n2024-01-03T16:00:00Z,buy,104,1,\n\
                2024-01-03T17:00:00Z,sell,98,3,\n";
    fs::write(scratch.path().join("list.csv"), list).unwrap();
    let asked = ["import-trades", "list.csv", "--symbol", "X", "--out", "mine"];
    let refused = String::from_utf8(scaleout(scratch.path(), &asked).stderr).unwrap();
    assert!(refused.contains("row 3") && refused.contains("`--adds plan`"), "{refused}");
    let said = stdout(scratch.path(), &[&asked[..], &["--adds", "plan"]].concat());
    assert!(said.contains("1 add: mine/adds.csv"), "{said}");
    let adds = fs::read_to_string(scratch.path().join("mine/adds.csv")).unwrap();
    assert_eq!(adds, "id,ts,price,qty\nT00001,2024-01-03T16:00:00Z,104,1\n");
    let entries = fs::read_to_string(scratch.path().join("mine/entries.csv")).unwrap();
    assert_eq!(entries.lines().nth(1).unwrap(), "T00001,2024-01-03T15:00:00Z,long,100,98,2,3,X,");
}
