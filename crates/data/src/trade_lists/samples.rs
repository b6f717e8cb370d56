//! Lists of trades of other programs, read as they are: exact values, what was told, and hostile variants.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Adds, OneR, TradeListFormat, TradeListReport, TradeListRequest, import_trades};
use crate::scratch::Scratch;
use crate::{TimeConfig, read_entries_csv};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/trades").join(name)
}

fn request(source: &Path, scratch: &Scratch) -> TradeListRequest {
    TradeListRequest {
        source: source.to_owned(),
        format: TradeListFormat::Auto,
        out: scratch.path().join("out"),
        symbol: None,
        symbol_as: None,
        zone: None,
        one_r: OneR::Percent(2.0),
        risk_column: None,
        adds: Adds::Refuse,
        qty_times: 1.0,
    }
}

/// The lines of both files under their headers.
fn written(report: &TradeListReport) -> [String; 2] {
    let symbol = |path: &Path| fs::read_to_string(path).unwrap();
    let entries = symbol(&report.entries_file);
    // What was written can be read as entries.
    let name = entries.lines().nth(1).unwrap().split(',').nth(7).unwrap();
    let read = read_entries_csv(&report.entries_file, &TimeConfig::default(), &[name]).unwrap();
    assert_eq!(read.len(), report.trades);
    [entries, symbol(&report.exits_file)].map(|text| text.lines().skip(1).collect::<Vec<_>>().join("\n"))
}

/// Reads a sample by its name and by detection; compares what is written and what was told.
fn check(
    file: &str,
    format: &str,
    change: impl Fn(&mut TradeListRequest),
    [entries, exits]: [&[&str]; 2],
    told: &[&str],
) {
    for asked in [format, "auto"] {
        let scratch = Scratch::new();
        let mut request = request(&sample(file), &scratch);
        request.format = asked.parse().unwrap();
        change(&mut request);
        let report = import_trades(&request).unwrap_or_else(|error| panic!("{file} as {asked}: {error}"));
        assert_eq!(written(&report), [entries.join("\n"), exits.join("\n")], "{file}");
        assert_eq!(report.detected.format, format);
        let shown = report.to_string();
        for fact in told {
            assert!(shown.contains(fact), "`{fact}` is not told: {shown}");
        }
    }
    // Plain executions are read from every list with their columns.
    for (name, _) in TradeListFormat::all().filter(|(name, _)| ![format, "executions"].contains(name)) {
        let scratch = Scratch::new();
        let mut request = request(&sample(file), &scratch);
        request.format = name.parse().unwrap();
        let error = import_trades(&request).unwrap_err().to_string();
        assert!(error.contains(&format!("not a readable {name} file")), "{file} as {name}: {error}");
    }
}

#[test]
fn plain_trades() {
    check(
        "trades.csv",
        "trades",
        |request| request.one_r = OneR::InTheList,
        [
            &[
                "a1,2024-01-02T14:31:00Z,long,4750.25,4745.25,5,3,ES,opening",
                "a2,2024-01-03T15:00:00Z,short,4740,4746,6,2,ES,",
            ],
            &["a1,2024-01-02T15:02:10Z,4756.5,1", "a1,2024-01-02T15:40:00Z,4761,2", "a2,2024-01-03T15:20:00Z,4746,2"],
        ],
        &["trades; zone = UTC (assumed", "1 R = the distance to the stop (2 trades)", "2 trades: ", "3 exits: "],
    );
}

#[test]
fn plain_executions() {
    check(
        "executions.csv",
        "executions",
        |request| {
            request.zone = Some("America/New_York".to_owned());
            request.symbol = Some("AAPL".to_owned());
        },
        [
            &["T00001,2024-01-02T14:31:00Z,long,185.5,,3.71,200,AAPL,"],
            &["T00001,2024-01-02T14:45:12Z,186.25,50", "T00001,2024-01-02T15:15:30Z,187.4,150"],
        ],
        &[
            "zone = America/New_York (declared)",
            "1 R = 2 % of the price (1 trade)",
            "1 left out: positions that are open",
            "1 left out: trades in other markets",
        ],
    );
}

