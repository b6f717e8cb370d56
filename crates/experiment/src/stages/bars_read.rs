//! When the bars of a run begin and end, and how that is known.

use scaleout_report::BarsRead;

use crate::Prepared;

/// The bars of `prepared`; `None` without any.
pub(crate) fn bars_read(prepared: &Prepared) -> Option<BarsRead> {
    let bars = prepared.market.history.series.bars();
    let (first, last) = (bars.first()?, bars.last()?);
    let report = &prepared.market.report;
    let time = match (&report.bar_time, prepared.config.data.bars) {
        (Some(fact), _) => format!("{} ({})", fact.value, fact.known),
        (None, Some(_)) => "close (made here of trades)".to_owned(),
        (None, None) => "close (the vendor's format says so)".to_owned(),
    };
    Some(BarsRead {
        count: bars.len(),
        first_close: first.ts.to_string(),
        last_close: last.ts.to_string(),
        length: report.bar_length.map(|length| length.to_string()),
        time,
    })
}
