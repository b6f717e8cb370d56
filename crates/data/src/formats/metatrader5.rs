//! Bars exported from MetaTrader 5: tabs, `<DATE>`, `<TIME>` and capitals, the broker's server time.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells};

pub(super) struct MetaTrader5;

impl ExportFormat for MetaTrader5 {
    fn name(&self) -> &'static str {
        "metatrader-5"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        let names: Option<Vec<&str>> =
            header.iter().map(|name| name.strip_prefix('<').and_then(|name| name.strip_suffix('>'))).collect();
        let names = names?;
        let place = |name: &str| names.iter().position(|other| *other == name);
        let (date, time_of_day) = (place("DATE")?, place("TIME"));
        if sample.delimiter != b'\t' || place("TICKER").is_some() {
            return None;
        }
        place("OPEN")?;
        let volume = if place("TICKVOL").is_some() { "TICKVOL" } else { "VOL" };
        let own = |name: &str| match name {
            "DATE" => "ts".to_owned(),
            "TIME" => "time of day".to_owned(),
            "VOL" if volume != "VOL" => "real_volume".to_owned(),
            name if name == volume => "volume".to_owned(),
            name => name.to_lowercase(),
        };
        let names: Vec<String> = names.iter().map(|name| own(name)).collect();
        let clock = Clock::Date { time_of_day };
        let why = "MetaTrader writes the broker's server time and does not say which";
        let (time, mut facts) = opens(sample, date, clock, None, Some(("UTC", why)));
        facts.push(Fact::new("volume", volume, "assumed: ticks where the broker reports no volume"));
        let further = ["real_volume", "spread"].map(str::to_owned).into_iter().filter(|name| names.contains(name));
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            further: further.collect(),
            names,
            clock,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}
