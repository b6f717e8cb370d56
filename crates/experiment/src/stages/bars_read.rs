//! When the bars of a run begin and end, and how that is known.

use scaleout_report::BarsRead;

use crate::Prepared;

/// The bars of all markets of `prepared`; `None` without any. Length and time are those of the first market.
pub(crate) fn bars_read(prepared: &Prepared) -> Option<BarsRead> {
    let bars = || prepared.markets.iter().map(|market| market.view().bars());
    let first = bars().filter_map(|bars| bars.first()).min_by_key(|bar| bar.ts)?;
    let last = bars().filter_map(|bars| bars.last()).max_by_key(|bar| bar.ts)?;
    let market = prepared.markets.first()?;
    let report = &market.loaded.report;
    let time = match (&report.bar_time, market.config.bars) {
        (Some(fact), _) => format!("{} ({})", fact.value, fact.known),
        (None, Some(_)) => "close (made here of trades)".to_owned(),
        (None, None) => "close (the vendor's format says so)".to_owned(),
    };
    Some(BarsRead {
        markets: prepared.markets.len(),
        count: prepared.bar_count(),
        first_close: first.ts.to_string(),
        last_close: last.ts.to_string(),
        length: report.bar_length.map(|length| length.to_string()),
        time,
    })
}
