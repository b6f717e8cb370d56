//! Which of several markets carry the result.

use scaleout_evaluation::{ByMarket, number::signed};

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "markets",
    about: "which markets carry the result",
    contents: |page: &Page<'_>| page.result.evaluation.by_market.iter().flat_map(blocks).collect(),
};

/// Markets shown from either end of the list.
const SHOWN: usize = 15;

fn blocks(by_market: &ByMarket) -> Vec<Block> {
    let ByMarket { candidate, baseline, markets, .. } = by_market;
    let omitted = markets.len().saturating_sub(2 * SHOWN);
    let shown = markets.iter().enumerate().filter(|(place, _)| *place < SHOWN || SHOWN + omitted <= *place);
    let rows = shown.map(|(_, market)| {
        let interval = |[low, high]: [f64; 2]| format!("{} to {}", signed(low), signed(high));
        vec![
            market.symbol.clone(),
            market.trades.to_string(),
            signed(market.candidate_objective),
            signed(market.baseline_objective),
            signed(market.candidate_net_r),
            signed(market.baseline_net_r),
            signed(market.part),
            signed(market.without),
            market.without_ci95.map_or("–".to_owned(), interval),
        ]
    });
    let head = ["market", "trades", "J", "J of the rule", "net R", "net R of the rule", "part", "without it", "95 %"];
    let left_out = match omitted {
        0 => String::new(),
        _ => format!(" {omitted} markets in the middle are left out here; `report.json` has all."),
    };
    let words = format!(
        "`{candidate}` against `{baseline}`. {} \"Part\" is what a market adds to the mean difference in J, and the parts \
         sum to it. \"Without it\" is the mean difference over all other markets.{left_out}",
        conclusion(by_market)
    );
    vec![Block::Heading("Which markets carry it".into()), Block::Paragraph(words), table(&head, rows.collect())]
}

fn conclusion(by_market: &ByMarket) -> String {
    let markets = &by_market.markets;
    let ahead = markets.iter().filter(|market| 0.0 < market.part).count();
    let count = format!("The first is ahead in {ahead} of {} markets.", markets.len());
    let is_above = |ci95: Option<[f64; 2]>| ci95.is_none_or(|[low, _]| 0.0 < low);
    let needed = markets.iter().filter(|market| !is_above(market.without_ci95));
    let needed: Vec<&str> = needed.map(|market| market.symbol.as_str()).collect();
    match by_market.holds_without_any {
        None => format!("{count} The difference is not shown with all markets, so none carries it."),
        Some(true) => format!("{count} The difference is still shown whichever market is left out."),
        Some(false) => format!("{count} It is no longer shown without {}.", needed.join(", or without ")),
    }
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    use super::*;

    #[test]
    fn the_market_that_carries_the_result_is_named() {
        let run = FakeRun::new(4, 200, 0.5).on_markets(|trade| vec![if trade % 4 == 0 { "B" } else { "A" }]);
        let by_market = run.evaluate().by_market.unwrap();
        let Block::Paragraph(words) = &blocks(&by_market)[1] else { panic!("no words") };
        assert!(words.contains("ahead in 2 of 2 markets. The difference is still shown"), "{words}");
        let one = ByMarket { holds_without_any: Some(false), ..by_market.clone() };
        let markets = one.markets.iter().cloned().map(|market| scaleout_evaluation::MarketFigures {
            without_ci95: Some(if market.symbol == "A" { [-0.1, 0.2] } else { [0.1, 0.2] }),
            ..market
        });
        let one = ByMarket { markets: markets.collect(), ..one };
        assert!(conclusion(&one).ends_with("no longer shown without A."), "{}", conclusion(&one));
        let nothing = ByMarket { holds_without_any: None, ..by_market };
        assert!(conclusion(&nothing).contains("not shown with all markets"));
    }
}
