use std::{collections::BTreeMap, io::Write};

use csv::Writer;
use scaleout_evaluation::{Contestant, Evaluation, SymbolFacts};
use scaleout_exits::{Book, ExitReason, Missed};
use scaleout_market::{Entry, Side, Timestamp};

use crate::ReportError;

/// Writes one row per contestant and trade: prices in the instrument's points, money in its currency, results in R, J in its own unit.
pub fn trades_csv(
    contestants: &[Contestant],
    entries: &[Entry],
    symbols: &BTreeMap<String, SymbolFacts>,
    sink: impl Write,
) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record([
        "contestant",
        "id",
        "symbol",
        "side",
        "entry_ts",
        "exit_ts",
        "entry_price",
        "risk",
        "qty",
        "legs",
        "net",
        "currency",
        "net_r",
        "gross_r",
        "objective",
        "mfe_r",
        "mae_r",
        "bars_held",
        "ambiguous",
    ])?;
    for contestant in contestants {
        for (outcome, entry) in contestant.outcomes.iter().zip(entries) {
            table.write_record([
                contestant.name.clone(),
                outcome.id.clone(),
                outcome.symbol.clone(),
                side(outcome.side).to_owned(),
                outcome.entry_ts.to_string(),
                outcome.exit_ts.to_string(),
                outcome.entry_price.to_string(),
                entry.risk.to_string(),
                entry.qty.to_string(),
                outcome.legs.len().to_string(),
                money(outcome.net.nanos()),
                symbols.get(&outcome.symbol).map_or_else(String::new, |facts| facts.currency.clone()),
                outcome.net_r.to_string(),
                outcome.gross_r.to_string(),
                outcome.objective.to_string(),
                outcome.mfe_r.to_string(),
                outcome.mae_r.to_string(),
                outcome.bars_held.to_string(),
                outcome.is_ambiguous().to_string(),
            ])?;
        }
    }
    Ok(table.flush()?)
}

/// Writes one row per sale, under the trade it belongs to.
pub fn legs_csv(contestants: &[Contestant], sink: impl Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record([
        "contestant",
        "id",
        "leg",
        "ts",
        "reason",
        "fraction",
        "qty",
        "price",
        "gross",
        "exit_fee",
        "entry_fee",
        "net",
        "decided_by_rule",
    ])?;
    for contestant in contestants {
        for outcome in &contestant.outcomes {
            for (place, leg) in outcome.legs.iter().enumerate() {
                table.write_record([
                    contestant.name.clone(),
                    outcome.id.clone(),
                    (place + 1).to_string(),
                    leg.ts.to_string(),
                    reason(leg.reason).to_owned(),
                    leg.fraction.to_string(),
                    leg.qty.to_string(),
                    leg.price.to_string(),
                    money(leg.gross.nanos()),
                    money(leg.exit_fee.nanos()),
                    money(leg.entry_fee.nanos()),
                    money(leg.net().nanos()),
                    leg.decided_by_rule.to_string(),
                ])?;
            }
        }
    }
    Ok(table.flush()?)
}

/// Writes the equity of every contestant's account, marked to market, beside the cumulative net R and the drawdown of
/// all entries; one row per mark and contestant.
pub fn equity_csv(evaluation: &Evaluation, sink: impl Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record(["ts", "contestant", "equity", "equity_r", "drawdown_r"])?;
    for (mark, ts) in evaluation.curve_ts.iter().enumerate() {
        for (curve, account) in evaluation.curves.iter().zip(&evaluation.accounts) {
            let figures = [account.equity_at_marks[mark], curve.equity_r[mark], curve.drawdown_r[mark]];
            let [equity, equity_r, drawdown_r] = figures.map(|figure| figure.to_string());
            table.write_record([ts.to_string(), curve.name.clone(), equity, equity_r, drawdown_r])?;
        }
    }
    Ok(table.flush()?)
}

/// Writes the daily returns of the winner's account, as portfolio tools read them: `date,return`.
pub fn returns_csv(evaluation: &Evaluation, sink: impl Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record(["date", "return"])?;
    let winner = evaluation.contestants.iter().position(|contestant| contestant.name == evaluation.verdict.winner);
    let account = &evaluation.accounts[winner.expect("Invariant: the winner is a contestant")];
    for (day, day_return) in evaluation.days.iter().zip(&account.returns) {
        // RFC 3339 begins with the date.
        let date = Timestamp::from_secs(day * 86_400).to_string();
        table.write_record([&date[..10], &day_return.to_string()])?;
    }
    Ok(table.flush()?)
}

