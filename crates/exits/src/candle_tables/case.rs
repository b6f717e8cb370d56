use std::collections::BTreeMap;

/// One case of a table, still as text.
#[derive(Default)]
pub(super) struct Case<'t> {
    pub(super) name: &'t str,
    pub(super) options: BTreeMap<&'t str, String>,
    pub(super) orders: &'t str,
    pub(super) policy: Option<&'t str>,
    pub(super) features: Vec<&'t str>,
    pub(super) carry: Option<&'t str>,
    pub(super) before: Option<&'t str>,
    pub(super) bars: Vec<&'t str>,
    /// Bars before which the market pauses for ten minutes, by their place among `bars`.
    pub(super) pauses: Vec<usize>,
    /// Adds that fill in the bar that follows, by its place among `bars`.
    pub(super) adds: Vec<(usize, &'t str)>,
    pub(super) trades: Vec<(usize, &'t str)>,
    pub(super) finer: Vec<(usize, &'t str)>,
    pub(super) expected: Vec<&'t str>,
    pub(super) checks: Vec<(&'t str, f64)>,
}

pub(super) fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case { name: rest, ..Case::default() });
            continue;
        }
        let case = cases.last_mut().unwrap();
        let pairs = || rest.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        match word {
            "with" => case.options.extend(pairs().map(|(key, value)| (key, value.to_owned()))),
            "orders" => case.orders = rest,
            "policy" => case.policy = Some(rest),
            "features" => case.features = rest.split_whitespace().collect(),
            "carry" => case.carry = Some(rest),
            "before" => case.before = Some(rest),
            "bar" => case.bars.push(rest),
            "pause" => case.pauses.push(case.bars.len()),
            "add" => case.adds.push((case.bars.len(), rest)),
            "trade" => case.trades.push((case.bars.len(), rest)),
            "finer" => case.finer.push((case.bars.len(), rest)),
            "=>" => case.expected.extend(rest.split(';').map(str::trim).filter(|sale| !sale.is_empty())),
            "check" => case.checks.extend(pairs().map(|(key, value)| (key, value.parse::<f64>().unwrap()))),
            _ => panic!(
                "`{line}`: a line begins with case, with, orders, policy, features, carry, before, bar, pause, add, trade, finer, check or =>"
            ),
        }
    }
    cases
}
