//! The vendors' own formats, on the excerpts in `datasets/`; every figure was counted by a separate script.

use std::path::Path;

use scaleout_market::Level;

use crate::scratch::Scratch;
use crate::{DataConfig, LoadedMarket, QuotePlaces, SideRule, load};

fn loaded(json: &str, base_dir: &Path) -> LoadedMarket {
    let config: DataConfig = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    load(&config, base_dir).unwrap_or_else(|error| panic!("{error}"))
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

#[test]
fn lean_ticks_have_one_bid_and_one_ask() {
    let market = loaded(r#"{"dataset": "datasets/lean-ibm-excerpt", "bars": {"time": "1m"}}"#, repository());
    assert_eq!(market.report.sides, Some(SideRule::LeeReady));
    assert_eq!(market.report.quote_places, Some(QuotePlaces { at_ask: 1172, at_bid: 1131, inside: 1747 }));
    assert_eq!(market.report.outside_session, 6);
    let history = &market.history;
    assert_eq!(history.series.bars()[0].open_ts.to_string(), "2013-10-07T13:30:00Z");
    let crossed = history.quotes.iter().filter(|quote| quote.ask < quote.bid).count();
    assert!(crossed * 100 < history.quotes.len(), "{crossed} of {} quotes are crossed", history.quotes.len());
    let first = &history.quotes[0];
    assert!(first.ts < history.series.bars()[0].open_ts, "the last quote before the session is kept");
    assert!(history.quotes[1].ts >= history.series.bars()[0].open_ts);
}

#[test]
fn the_session_and_the_contract_can_be_chosen() {
    let lean = |more: &str| {
        format!(
            r#"{{"lean": {{"folder": "datasets/lean-ibm-excerpt", "security": "equity", "resolution": "tick",
                "zone": "America/New_York"{more}}}, "bars": {{"time": "1m"}}, "instrument": {{"symbol": "IBM", "currency": "USD"}}}}"#
        )
    };
    assert_eq!(loaded(&lean(""), repository()).report.outside_session, 0);
    let short = loaded(&lean(r#", "session": "09:30-09:32""#), repository());
    assert_eq!(short.history.series.len(), 1, "the last bar is not complete");
    let refused = |more: &str| {
        let config = serde_json::from_str::<DataConfig>(&lean(more)).map_err(|error| error.to_string());
        config.and_then(|config| load(&config, repository()).map_err(|error| error.to_string())).unwrap_err()
    };
    assert!(refused(r#", "contract": "201312""#).contains("0 of the 1 files inside fit"));
    assert!(
        refused(r#", "from": "2014-01-01""#)
            .ends_with("no YYYYMMDD_quote.zip or YYYYMMDD_trade.zip of the wanted days in the file")
    );
    assert!(refused(r#", "session": "16:00-09:30""#).starts_with("`16:00-09:30` is not a session"));
    assert!(refused(r#", "to": "soon""#).starts_with("`soon` is not a day"));
}

#[test]
fn the_binance_book_is_the_one_a_separate_script_keeps() {
    let json = r#"{"dataset": "datasets/binance-btcusdt-excerpt", "bars": {"time": "1s"}}"#;
    let market = loaded(json, repository());
    assert_eq!((market.report.trades, market.report.quotes, market.report.books), (615, 3547, 378));
    assert_eq!(market.report.sides, Some(SideRule::File));
    let book = &market.history.books[99];
    assert_eq!(book.ts.nanos(), 1_723_161_260_463_493_461);
    let level = |price, qty| Level { price, qty };
    assert_eq!(book.bids[..3], [level(61_809.4, 4.588), level(61_809.0, 0.452), level(61_808.7, 0.729)]);
    assert_eq!(book.asks[..3], [level(61_809.5, 1.883), level(61_810.0, 0.002), level(61_810.4, 0.002)]);
    assert!(market.history.books.iter().all(|book| book.bids.len() == 20 && book.bids[0].price < book.asks[0].price));
}

#[test]
fn quotes_of_the_user_tell_the_sides() {
    let scratch = Scratch::new();
    scratch.file(
        "t.csv",
        "ts,price,qty\n1704067201,11,1\n1704067202,10,1\n1704067203,10.5,1\n1704067204,10.6,1\n1704067300,10,1\n",
    );
    scratch.file(
        "q.csv",
        "ts,bid,bid_size,ask,ask_size\n1704067200,10,5,11,6\n1704067202,9,5,9.5,6\n1704067203,10,5,11,6\n",
    );
    let json = r#"{"path": "t.csv", "content": "trades", "bars": {"time": "1m"}, "quotes": {"path": "q.csv"},
        "instrument": {"symbol": "X", "currency": "USD"}}"#;
    let market = loaded(json, scratch.path());
    // The second trade meets the quote of its own second only afterwards; the third the one before it.
    assert_eq!(market.report.quote_places, Some(QuotePlaces { at_ask: 2, at_bid: 2, inside: 1 }));
    let sides: Vec<f64> = market.history.trades.iter().map(|trade| trade.aggressor.unwrap().sign()).collect();
    assert_eq!(sides, [1.0, -1.0, 1.0, 1.0]);
    assert_eq!(market.history.quote_ends, [3]);
    assert_eq!(market.files.len(), 2);
}