#[test]
fn freqtrade() {
    let expected: [&[&str]; 2] = [
        &[
            "T00001,2024-01-02T00:00:00Z,long,44000,41800,2200,0.01,BTCUSDT,rsi",
            "T00002,2024-01-03T00:00:00Z,short,45000,45900,900,0.01,BTCUSDT,",
        ],
        &[
            "T00001,2024-01-02T04:00:00Z,44500,0.004",
            "T00001,2024-01-02T09:00:00Z,44700,0.006",
            "T00002,2024-01-03T04:00:00Z,45900,0.01",
        ],
    ];
    let rename = |request: &mut TradeListRequest| {
        request.symbol = Some("BTC/USDT".to_owned());
        request.symbol_as = Some("BTCUSDT".to_owned());
        request.one_r = OneR::InTheList;
    };
    check("freqtrade.json", "freqtrade", rename, expected, &["strategy = SampleStrategy", "times = UTC (proved"]);

    let scratch = Scratch::new();
    let path = scratch.path().join("backtest-result.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, bytes) in [
        ("backtest-result_config.json", &b"{}"[..]),
        ("backtest-result.json", &fs::read(sample("freqtrade.json")).unwrap()),
        ("backtest-result_SampleStrategy.py", b"pass"),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let mut request = request(&path, &scratch);
    rename(&mut request);
    let report = import_trades(&request).unwrap();
    assert_eq!(written(&report), expected.map(|lines| lines.join("\n")));
}

#[test]
fn backtesting_py() {
    check(
        "backtesting-trades.csv",
        "backtesting-py",
        |request| request.symbol = Some("GOOG".to_owned()),
        [
            &[
                "T00001,2024-01-18T00:00:00Z,long,101.5,,2.03,60,GOOG,",
                "T00002,2024-02-13T00:00:00Z,short,108,110,2,40,GOOG,",
            ],
            &[
                "T00001,2024-01-30T00:00:00Z,104,30",
                "T00001,2024-02-07T00:00:00Z,107.25,30",
                "T00002,2024-02-14T00:00:00Z,110,40",
            ],
        ],
        &["stop = SL (as of the exit", "1 R = the distance to the stop (1 trade)", "1 R = 2 % of the price (1 trade)"],
    );
}

#[test]
fn vectorbt() {
    check(
        "vectorbt-orders.csv",
        "vectorbt",
        |request| request.symbol = Some("BTC-USD".to_owned()),
        [
            &["T00001,2024-01-02T00:00:00Z,long,44000,,880,0.5,BTC-USD,"],
            &["T00001,2024-01-05T00:00:00Z,45000,0.2", "T00001,2024-01-09T00:00:00Z,46500,0.3"],
        ],
        &["1 left out: trades in other markets"],
    );
}

#[test]
fn tradingview() {
    check(
        "tradingview-2025.csv",
        "tradingview",
        |request| request.one_r = OneR::Distance(1.5),
        [
            &["1,2024-01-02T14:30:00Z,long,185.5,,1.5,100,,Long"],
            &["1,2024-01-02T15:30:00Z,186.4,50", "1,2024-01-02T17:00:00Z,187.1,50"],
        ],
        &["zone = UTC (assumed: TradingView", "1 R = 1.5 points of price", "1 left out: positions that are open"],
    );
    check(
        "tradingview-2023.csv",
        "tradingview",
        |request| request.zone = Some("America/Chicago".to_owned()),
        [&["1,2023-03-01T20:30:00Z,short,4000.25,,80.005,2,,Short"], &["1,2023-03-01T22:00:00Z,3994,2"]],
        &["zone = America/Chicago (declared)"],
    );
}

#[test]
fn metatrader_5() {
    check(
        "metatrader-5-deals.csv",
        "metatrader-5",
        |request| {
            request.one_r = OneR::Distance(0.002);
            request.qty_times = 100_000.0;
        },
        [
            &[
                "T00001,2024-01-02T09:30:00Z,long,1.104,,0.002,30000,EURUSD,",
                "T00002,2024-01-02T11:45:30Z,short,1.1055,,0.002,30000,EURUSD,",
            ],
            &[
                "T00001,2024-01-02T10:15:00Z,1.105,10000",
                "T00001,2024-01-02T11:45:30Z,1.1055,20000",
                "T00002,2024-01-02T14:00:00Z,1.1025,30000",
            ],
        ],
        &["zone = UTC (assumed: MetaTrader", "left out = 1 rows", "1 split: fills that closed a position"],
    );
}

#[test]
fn interactive_brokers() {
    check(
        "ib-activity.csv",
        "ib-activity",
        |_| {},
        [
            &["T00001,2024-01-02T14:31:05Z,long,185.5,,3.71,1000,AAPL,"],
            &["T00001,2024-01-02T15:02:11Z,186.25,400", "T00001,2024-01-03T20:59:58Z,184.1,600"],
        ],
        &["zone = America/New_York (assumed"],
    );
    check(
        "ib-flex.csv",
        "ib-flex",
        |request| {
            request.one_r = OneR::Distance(5.0);
            request.symbol = Some("ESH4".to_owned());
            request.symbol_as = Some("ES".to_owned());
        },
        [
            &["T00001,2024-01-02T14:31:05Z,long,4750.25,,5,2,ES,"],
            &["T00001,2024-01-02T15:15:00Z,4756.5,1", "T00001,2024-01-02T16:30:00Z,4761,1"],
        ],
        &["left out = 1 rows (other levels"],
    );
}

/// Damages a sample and reads it; the error without its folder.
fn damaged(file: &str, from: &str, to: &str) -> String {
    let scratch = Scratch::new();
    let text = fs::read_to_string(sample(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    let path = scratch.file(file, &text.replacen(from, to, 1));
    let error = import_trades(&TradeListRequest { one_r: OneR::Percent(1.0), ..request(&path, &scratch) }).unwrap_err();
    let error = error.to_string();
    assert!(!error.contains('\n') && error.len() < 600, "{error}");
    assert!(!scratch.path().join("out").exists(), "{error}");
    error.replace(&format!("{}/", scratch.path().display()), "")
}

#[test]
fn damaged_lists_are_refused_with_their_place() {
    for (file, from, to, expected) in [
        (
            "trades.csv",
            ",long,",
            ",up,",
            "row 2, column `side`: `up` is not a side; accepted: buy, sell, long or short",
        ),
        ("trades.csv", "4756.5,", "4756,5,", "row 2: 11 values under 10 columns; accepted: one value a column"),
        (
            "trades.csv",
            "2024-01-02T15:02:10Z",
            "2024-01-01T15:02:10Z",
            "row 2, column `exit_ts`: `2024-01-01T15:02:10Z` is before the entry",
        ),
        (
            "trades.csv",
            "4745.25",
            "4755.25",
            "row 2: entry `a1`: the stop 4755.25 of a Long at 4750.25 must lie on the losing side",
        ),
        (
            "executions.csv",
            "186.25",
            "\"186,25\"",
            "row 3, column `price`: `186,25` is not a number; accepted: a number with a decimal point",
        ),
        (
            "executions.csv",
            "2024-01-02 09:45:12",
            "02.01.2024 09:45",
            "row 3, column `time`: `02.01.2024 09:45` is not a time",
        ),
        (
            "executions.csv",
            ",sell,186.25",
            ",buy,186.25",
            "row 3: the fill of 50 at 186.25 adds to the position that row 2 opened",
        ),
        (
            "executions.csv",
            "time,",
            "when,",
            "not a readable list of trades file: its first row is `when,symbol,side,price,qty`; accepted: freqtrade, ",
        ),
        (
            "executions.csv",
            "AAPL,buy",
            "AAPL,buy",
            "it has trades in 2 markets; accepted: --symbol with one of AAPL (1), MSFT (1)",
        ),
        (
            "freqtrade.json",
            "\"safe_price\": 44500.0",
            "\"safe_price\": null",
            "row 1, column `orders[1].safe_price`: `null` is not usable; accepted: a number above 0",
        ),
        ("freqtrade.json", "\"amount\": 0.006", "\"amount\": 0.016", "sells more than is left of the position"),
        ("freqtrade.json", "\"strategy_comparison\": []\n}", "", "not a readable JSON file: EOF while parsing"),
        ("backtesting-trades.csv", "\n1,30,", "\n1,0,", "row 3, column `Size`: `0` is no quantity"),
        (
            "vectorbt-orders.csv",
            "44000.0",
            "-44000.0",
            "row 2, column `Price`: `-44000.0` is no price; accepted: a number above 0",
        ),
        (
            "tradingview-2025.csv",
            "Entry long",
            "Eintrag long",
            "row 3, column `Type`: `Eintrag long` is not a type of row",
        ),
        ("tradingview-2025.csv", "\n2,Entry long", "\n1,Entry long", "row 5, column `Trade #`: `1` is a second entry"),
        (
            "metatrader-5-deals.csv",
            "buy\tin\t0.30",
            "buy\tinto\t0.30",
            "row 6, column `Direction`: `into` is not a direction",
        ),
        (
            "metatrader-5-deals.csv",
            "sell\tout\t0.10",
            "sell\tin\t0.10",
            "row 7: the fill of 0.1 at 1.105 is opened against the position that row 6 opened",
        ),
        ("ib-activity.csv", "\"1,000\"", "\"1,00\"", "row 6, column `Quantity`: `1,00` is not a number"),
        (
            "ib-flex.csv",
            "20240102;093105",
            "20240132;093105",
            "row 2, column `DateTime`: `20240132;093105` is not a time",
        ),
    ] {
        let error = damaged(file, from, to);
        assert!(error.starts_with(file) && error.contains(expected), "{file}, `{from}` to `{to}`: {error}");
    }
}

#[test]
fn without_a_stop_one_r_is_an_option() {
    let scratch = Scratch::new();
    let mut request = request(&sample("ib-activity.csv"), &scratch);
    request.one_r = OneR::InTheList;
    let error = import_trades(&request).unwrap_err().to_string();
    let expected = "row 6: the trade has no stop, so what it risked is unknown; accepted: --risk-percent P (of the price), \
                    --risk DISTANCE (in points of price) or --risk-column NAME";
    assert!(error.ends_with(expected), "{error}");
    request.risk_column = Some("Comm/Fee".to_owned());
    let error = import_trades(&request).unwrap_err().to_string();
    assert!(error.ends_with("row 6: entry `T00001`: risk = -5 must be a finite number above 0"), "{error}");
    request.risk_column = Some("C. Price".to_owned());
    let report = import_trades(&request).unwrap();
    assert!(report.to_string().contains("1 R = the column of risk (1 trade)"), "{report}");
    // Nothing that exists is replaced.
    let error = import_trades(&request).unwrap_err().to_string();
    assert!(error.contains("entries.csv: would be overwritten"), "{error}");
    request.risk_column = Some("atr".to_owned());
    request.out = scratch.path().join("other");
    let error = import_trades(&request).unwrap_err().to_string();
    assert!(error.contains("no column `risk` (accepted names: atr)"), "{error}");
}

#[test]
fn a_format_that_is_none_lists_those_that_are() {
    let error = "bloomberg".parse::<TradeListFormat>().unwrap_err();
    let names = "auto, freqtrade, backtesting-py, vectorbt, tradingview, metatrader-5, ib-activity, ib-flex, trades, executions";
    assert_eq!(error, format!("`bloomberg` is not a format of trades; accepted: {names}"));
}

#[test]
fn every_format_has_its_line_in_the_table() {
    let page = include_str!("../../docs/trade-lists.md");
    for (name, _) in TradeListFormat::all() {
        assert!(page.contains(&format!("\n| `{name}` | ")), "`{name}` is missing in docs/trade-lists.md");
    }
}