/// Writes what every contestant's account did with every entry, in order of time: taken at which size with which
/// result, or missed for which reason. Capital and the sum of `net` are the equity at the end.
pub fn book_csv(
    contestants: &[Contestant],
    books: &[Book],
    entries: &[Entry],
    sink: impl Write,
) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record(["contestant", "id", "entry_ts", "what", "qty", "margin", "net", "equity_after"])?;
    for (contestant, book) in contestants.iter().zip(books) {
        let mut rows: Vec<(usize, [String; 5])> = Vec::with_capacity(entries.len());
        let missed = |missed: &Missed| {
            (
                missed.index,
                [missed.reason.words().to_owned(), String::new(), String::new(), String::new(), String::new()],
            )
        };
        rows.extend(book.missed.iter().map(missed));
        // Exits settle in another order than entries where several symbols are held.
        let mut equity = book.capital;
        for taken in &book.taken {
            equity = equity + taken.outcome.net;
            let what = if taken.is_cut { "taken, cut to the free margin" } else { "taken" };
            let (net, after) = (money(taken.outcome.net.nanos()), money(equity.nanos()));
            rows.push((taken.index, [what.to_owned(), taken.qty.to_string(), taken.margin.to_string(), net, after]));
        }
        rows.sort_by_key(|&(index, _)| (entries[index].ts, index));
        for (index, cells) in rows {
            let entry = &entries[index];
            table
                .write_record([contestant.name.clone(), entry.id.clone(), entry.ts.to_string()].iter().chain(&cells))?;
        }
    }
    Ok(table.flush()?)
}

/// The exact decimal amount, without trailing zeros.
fn money(nanos: i128) -> String {
    let (sign, size) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    let decimals = format!("{:09}", size % 1_000_000_000);
    let text = format!("{sign}{}.{}", size / 1_000_000_000, decimals.trim_end_matches('0'));
    text.trim_end_matches('.').to_owned()
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Long => "long",
        Side::Short => "short",
    }
}

fn reason(reason: ExitReason) -> &'static str {
    match reason {
        ExitReason::Limit => "limit",
        ExitReason::Stop => "stop",
        ExitReason::Market => "market",
        ExitReason::Horizon => "horizon",
        ExitReason::SessionEnd => "session-end",
    }
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    use super::*;

    fn rows(write: impl FnOnce(&mut Vec<u8>) -> Result<(), ReportError>) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        write(&mut bytes).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn tables_are_complete_and_legs_sum_to_the_trade() {
        let run = FakeRun::new(4, 30, 0.3);
        let evaluation = run.evaluate();
        let trades = rows(|sink| trades_csv(&run.contestants, &run.fake.entries, &run.fake.symbols, sink));
        let legs = rows(|sink| legs_csv(&run.contestants, sink));
        assert_eq!(trades.len(), 1 + 30 * run.contestants.len());
        assert_eq!(legs.len(), 1 + 4 * (trades.len() - 1));
        let net: f64 = trades[1][10].parse().unwrap();
        let of_legs: f64 = legs[1..5].iter().map(|leg| leg[11].parse::<f64>().unwrap()).sum();
        assert!((net - of_legs).abs() < 1e-6, "five roundings to 1e-9");

        let equity = rows(|sink| equity_csv(&evaluation, sink));
        assert_eq!(equity.len(), 1 + evaluation.curve_ts.len() * run.contestants.len());
        let last_of_first = &equity[equity.len() - run.contestants.len()];
        let total = evaluation.contestants[0].value("total_net_r").unwrap();
        assert!((last_of_first[3].parse::<f64>().unwrap() - total).abs() < 1e-9, "sums in another order");

        let account = &evaluation.accounts[0];
        assert_eq!(last_of_first[2].parse::<f64>().unwrap(), account.end_equity.as_f64());
        let book = rows(|sink| book_csv(&run.contestants, &run.books, &run.fake.entries, sink));
        assert_eq!(book.len(), 1 + 30 * run.contestants.len());
        let of_first = &book[1..31];
        assert_eq!(of_first.iter().filter(|row| row[3] == "taken").count(), account.taken);
        let last_taken = of_first.iter().rfind(|row| row[3] == "taken").unwrap();
        assert_eq!(last_taken[7], money(account.end_equity.nanos()));
        assert!(of_first.iter().any(|row| row[3] == "the symbol was held" && row[6].is_empty()));

        let returns = rows(|sink| returns_csv(&evaluation, sink));
        assert_eq!(returns[0], ["date", "return"]);
        assert_eq!(returns.len(), 1 + evaluation.days.len());
        assert_eq!(returns[1][0], "2020-09-13");
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(money(12_500_000_000), "12.5");
        assert_eq!(money(-1), "-0.000000001");
        assert_eq!(money(0), "0");
    }
}
