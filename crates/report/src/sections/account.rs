//! What one account would have done: the free-running view beside the replay of every entry.

use std::collections::BTreeMap;

use scaleout_evaluation::{AccountResult, ContestantKind};
use scaleout_exits::{MissedReason, Money};

use crate::{
    RunResult,
    render::document::Block,
    sections::section::{Page, Section},
};

/// Most missed entries of the winner that are named; the file has all.
const MOST_NAMED: usize = 12;

pub(super) const SECTION: Section =
    Section { name: "account", about: "one account that takes the same entries in turn", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let result = page.result;
    let Some(first) = result.evaluation.accounts.first() else { return Vec::new() };
    let words = format!(
        "One account of {} {} takes the same entries in turn. It holds at most one position per symbol, in whole lots. \
         1 R of each trade is a fixed share of the realised equity, and the margin may not exceed what is free. Other \
         entries are missed. The account of hindsight does not compound: its 1 R stays a share of the capital. `book.csv` lists every entry with size, margin, and result or reason. `equity.csv` is the \
         account marked to market at every bar. `returns.csv` has the daily returns of the recommended contestant.",
        amount(first.capital),
        result.currency
    );
    // One draw of permuted schedules is no account: its row in the other table is a mean over all draws.
    let is_random = |name: &str| {
        let found = result.evaluation.contestants.iter().find(|contestant| contestant.name == name);
        found.is_some_and(|contestant| contestant.kind == ContestantKind::Random)
    };
    let mut order: Vec<&AccountResult> =
        result.evaluation.accounts.iter().filter(|account| !is_random(&account.name)).collect();
    order.sort_by_key(|account| std::cmp::Reverse(account.end_equity));
    let row = |account: &AccountResult| {
        vec![
            format!("`{}`", account.name),
            account.taken.to_string(),
            account.cut.to_string(),
            reasons(&account.missed),
            amount(account.fees),
            amount(account.carry),
            amount(account.net),
            amount(account.end_equity),
            percent(account.net.as_f64() / account.capital.as_f64()),
            percent(account.max_drawdown_frac),
            ratio(result, &account.name, "sharpe"),
            ratio(result, &account.name, "sortino"),
            percent(account.largest_margin_frac),
        ]
    };
    let head = [
        "contestant",
        "taken",
        "cut to the margin",
        "missed",
        "fees",
        "carry",
        "net",
        "final equity",
        "return",
        "max drawdown",
        "Sharpe (95 %)",
        "Sortino (95 %)",
        "largest margin",
    ];
    let table = Block::Table { head: head.map(str::to_owned).to_vec(), rows: order.into_iter().map(row).collect() };
    let mut blocks = vec![Block::Heading("As traded: one account".into())];
    blocks.extend(result.evaluation.as_traded.iter().map(|line| Block::Lead(line.sentence.clone())));
    blocks.extend([Block::Paragraph(words), table]);
    let days = result.evaluation.trading_days_per_year;
    let withheld = result.evaluation.contestants.iter().filter(|contestant| contestant.kind != ContestantKind::Random);
    let withheld =
        withheld.flat_map(|contestant| contestant.metrics.values()).find_map(|metric| metric.withheld.clone());
    blocks.push(Block::Paragraph(match withheld {
        Some(reason) => format!("Annualised figures are withheld: {reason}."),
        None => format!("Annualised over {days} trading days per year, from the market's own calendar."),
    }));
    blocks.extend(missed_by_winner(result));
    blocks
}

fn missed_by_winner(result: &RunResult) -> Option<Block> {
    let winner = &result.evaluation.verdict.winner;
    let account = result.evaluation.accounts.iter().find(|account| account.name == *winner)?;
    let total = account.missed_count();
    if total == 0 {
        return Some(Block::Paragraph(format!("`{winner}` missed no entry.")));
    }
    let by_reason = account.missed.iter().map(|(reason, ids)| {
        let named: Vec<&str> = ids.iter().take(MOST_NAMED).map(String::as_str).collect();
        let more = ids.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{} ({}): {}{more}", reason.words(), ids.len(), named.join(", "))
    });
    let by_reason: Vec<String> = by_reason.collect();
    Some(Block::Paragraph(format!("`{winner}` missed {total} entries. {}.", by_reason.join("; "))))
}

/// A figure of the account with its interval.
fn ratio(result: &RunResult, name: &str, metric: &str) -> String {
    let found = result.evaluation.contestants.iter().find(|contestant| contestant.name == name);
    let Some(metric) = found.and_then(|contestant| contestant.metrics.get(metric)) else { return "–".to_owned() };
    let two = |value: f64| format!("{value:.2}").replacen('-', "−", 1);
    match (metric.value, metric.ci95) {
        (None, _) => "–".to_owned(),
        (Some(value), None) => two(value),
        (Some(value), Some([low, high])) => format!("{} ({} to {})", two(value), two(low), two(high)),
    }
}

fn reasons(missed: &BTreeMap<MissedReason, Vec<String>>) -> String {
    if missed.is_empty() {
        return "0".to_owned();
    }
    let parts: Vec<String> = missed.iter().map(|(reason, ids)| format!("{}: {}", reason.words(), ids.len())).collect();
    parts.join(", ")
}

/// Two decimals, thousands apart, a true minus.
fn amount(money: Money) -> String {
    let cents = (money.nanos() + money.nanos().signum() * 5_000_000) / 10_000_000;
    let digits = (cents.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}.{:02}", if cents < 0 { "−" } else { "" }, cents.unsigned_abs() % 100)
}

fn percent(share: f64) -> String {
    let text = format!("{:.2}", 100.0 * share);
    if text == "-0.00" { "0.00 %".to_owned() } else { format!("{} %", text.replacen('-', "−", 1)) }
}

#[cfg(test)]
mod tests {
    use scaleout_exits::Money;

    use super::{amount, percent};

    #[test]
    fn amounts_read_as_money() {
        assert_eq!(amount(Money::from_f64(1_234_567.891)), "1,234,567.89");
        assert_eq!(amount(Money::from_f64(-999.995)), "−1,000.00");
        assert_eq!(amount(Money::from_f64(0.004)), "0.00");
        assert_eq!(percent(-0.0123), "−1.23 %");
    }
}
