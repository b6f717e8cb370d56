//! The calendar of events that no position is held over.

use std::path::Path;

use scaleout_data::{Limit, read_text};
use scaleout_exits::{CalendarEvent, FlatBefore};
use scaleout_market::Timestamp;

use crate::ExperimentError;

const ACCEPTED: &str = "a time as 2024-06-12T18:00:00Z, or a date as 2024-06-12 for its first moment in UTC";

/// Adds the events of the file that `flat_before` names, whose path starts from `base`.
///
/// The file is a CSV with a header: `ts`, and `symbol` for events of one symbol. Other columns are not read.
///
/// # Errors
/// If the file cannot be read, lacks `ts`, or has no event; on the first row whose `ts` is no time.
pub(super) fn read(flat_before: &mut FlatBefore, base: &Path) -> Result<(), ExperimentError> {
    let Some(file) = &flat_before.file else { return Ok(()) };
    let path = base.join(file);
    let wrong = |message: String| ExperimentError::ConfigValue { path: path.clone(), message };
    let text = read_text(&path, Limit::Config)?;
    let mut rows = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let header: Vec<String> = rows.next().map(|(_, line)| cells(line)).unwrap_or_default();
    let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    let Some(ts_at) = find("ts") else {
        let found = header.join(", ");
        return Err(wrong(format!("no column `ts` (accepted names: ts, symbol); columns found: {found}")));
    };
    let symbol_at = find("symbol");
    for (line, row) in rows {
        let row = cells(row);
        let written = row.get(ts_at).map_or("", String::as_str);
        let ts = moment(written)
            .ok_or_else(|| wrong(format!("row {}, column `ts`: `{written}` must be {ACCEPTED}", line + 1)))?;
        let symbol = symbol_at.and_then(|at| row.get(at)).filter(|symbol| !symbol.is_empty()).cloned();
        let event = CalendarEvent { ts, symbol };
        if !flat_before.events.contains(&event) {
            flat_before.events.push(event);
        }
    }
    if flat_before.events.is_empty() {
        return Err(wrong("no events: one row or more is needed below the header".to_owned()));
    }
    Ok(())
}

fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text).or_else(|| Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")))
}

/// The cells of a line; one in quotes may hold commas.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().expect("Invariant: a line has a cell").push(letter),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use scaleout_exits::FlatBefore;

    use super::read;

    fn check(name: &str, text: &str, expected: &str) {
        let folder = std::env::temp_dir().join(format!("scaleout-events-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("events.csv"), text).unwrap();
        let mut flat_before = FlatBefore { file: Some("events.csv".to_owned()), ..FlatBefore::default() };
        let got = match read(&mut flat_before, &folder) {
            Err(error) => error.to_string().replace(&format!("{}/", folder.display()), ""),
            Ok(()) => {
                let events = flat_before.events.iter();
                let one = events.map(|event| format!("{} {}", event.ts, event.symbol.as_deref().unwrap_or("all")));
                one.collect::<Vec<_>>().join("; ")
            }
        };
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn a_calendar_is_read_or_refused_with_its_row() {
        check(
            "read",
            "name,TS,symbol\n\"FOMC, June\",2024-06-12T14:00:00-04:00,\nearnings, 2024-07-24 ,IBM\n\n",
            "2024-06-12T18:00:00Z all; 2024-07-24T00:00:00Z IBM",
        );
        check("twice", "ts\n2024-07-24\n2024-07-24T00:00:00Z\n", "2024-07-24T00:00:00Z all");
        check(
            "column",
            "date,symbol\n2024-07-24,IBM\n",
            "events.csv: no column `ts` (accepted names: ts, symbol); columns found: date, symbol",
        );
        check(
            "row",
            "ts\n2024-07-24\nJune 12\n",
            "events.csv: row 3, column `ts`: `June 12` must be a time as 2024-06-12T18:00:00Z, or a date as 2024-06-12 for \
             its first moment in UTC",
        );
        check("empty", "ts\n", "events.csv: no events: one row or more is needed below the header");
    }
}
