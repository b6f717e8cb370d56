//! Walk-forward and combinatorial splits of overlapping trades.
//!
//! `cargo run --release -p scaleout-validation --example splits`
//!
//! Start here to validate a model of trades without leaks.

use std::error::Error;

use scaleout_market::Timestamp;
use scaleout_validation::{
    CombinatorialConfig, Span, WalkForwardConfig, combinatorial_purged, effective_count, walk_forward,
};

/// 200 trades, one every hour, each held for up to six hours.
fn trades() -> Vec<Span> {
    let hour = |hours: i64| Timestamp::from_secs(3_600 * hours);
    (0..200).map(|trade| Span::of_trade(hour(trade), hour(trade + 1 + trade % 6))).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let spans = trades();
    println!("{} trades are worth {:.1} that do not overlap", spans.len(), effective_count(&spans));

    let config = WalkForwardConfig { folds: 4, embargo_secs: 3_600, ..WalkForwardConfig::default() };
    for (fold, split) in walk_forward(&spans, &config)?.iter().enumerate() {
        println!(
            "fold {}: {} to train on, {} to test on, {} purged, {} embargoed",
            fold + 1,
            split.train.len(),
            split.test.len(),
            split.purged,
            split.embargoed
        );
    }

    let config = CombinatorialConfig { groups: 6, test_groups: 2, embargo_secs: 3_600 };
    let combinatorial = combinatorial_purged(&spans, &config)?;
    println!("combinatorial: {} splits, {} paths", combinatorial.splits.len(), combinatorial.paths.len());
    Ok(())
}

#[test]
fn no_training_trade_overlaps_a_test_trade() -> Result<(), Box<dyn Error>> {
    main()?;
    let spans = trades();
    let splits = walk_forward(&spans, &WalkForwardConfig::default())?;
    assert!(splits.iter().all(|split| 0 < split.purged));
    for split in splits {
        for (&train, &test) in split.train.iter().flat_map(|train| split.test.iter().map(move |test| (train, test))) {
            assert!(!spans[train].overlaps(spans[test]));
        }
    }
    Ok(())
}
