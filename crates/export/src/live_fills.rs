//! Executions that really happened against what a run said: leg by leg.

use std::{collections::BTreeMap, path::Path};

use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ExportError,
    bounded::{Most, read_bytes},
};

/// One execution: a line of a plain CSV with `id, ts, qty, price`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct LiveExecution {
    id: String,
    ts: String,
    qty: f64,
    price: f64,
}

/// A line of the run's `legs.csv`, as far as it is needed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct PlannedLeg {
    contestant: String,
    id: String,
    ts: String,
    qty: f64,
    price: f64,
}

/// A line of the run's `trades.csv`, as far as it is needed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct PlannedTrade {
    contestant: String,
    id: String,
    side: String,
    risk: f64,
    qty: f64,
}

/// What became of one planned leg, or one that nobody planned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedLeg {
    /// Name of the trade.
    pub id: String,
    /// Place of the leg in the trade, from 1.
    pub leg: usize,
    /// What is to be said of it.
    pub finding: Finding,
    /// Quantity planned and done.
    pub qty: [Option<f64>; 2],
    /// By how much the price was worse than planned, in R of one unit; negative where it was better.
    pub slippage_r: Option<f64>,
    /// Seconds after the planned moment.
    pub late_seconds: Option<f64>,
}

/// What is to be said of a leg; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Planned and never done.
    Missed,
    /// Done and never planned.
    Unplanned,
    /// Another quantity.
    WrongSize,
    /// Done later than the tolerance after the planned moment, or before it.
    Late,
    /// As planned; what the price differs by is slippage.
    Kept,
}

/// The legs of `contestant` in the run at `run` beside the executions in the file `live`, which has `id, ts, qty, price` with
/// moments in RFC 3339. Legs of a trade are matched in order of time. Of trades that `live` does not name nothing is said.
///
/// # Errors
/// A file that cannot be read, or a trade that the run does not have.
pub fn compare_fills(
    run: &Path,
    live: &Path,
    contestant: &str,
    tolerance_seconds: f64,
) -> Result<Vec<ComparedLeg>, ExportError> {
    let executions: Vec<LiveExecution> = rows(live, Most::Model)?;
    let legs = run.join("legs.csv");
    let planned: Vec<PlannedLeg> = rows(&legs, Most::Table)?;
    let trades: Vec<PlannedTrade> = rows(&run.join("trades.csv"), Most::Table)?;
    let mut by_trade: BTreeMap<&str, Vec<&LiveExecution>> = BTreeMap::new();
    for execution in &executions {
        by_trade.entry(&execution.id).or_default().push(execution);
    }
    let mut compared = Vec::new();
    for (id, mut done) in by_trade {
        let trade = trades.iter().find(|trade| trade.contestant == contestant && trade.id == id);
        let trade = trade.ok_or_else(|| ExportError::File {
            path: live.to_owned(),
            message: format!("`{id}` is no trade of `{contestant}` in the run; accepted: ids of trades.csv"),
        })?;
        let mut moments = Vec::with_capacity(done.len());
        for execution in &done {
            moments.push(moment(&execution.ts, live)?);
        }
        let mut order: Vec<usize> = (0..done.len()).collect();
        order.sort_by_key(|&place| moments[place]);
        done = order.iter().map(|&place| done[place]).collect();
        moments = order.iter().map(|&place| moments[place]).collect();
        let asked: Vec<&PlannedLeg> =
            planned.iter().filter(|leg| leg.contestant == contestant && leg.id == id).collect();
        for leg in 0..asked.len().max(done.len()) {
            let (asked, did) = (asked.get(leg), done.get(leg).zip(moments.get(leg)));
            let qty = [asked.map(|leg| leg.qty), did.map(|(leg, _)| leg.qty)];
            let (mut slippage_r, mut late_seconds) = (None, None);
            let finding = match (asked, did) {
                (Some(_), None) => Finding::Missed,
                (None, _) => Finding::Unplanned,
                (Some(asked), Some((did, moment_of_fill))) => {
                    let sign = if trade.side == "short" { -1.0 } else { 1.0 };
                    slippage_r = Some(sign * (asked.price - did.price) / trade.risk);
                    let late = moment_of_fill.seconds_since(moment(&asked.ts, &legs)?);
                    late_seconds = Some(late);
                    if 1e-9 * trade.qty < (asked.qty - did.qty).abs() {
                        Finding::WrongSize
                    } else if tolerance_seconds < late.abs() {
                        Finding::Late
                    } else {
                        Finding::Kept
                    }
                }
            };
            compared.push(ComparedLeg { id: id.to_owned(), leg: leg + 1, finding, qty, slippage_r, late_seconds });
        }
    }
    Ok(compared)
}

fn rows<T: for<'de> Deserialize<'de>>(path: &Path, most: Most) -> Result<Vec<T>, ExportError> {
    let broken = |error: csv::Error| ExportError::File { path: path.to_owned(), message: error.to_string() };
    let bytes = read_bytes(path, most)?;
    csv::Reader::from_reader(bytes.as_slice()).deserialize().collect::<Result<_, _>>().map_err(broken)
}

fn moment(text: &str, path: &Path) -> Result<Timestamp, ExportError> {
    Timestamp::parse_rfc3339(text).ok_or_else(|| ExportError::File {
        path: path.to_owned(),
        message: format!("ts = `{text}`; accepted: RFC 3339, as 2024-05-01T14:30:00Z"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Finding, compare_fills};

    #[test]
    fn legs_are_missed_late_of_another_size_or_kept() {
        let folder = std::env::temp_dir().join(format!("scaleout-live-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        write("trades.csv", "contestant,id,side,risk,qty\nmodel,a,short,2,4\n");
        let leg = |minute: u32, qty: u32, price: u32| format!("model,a,2024-01-01T00:0{minute}:00Z,{qty},{price}\n");
        write("legs.csv", &format!("contestant,id,ts,qty,price\n{}{}{}", leg(1, 1, 99), leg(2, 1, 98), leg(3, 2, 97)));
        let check = |live: &str, expected: &[Finding]| {
            write("live.csv", &format!("id,ts,qty,price\n{live}"));
            let compared = compare_fills(&folder, &folder.join("live.csv"), "model", 30.0).unwrap();
            assert_eq!(compared.iter().map(|leg| leg.finding).collect::<Vec<_>>(), expected, "{live}");
            compared
        };
        let line = |minute: u32, second: u32, qty: u32, price: u32| {
            format!("a,2024-01-01T00:0{minute}:{second:02}Z,{qty},{price}\n")
        };
        use Finding::{Kept, Late, Missed, Unplanned, WrongSize};
        let kept = check(&(line(3, 0, 2, 97) + &line(1, 5, 1, 100) + &line(2, 0, 1, 98)), &[Kept; 3]);
        assert_eq!((kept[0].slippage_r, kept[0].late_seconds), (Some(0.5), Some(5.0)), "a short buys back dearer");
        check(&(line(1, 40, 1, 99) + &line(2, 0, 2, 98)), &[Late, WrongSize, Missed]);
        let all = line(1, 0, 1, 99) + &line(2, 0, 1, 98) + &line(3, 0, 1, 97) + &line(3, 1, 1, 97);
        check(&all, &[Kept, Kept, WrongSize, Unplanned]);
        write("live.csv", "id,ts,qty,price\nb,2024-01-01T00:00:00Z,1,1\n");
        let error = compare_fills(&folder, &folder.join("live.csv"), "model", 30.0).unwrap_err().to_string();
        assert!(error.contains("`b` is no trade"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
