//! One experiment on many markets: written in three ways, run, explained, replayed on others.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::Value;

use crate::{
    commands::{root, scaleout, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

const SYMBOLS: [(&str, f64); 3] = [("AAA", 1.0), ("BBB", 10.0), ("CCC", 0.5)];

/// Everything of a config but its market and name.
const REST: &str = r#"
[entries]
source = "random"
rule = { count = 40 }
placement = { stop_atr = 2.0, atr_bars = 14, qty = 100 }
[replay]
horizon_bars = 20
[objective]
risk_aversion = "low"
[validation]
folds = 2
[training]
features = ["rsi(window=14)", "atr(window=14)", "column:sentiment"]
learners = [{ kind = "linear" }]
[evaluation]
draws = 500
metric_draws = 200
[account]
max_positions = 1
"#;

const SHARED: &str = r#"content = "bars"
instrument = { currency = "USD", tick_size = 0.01, lot_step = 1, min_qty = 1, fees = { per_unit = 0.005 } }
"#;

/// The bars of own-csv from `from` on at other prices, as CSV rows without a header.
fn rows(from: usize, times: f64) -> Vec<String> {
    let text = fs::read_to_string(root().join("experiments/own-csv/bars.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let is_price = |column: usize| ["open", "high", "low", "close"].contains(&header[column]);
    let row = |line: &str| {
        let cells = line.split(',').enumerate().map(|(column, cell)| match is_price(column) {
            true => format!("{:.2}", times * cell.parse::<f64>().unwrap()),
            false => cell.to_owned(),
        });
        cells.collect::<Vec<_>>().join(",")
    };
    text.lines().skip(1 + from).take(2_500).map(row).collect()
}

fn header() -> String {
    let text = fs::read_to_string(root().join("experiments/own-csv/bars.csv")).unwrap();
    text.lines().next().unwrap().to_owned()
}

/// A folder `daily` with a file a market, and one table of all.
fn write_markets(folder: &Path) {
    fs::create_dir(folder.join("daily")).unwrap();
    let mut all = format!("ticker,{}\n", header());
    for (place, (symbol, times)) in SYMBOLS.into_iter().enumerate() {
        // The markets do not begin together.
        let rows = rows(200 * place, times);
        fs::write(folder.join(format!("daily/{symbol}.csv")), format!("{}\n{}\n", header(), rows.join("\n"))).unwrap();
        for row in rows {
            writeln!(all, "{symbol},{row}").unwrap();
        }
    }
    fs::write(folder.join("all.csv"), all).unwrap();
}

fn config(folder: &Path, name: &str, data: &str) -> String {
    let text = format!("name = \"{name}\"\nseed = 3\n[data]\n{data}{REST}");
    fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    format!("{name}.toml")
}

fn report(folder: &Path, run: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(run).join("report.json")).unwrap()).unwrap()
}

#[test]
fn many_markets_are_written_in_three_ways_and_are_one_experiment() {
    let universe = "universe = { bars = 10 }\n";
    let scratch = Scratch::new();
    let folder = scratch.path();
    write_markets(folder);
    let listed: String =
        SYMBOLS.iter().map(|(symbol, _)| format!("[[data.markets]]\npath = \"daily/{symbol}.csv\"\n")).collect();
    let ways = [
        ("listed", format!("{SHARED}{universe}{listed}")),
        ("files", format!("{SHARED}{universe}markets = \"daily/*.csv\"\n")),
        ("column", format!("{SHARED}{universe}path = \"all.csv\"\nmarkets = {{ column = \"ticker\" }}\n")),
    ];
    let mut contestants = Vec::new();
    for (name, data) in &ways {
        let file = config(folder, name, data);
        // A feature of the whole universe, beside those of the market.
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        let with_rank =
            text.replace("\"column:sentiment\"", "\"column:sentiment\", \"column:universe_rank\", \"beta:universe\"");
        fs::write(folder.join(&file), with_rank).unwrap();
        stdout(folder, &["run", &file, "--out", name]);
        contestants.push(report(folder, name)["contestants"].clone());
    }
    assert_eq!(contestants[0], contestants[1]);
    assert_eq!(contestants[0], contestants[2]);

    let checked = stdout(folder, &["check", "files.toml"]);
    assert!(checked.contains("of 3 markets") && checked.contains("market BBB: 2500 bars from "), "{checked}");
    stdout(folder, &["run", "files.toml", "--out", "again", "--threads", "1"]);
    assert_same(&files(&folder.join("files")), &files(&folder.join("again")));

    let report = report(folder, "files");
    let by_market = &report["by_market"]["markets"];
    let parts: f64 = by_market.as_array().unwrap().iter().map(|market| market["part"].as_f64().unwrap()).sum();
    let judged = &report["comparisons"][0];
    assert!((parts - judged["mean_objective_difference"].as_f64().unwrap()).abs() < 1e-9);
    assert_eq!(by_market.as_array().unwrap().len(), 3);
    assert_eq!(report["provenance"]["bars"]["markets"], 3);
    let page = fs::read_to_string(folder.join("files/report.md")).unwrap();
    assert!(page.contains("## Which markets carry it"), "{page}");
    let book = fs::read_to_string(folder.join("files/book.csv")).unwrap();
    assert!(book.contains("the account held as many positions as it may"));

    // What a run knows of a market, one trade of another, and a model on markets that it has never seen.
    let trades = fs::read_to_string(folder.join("files/trades.csv")).unwrap();
    let id = trades.split([',', '\n']).find(|cell| cell.starts_with("BBB-")).unwrap();
    let explained =
        stdout(folder, &["explain", "files.toml", "--run", "files", "--trade", id, "--contestant", "model"]);
    assert!(explained.contains(id), "{explained}");
    stdout(folder, &["inspect", "lots", "files.toml", "--run", "files", "--contestant", "model"]);
    let sheet = stdout(folder, &["inspect", "files"]);
    assert!(sheet.contains("AAA, BBB, CCC"), "{sheet}");
    let features = stdout(folder, &["features", "files.toml", "--out", "features.csv"]);
    assert!(features.contains("7500"), "{features}");
    assert!(fs::read_to_string(folder.join("features.csv")).unwrap().starts_with("symbol,ts,"));

    fs::create_dir(folder.join("others")).unwrap();
    fs::write(folder.join("others/DDD.csv"), format!("{}\n{}\n", header(), rows(100, 3.0).join("\n"))).unwrap();
    fs::write(folder.join("others/EEE.csv"), format!("{}\n{}\n", header(), rows(300, 7.0).join("\n"))).unwrap();
    let others = config(folder, "others-run", &format!("{SHARED}{universe}markets = \"others\"\n"));
    stdout(folder, &["backtest", &others, "--model", "files/model/model.json", "--out", "elsewhere"]);
    assert_eq!(self::report(folder, "elsewhere")["by_market"]["markets"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_wrong_with_many_markets_is_said_before_anything_is_read() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    write_markets(folder);
    let two = "[[data.markets]]\npath = \"daily/AAA.csv\"\n[[data.markets]]\npath = \"daily/BBB.csv\"\n";
    let euro = "[[data.markets]]\npath = \"daily/AAA.csv\"\n[[data.markets]]\npath = \"daily/BBB.csv\"\ninstrument = { currency = \"EUR\" }\n";
    let own = "[[data.markets]]\npath = \"daily/AAA.csv\"\nmarkets = \"x\"\n";
    let daily = "markets = \"daily\"\n";
    let cases = [
        (format!("{SHARED}{two}symbol = \"AAA\"\n"), "number 2: the symbol `AAA` appears twice"),
        (format!("{SHARED}{euro}"), "BBB in EUR; accepted: markets in one currency"),
        (format!("{SHARED}{own}"), "number 1 is not one market"),
        (format!("{SHARED}markets = []\n"), "[[data.markets]] tables"),
        (format!("{SHARED}markets = \"nothing/*.csv\"\n"), "nothing"),
        (format!("{SHARED}path = \"all.csv\"\nmarkets = {{ column = \"sector\" }}\n"), "no column `symbol`"),
        (
            format!("{SHARED}path = \"all.csv\"\nmarkets = {{ column = \"ticker\", only = [\"ZZZ\"] }}\n"),
            "`ZZZ` is not in the data",
        ),
        (format!("{SHARED}path = \"all.csv\"\n"), "data.instrument: missing field `symbol`"),
        // What belongs to one market is not shared, and no key is dropped in silence.
        (format!("{SHARED}{daily}finer = {{ path = \"daily/AAA.csv\" }}\n"), "data.finer: one file for many markets"),
        (format!("{SHARED}{daily}adjust = {{ path = \"a.csv\" }}\n"), "accepted: a path with {symbol}"),
        (format!("{SHARED}{daily}path = \"all.csv\"\n"), "data.path: it stands beside markets"),
        (format!("{SHARED}path = \"all.csv\"\n{two}"), "data.path: it stands beside markets"),
        (format!("{SHARED}{daily}universe = {{ bars = 0 }}\n"), "data.universe.bars = 0; accepted: 1 to 10000"),
        (
            format!("{SHARED}path = \"all.csv\"\nmarkets = {{ column = \"ticker\", only = [] }}\n"),
            "markets.only is empty",
        ),
    ];
    for (place, (data, expected)) in cases.iter().enumerate() {
        let file = config(folder, &format!("case-{place}"), data);
        let output = scaleout(folder, &["check", &file]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{data}{stderr}");
        assert!(stderr.contains(expected) && stderr.lines().count() == 1, "{data}\n{stderr}");
    }
}

/// Every entry says whose it is, where there is more than one market.
#[test]
fn entries_of_many_markets_name_their_market() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    write_markets(folder);
    let bar = rows(0, 1.0)[2_000].split(',').map(str::to_owned).collect::<Vec<_>>();
    let (ts, open) = (&bar[0], &bar[1]);
    let entries = |symbol: &str| format!("id,ts,side,price,risk,qty,symbol\na,{ts},long,{open},1,10,{symbol}\n");
    for (text, expected) in [
        (entries("ZZZ"), "row 2, column `symbol`: `ZZZ` is not a market of this experiment; accepted: AAA, BBB, CCC"),
        (entries(""), "row 2, column `symbol`"),
        (entries("AAA").replace(",symbol", "").replace(",AAA", ""), "symbol, since the experiment has 3 markets"),
    ] {
        fs::write(folder.join("entries.csv"), text).unwrap();
        let file = config(folder, "own", &format!("{SHARED}markets = \"daily\"\n"));
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        let start = text.find("[entries]").unwrap();
        let end = text.find("[replay]").unwrap();
        let entries = "[entries]\nsource = \"file\"\npath = \"entries.csv\"\n";
        fs::write(folder.join(&file), format!("{}{entries}{}", &text[..start], &text[end..])).unwrap();
        let output = scaleout(folder, &["check", &file]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(expected) && stderr.lines().count() == 1, "{expected}\n{stderr}");
    }
}
