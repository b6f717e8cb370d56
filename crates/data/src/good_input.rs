//! Files that are as they should be, in every form that is accepted.

use scaleout_market::{Aggressor, Side, Timestamp};

use crate::scratch::Scratch;
use crate::{
    Content, DataConfig, ImportRequest, LoadedMarket, Metadata, RowConfig, SideRule, TableColumn, TableWriter,
    TimeConfig, Values, import, load, read_entries_csv, trade_batches, write_table,
};

fn config(json: &str) -> DataConfig {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn bars_of(text: &str, more: &str) -> LoadedMarket {
    let scratch = Scratch::new();
    scratch.file("b.csv", text);
    let json =
        format!(r#"{{"path": "b.csv", "content": "bars", "instrument": {{"symbol": "X", "currency": "USD"}}{more}}}"#);
    load(&config(&json), scratch.path()).unwrap()
}

/// Opens and closes in minutes since 2024.
fn minutes(market: &LoadedMarket) -> Vec<(i64, i64)> {
    let start = 1_704_067_200_000_000_000;
    let minute = |ts: Timestamp| (ts.nanos() - start) / 60_000_000_000;
    market.history.series.bars().iter().map(|bar| (minute(bar.open_ts), minute(bar.ts))).collect()
}

#[test]
fn bar_times_name_the_close_or_the_open() {
    let rows = |times: [&str; 3]| {
        let rows = times.map(|ts| format!("{ts};1;2;.5;1.5;10\n")).concat();
        format!("Date;Open;High;Low;Close;Volume\n{rows}")
    };
    let clock = rows(["2024-01-01T00:01:00Z", "2024-01-01T00:02:00Z", "2024-01-01T00:05:00Z"]);
    assert_eq!(minutes(&bars_of(&clock, "")), [(0, 1), (1, 2), (4, 5)]);
    assert_eq!(minutes(&bars_of(&clock, r#", "time": {"bar_length": "2m"}"#)), [(-1, 1), (1, 2), (3, 5)]);
    assert_eq!(
        minutes(&bars_of(&clock, r#", "time": {"bar_time": "open", "bar_length": "1m"}"#)),
        [(1, 2), (2, 3), (5, 6)]
    );
    let known = |more: &str| bars_of(&clock, more).report.bar_time.map(|fact| fact.to_string());
    assert_eq!(known("").as_deref(), Some("bar time = close (assumed)"));
    let open = known(r#", "time": {"bar_time": "open", "bar_length": "1m"}"#);
    assert_eq!(open.as_deref(), Some("bar time = open (declared)"));
    let days = rows(["2024-01-01", "2024-01-02", "2024-01-05"]);
    let zone = r#", "time": {"zone": "UTC"}"#;
    assert_eq!(minutes(&bars_of(&days, zone)), [(0, 1440), (1440, 2880), (5760, 7200)]);
}

#[test]
fn a_text_may_lack_a_header_and_split_date_and_time() {
    let rows = "2024.01.01,00:01,7,1,2,.5,1.5,10\n2024.01.01,00:02,8,1,2,.5,1.5,10\n";
    let columns = r#""columns": {"header": ["d", "t", "mood", "open", "high", "low", "close", "volume"], "ts": "d", "time_of_day": "t"}"#;
    let market = bars_of(rows, &format!(r#", {columns}, "time": {{"zone": "UTC"}}"#));
    assert_eq!(minutes(&market), [(0, 1), (1, 2)]);
    assert_eq!(market.history.series.column_names(), ["mood"]);
    let headed = format!("Date,Hour,mood,Open,High,Low,Close,Vol\n{rows}").replace("00:0", "000");
    let market = bars_of(&headed, r#", "columns": {"time_of_day": "Hour"}, "time": {"zone": "UTC"}"#);
    assert_eq!(minutes(&market), [(0, 1), (1, 2)]);
    assert_eq!(market.history.series.column_names(), ["mood"], "the time of day is no feature");
}

#[test]
fn further_columns_become_columns_and_text_is_reported() {
    let text = "ts,open,high,low,close,volume,mood,venue\n1704067260,1,1,1,1,0,,A\n1704067320,1,1,1,1,0,-0.5,B\n";
    let market = bars_of(text, "");
    let columns = market.history.series.columns();
    assert_eq!(columns.len(), 1);
    assert_eq!((columns[0].name.as_str(), columns[0].values.as_slice()), ("mood", [None, Some(-0.5)].as_slice()));
    assert_eq!(market.report.ignored_columns, ["venue"]);
    assert_eq!(bars_of(text, r#", "columns": {"further": []}"#).history.series.columns(), []);
}

#[test]
fn skipped_rows_are_counted() {
    let text = "ts,open,high,low,close,volume\n1704067260,1,1,1,1,0\n1704067320,1,1,1,x,0\n1704067200,1,1,1,1,0\n1704067380,1,1,1,1,0\n";
    let market = bars_of(text, r#", "on_bad_rows": "skip""#);
    assert_eq!(minutes(&market), [(-1, 1), (1, 3)]);
    assert_eq!(market.report.skipped.count, 2);
    assert!(market.report.skipped.examples[0].contains("row 3, column `close`"));
    assert!(market.report.skipped.examples[1].contains("row 4, column `ts`"));
}

#[test]
fn real_prices_may_be_negative() {
    let scratch = Scratch::new();
    scratch.file("b.csv", "ts,open,high,low,close,volume\n1704067260,-1,0,-2,-1,0\n1704067320,-1,0,-2,-1,0\n");
    let json =
        r#"{"path": "b.csv", "content": "bars", "instrument": {"symbol": "X", "currency": "USD", "price": "real"}}"#;
    assert_eq!(load(&config(json), scratch.path()).unwrap().history.series.len(), 2);
}

#[test]
fn joined_series_never_look_forward() {
    let scratch = Scratch::new();
    scratch.file("b.csv", "ts,open,high,low,close,volume\n1704067260,1,1,1,1,0\n1704067320,1,1,1,1,0\n1704067380,1,1,1,1,0\n1704067440,1,1,1,1,0\n");
    scratch.file("n.csv", "published,score,source\n1704067261,7,x\n1704067320,8,x\n1704067320,9,y\n");
    let joined = |more: &str| {
        let json = format!(
            r#"{{"path": "b.csv", "content": "bars", "instrument": {{"symbol": "X", "currency": "USD"}},
                "join": [{{"path": "n.csv", "ts": "published", "prefix": "news_"{more}}}]}}"#
        );
        let market = load(&config(&json), scratch.path()).unwrap();
        assert_eq!(market.files.len(), 2);
        let columns = market.history.series.columns();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["news_score", "news_score.published"]);
        let when = |value: &Option<f64>| value.map(|_| 1_704_067_320.0);
        if !more.contains("open") {
            assert_eq!(columns[1].values, columns[0].values.iter().map(when).collect::<Vec<_>>());
        }
        columns[0].values.clone()
    };
    assert_eq!(joined(""), [None, Some(9.0), Some(9.0), Some(9.0)]);
    assert_eq!(joined(r#", "max_age": "1m""#), [None, Some(9.0), Some(9.0), None]);
    assert_eq!(joined(r#", "time": {"bar_time": "open", "bar_length": "1m"}"#), [None, None, Some(9.0), Some(9.0)]);
}

#[test]
fn finer_bars_lie_between_the_bars() {
    let scratch = Scratch::new();
    let rows = |times: &[i64]| {
        let rows: String = times.iter().map(|ts| format!("{ts},1,1,1,1,0\n")).collect();
        format!("ts,open,high,low,close,volume\n{rows}")
    };
    scratch.file("b.csv", &rows(&[1_704_067_320, 1_704_067_440]));
    scratch.file("f.csv", &rows(&[1_704_067_260, 1_704_067_320, 1_704_067_380, 1_704_067_500]));
    let json = r#"{"path": "b.csv", "content": "bars", "finer": {"path": "f.csv"}, "instrument": {"symbol": "X", "currency": "USD"}}"#;
    let market = load(&config(json), scratch.path()).unwrap();
    assert_eq!(
        (market.history.finer_in(0).len(), market.history.finer_in(1).len(), market.report.finer_bars),
        (2, 1, 3)
    );
}

#[test]
fn trades_get_sides_and_bars() {
    let scratch = Scratch::new();
    scratch.file("t.csv", "time,price,size\n1704067200,10,1\n1704067201,11,1\n1704067260,10,2\n1704067320,10,1\n");
    let json = r#"{"path": "t.csv", "content": "trades", "bars": {"time": "1m"}, "instrument": {"symbol": "X", "currency": "USD"}}"#;
    let market = load(&config(json), scratch.path()).unwrap();
    assert_eq!(market.history.trade_ends, [2, 3]);
    assert_eq!(market.report.trades_after_last_bar, 1);
    assert_eq!(market.report.sides, Some(SideRule::TickRule));
    let sides: Vec<_> = market.history.trades.iter().map(|trade| trade.aggressor).collect();
    assert_eq!(sides, [None, Some(Aggressor::Buy), Some(Aggressor::Sell)]);
    assert_eq!(market.history.events().count(), 5);
}

#[test]
fn parquet_reads_what_was_written() {
    let scratch = Scratch::new();
    let path = scratch.path().join("t.parquet");
    let ts: Vec<i64> = (0..1000).map(|i| 1_704_067_200_000_000_000 + i * 1_000_000).collect();
    let price: Vec<_> = (0..1000).map(|i| Some(100.0 + f64::from(i % 7))).collect();
    let side = (0..1000).map(|i| if i % 2 == 0 { "buy" } else { "sell" }.to_string()).collect();
    let columns = [
        TableColumn::new("ts", Values::Integers(ts.clone())),
        TableColumn::new("price", Values::Numbers(price)),
        TableColumn::new("qty", Values::Integers(vec![3; 1000])),
        TableColumn::new("side", Values::Texts(side)),
    ];
    write_table(&path, &columns).unwrap();
    let trades: Vec<_> = trade_batches(&path, &RowConfig::default()).unwrap().flat_map(Result::unwrap).collect();
    assert_eq!(trades.len(), 1000);
    assert_eq!(
        (trades[9].ts.nanos(), trades[9].price, trades[9].qty, trades[9].aggressor),
        (ts[9], 102.0, 3.0, Some(Aggressor::Sell))
    );
    write_table(&scratch.path().join("t.csv"), &columns).unwrap();
    let again: Vec<_> =
        trade_batches(&scratch.path().join("t.csv"), &RowConfig::default()).unwrap().flat_map(Result::unwrap).collect();
    assert_eq!(again, trades);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 2, "no partial file is left");
}

#[test]
fn parquet_groups_of_rows_are_read_one_after_another() {
    let scratch = Scratch::new();
    let path = scratch.path().join("t.parquet");
    let mut writer = TableWriter::create(&path).unwrap();
    for (first, bad) in [(0, None), (3, None), (6, Some(1))] {
        let ts = Values::Integers((first..first + 3).map(|second| 1_704_067_200 + second).collect());
        let price = (0..3).map(|row| (Some(row) != bad).then_some((first + row) as f64 + 1.0)).collect();
        let qty = TableColumn::new("qty", Values::Numbers(vec![Some(1.0); 3]));
        writer.write(&[TableColumn::new("ts", ts), TableColumn::new("price", Values::Numbers(price)), qty]).unwrap();
    }
    writer.finish().unwrap();
    let batches: Vec<_> = trade_batches(&path, &RowConfig::default()).unwrap().collect();
    let prices: Vec<f64> = batches.iter().flatten().flatten().map(|trade| trade.price).collect();
    assert_eq!(prices, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let error = batches.into_iter().find_map(Result::err).unwrap().to_string();
    assert!(error.contains("row 8, column `price`: `` is missing"), "{error}");
}

#[test]
fn parquet_rows_that_cannot_be_used_are_named() {
    let scratch = Scratch::new();
    let path = scratch.path().join("t.parquet");
    let write = |price: Vec<Option<f64>>, side: [&str; 2]| {
        let ts = Values::Integers(vec![1_704_067_200, 1_704_067_201]);
        let side = Values::Texts(side.map(String::from).to_vec());
        let qty = Values::Numbers(vec![Some(1.0); 2]);
        let (price, side) = (TableColumn::new("price", Values::Numbers(price)), TableColumn::new("side", side));
        write_table(&path, &[TableColumn::new("ts", ts), price, TableColumn::new("qty", qty), side]).unwrap();
        let error = trade_batches(&path, &RowConfig::default()).unwrap().find_map(Result::err).unwrap();
        error.to_string().split("t.parquet: ").nth(1).unwrap().split("; accepted").next().unwrap().to_string()
    };
    assert_eq!(write(vec![Some(1.0), None], ["buy", "sell"]), "row 2, column `price`: `` is missing");
    assert_eq!(
        write(vec![Some(1.0), Some(f64::INFINITY)], ["buy", "sell"]),
        "row 2, column `price`: `inf` is not finite"
    );
    assert_eq!(write(vec![Some(-1.0), Some(1.0)], ["buy", "up"]), "row 1, column `price`: `-1` is out of range");
    assert_eq!(write(vec![Some(1.0), Some(1.0)], ["buy", "up"]), "row 2, column `side`: `up` is not a side");
}

#[test]
fn the_embedded_dataset_is_the_one_its_metadata_describes() {
    let market = load(&config(r#"{"embedded": "es-ticks", "bars": {"time": "60s"}}"#), ".".as_ref()).unwrap();
    assert_eq!((market.report.trades, market.report.bars), (500_000, 2_263));
    assert_eq!(market.instrument.multiplier, 50.0);
    let first = &market.history.trades[0];
    assert_eq!((first.ts.to_string().as_str(), first.price, first.qty), ("2013-09-01T22:00:00.083Z", 1640.25, 8.0));
}

#[test]
fn an_import_makes_a_dataset_that_loads() {
    let scratch = Scratch::new();
    let source = scratch.file(
        "mine.csv",
        "DateTime,Price,Volume\n2013-09-01 17:00:00.083,10,1\n2013-09-01 17:00:01,11,1\n2013-09-01 17:02:00,11,1\n",
    );
    let reading: RowConfig = serde_json::from_str(r#"{"time": {"zone": "America/Chicago"}}"#).unwrap();
    let mut request = ImportRequest {
        sources: vec![source],
        into: scratch.path().join("mine"),
        reading: Some((Content::Trades, reading)),
        ..ImportRequest::default()
    };
    let first = import(&request).unwrap();
    assert_eq!(first.metadata.rows, 3);
    let market = load(&config(r#"{"dataset": "mine", "bars": {"time": "1m"}}"#), scratch.path()).unwrap();
    assert_eq!(market.history.series.bars()[0].ts.to_string(), "2013-09-01T22:01:00Z");
    request.reading = None;
    let again = import(&request).unwrap();
    assert_eq!(again.metadata, Metadata { title: first.metadata.title.clone(), ..first.metadata });
    scratch.file("mine/trades.parquet", "broken");
    let message =
        load(&config(r#"{"dataset": "mine", "bars": {"time": "1m"}}"#), scratch.path()).unwrap_err().to_string();
    assert!(message.ends_with("the file was changed or is incomplete"), "{message}");
    scratch.file("mine.csv", "another");
    let message = import(&request).unwrap_err().to_string();
    assert!(message.contains("metadata.json says"), "{message}");
}

#[test]
fn entries_are_read() {
    let scratch = Scratch::new();
    let path = scratch.file(
        "e.csv",
        "ID,ts,Side,Price,Stop,Risk,Qty,Symbol,Tags\na,2024-01-01T00:00:00Z,LONG,10,9,,5,,x;y\nb,2024-01-01T00:00:00Z,sell,10,,2,5,X,\n",
    );
    let entries = read_entries_csv(&path, &TimeConfig::default(), &["X"]).unwrap();
    assert_eq!((entries[0].risk, entries[0].symbol.as_str(), entries[0].tags.len()), (1.0, "X", 2));
    assert_eq!(
        (entries[1].side, entries[1].risk, entries[1].stop, entries[1].symbol.as_str()),
        (Side::Short, 2.0, None, "X")
    );
}

#[test]
fn a_config_survives_being_written() {
    for json in [
        r#"{"embedded": "es-ticks", "bars": {"time": "60s"}, "sides": "tick-rule"}"#,
        r#"{"paths": ["a.csv", "b.csv"], "content": "trades", "bars": {"volume": 5}, "instrument": {"symbol": "X", "currency": "USD"},
            "join": [{"path": "v.csv", "max_age": "1d"}]}"#,
    ] {
        let first = config(json);
        let again = config(&serde_json::to_string(&first).unwrap());
        assert_eq!(again, first);
    }
}
