//! What is known to be wrong with an entry before anything is learned: a price that the market never showed, and a risk
//! or a quantity out of all proportion.

use scaleout_data::entry_row;
use scaleout_exits::{EntryRange, Objective, UnitPath, Utility};
use scaleout_market::Entry;

use crate::{
    ExperimentError, LoadedConfig,
    entries::{EntriesConfig, OutsideBar},
    stages::located::{Located, Markets},
};

/// Gain of one bar, or cost of a sale, beyond which 1 R is no measure of the trade, in R.
const MOST_R: f64 = 1e6;

/// Largest exponent of an exponential utility: a sum of ten thousand such trades is still a number.
const MOST_EXPONENT: f64 = 600.0;

/// Share of entries outside their bars from which the time of the bars is in doubt.
const SUSPICIOUS_SHARE: f64 = 0.05;

/// Leaves out the entries of a list whose prices lie outside the bars that hold their fills, and says how many.
///
/// # Errors
/// Names the first of them with file, row and bar, unless the config says to leave them out.
pub(super) fn in_their_bars(
    located: &mut Vec<Located>,
    markets: Markets<'_>,
    loaded: &LoadedConfig,
) -> Result<usize, ExperimentError> {
    // Generated entries are at the market's own price.
    let EntriesConfig::File { outside_bar, .. } = &loaded.config.entries else { return Ok(0) };
    let range = |located: &Located| {
        EntryRange::of(&located.entry, located.first_bar, markets.view(located.market), &loaded.config.replay)
    };
    let is_inside = |located: &Located| range(located).holds(located.entry.price);
    let total = located.len();
    let Some(first) = located.iter().find(|located| !is_inside(located)).cloned() else { return Ok(0) };
    let outside = located.iter().filter(|located| !is_inside(located)).count();
    if *outside_bar == OutsideBar::Skip {
        located.retain(is_inside);
        return Ok(outside);
    }
    let EntryRange { low, high } = range(&first);
    let closes = markets.view(first.market).bars()[first.first_bar].ts;
    let entry = first.entry;
    let mut message = format!(
        "column price: {} lies outside the bar that closes at {closes}; accepted: {low} to {high} (its range, half-spread, \
         slippage and a tick); {outside} of {total} entries lie outside their bars, `outside_bar = \"skip\"` in [entries] \
         leaves them out",
        entry.price
    );
    if let Some(doubt) = doubt(outside, total) {
        message = format!("{message}; {doubt}");
    }
    Err(obstacle(loaded, &entry, &message))
}

/// What so many entries outside their bars suggest; `None` where they are few.
pub(crate) fn doubt(outside: usize, total: usize) -> Option<String> {
    (SUSPICIOUS_SHARE * total as f64 <= outside as f64 && 0 < outside).then(|| {
        "are the bars named by the time they opened? Then say `time = { bar_time = \"open\", bar_length = \"1h\" }` in \
         [data], or check the zone of the times of both files"
            .to_owned()
    })
}

/// Refuses an entry whose risk or quantity makes one bar or one sale worth more than a million R, and one whose worst
/// loss has no finite utility.
///
/// # Errors
/// Names file, row, column and value.
pub(crate) fn in_proportion(
    entry: &Entry,
    unit: &UnitPath,
    objective: &Objective,
    loaded: &LoadedConfig,
) -> Result<(), ExperimentError> {
    let is_small = |value: f64| value.abs() <= MOST_R;
    if let Some(step) = unit.r.iter().position(|&gain| !is_small(gain)) {
        let (risk, gain) = (entry.risk, unit.r[step]);
        let message = format!(
            "column risk: {risk:e} makes bar {} of the trade worth {gain:e} R; accepted: a risk, or a distance to the stop, \
             that no bar exceeds {MOST_R:e} times",
            step + 1
        );
        return Err(obstacle(loaded, entry, &message));
    }
    let terms = &unit.terms;
    let costs = [terms.proportional_r, terms.per_order_r, terms.impact_r, unit.stop_cost];
    if let Some(cost) = costs.into_iter().find(|&cost| !is_small(cost)) {
        let (qty, risk) = (entry.qty, entry.risk);
        let message = format!(
            "columns qty and risk: selling {qty:e} units at a risk of {risk:e} costs {cost:e} R; accepted: a quantity and a \
             risk under which a sale costs at most {MOST_R:e} R"
        );
        return Err(obstacle(loaded, entry, &message));
    }
    // Whatever is sold when, no exit loses more than the worst moment of the whole position and every cost.
    let (mut gain, mut worst) = (0.0_f64, 0.0_f64);
    for step in &unit.r {
        gain += step;
        worst = worst.min(gain);
    }
    let worst = worst - costs.iter().map(|cost| cost.abs()).sum::<f64>();
    if objective.utility == Utility::Exponential && MOST_EXPONENT < -worst * objective.risk_aversion {
        let gamma = objective.risk_aversion;
        let message = format!(
            "risk_aversion = {gamma} makes a loss of {:.4} R infinitely bad under exponential utility; accepted: a risk \
             aversion of at most {:e}, or a larger risk of this trade",
            -worst,
            MOST_EXPONENT / -worst
        );
        return Err(obstacle(loaded, entry, &message));
    }
    Ok(())
}

fn obstacle(loaded: &LoadedConfig, entry: &Entry, message: &str) -> ExperimentError {
    let row = row(loaded, entry);
    ExperimentError::Obstacle { path: loaded.entries_file(), message: format!("{row}entry `{}`: {message}", entry.id) }
}

/// The row of `entry` in its file, as `row 7, `; nothing where it is in none.
pub(crate) fn row(loaded: &LoadedConfig, entry: &Entry) -> String {
    let row = match &loaded.config.entries {
        EntriesConfig::File { .. } => entry_row(&loaded.entries_file(), &entry.id).ok().flatten(),
        EntriesConfig::ChannelBreakout { .. }
        | EntriesConfig::MovingAverageCross { .. }
        | EntriesConfig::TimeGrid { .. }
        | EntriesConfig::Random { .. } => None,
    };
    row.map_or_else(String::new, |row| format!("row {row}, "))
}
