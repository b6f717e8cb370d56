//! The config as a person reads it: every value with what it means, every assumption named as one.

use std::fmt::Write;
use std::path::Path;

use scaleout_data::{BarTime, Content, TableFormat, shown};

use crate::{
    entries::{Directions, EntriesConfig, Placement},
    init::{instrument::GuessedInstrument, market::ReadMarket, plan::ConfigPlan},
};

/// The text of a config; `path` is where it will stand.
pub(super) fn config_text(
    name: &str,
    path: &Path,
    read: &ReadMarket,
    guessed: &GuessedInstrument,
    plan: &ConfigPlan,
) -> String {
    let mut text = String::new();
    let mut add = |part: String| text.push_str(&part);
    add(format!(
        "# Question: does a learned exit beat tuned ladders, stops and targets on these trades?\n#\n# Written by \
         `scaleout init`; every value may be changed. `scaleout check {file}` reads everything and fits nothing,\n# \
         `scaleout run {file}` makes the report.\nname = {}\nseed = 1\n",
        quoted(name),
        file = shown(&path.display().to_string()),
    ));
    add(data(read));
    add(instrument(guessed));
    add(entries(&plan.entries));
    add(format!(
        "\n# Horizon, fills and costs: the same for every contestant.\n[replay]\nhorizon_bars = {}\t# whatever is left \
         then is sold\n# flat_at = {{ time = \"15:55\", zone = \"America/New_York\" }}\t# sold at this time of day\n",
        plan.horizon_bars
    )
    .replace('\t', "   "));
    add(OBJECTIVE.to_owned());
    add(format!(
        "\n# Walk-forward: each fold learns from the trades before it.\n[validation]\nfolds = {}\nfirst_train_share = {}\n",
        plan.folds, plan.first_train_share
    ));
    let has_adds = matches!(&plan.entries, EntriesConfig::File { adds: Some(_), .. });
    add(training(read, if has_adds { "" } else { LEARNERS }));
    text
}

const OBJECTIVE: &str = "
# Everything is judged by J: mean profit in R less a price for risk.
[objective]
risk_aversion = \"moderate\"   # or \"none\", \"low\", \"high\", or a number per R

# The exits to beat: every family (targets, times, ladders, trails, …), each tuned in J on the same training spans.
# One of your own:
# [[baselines.own]]
# name = \"25/25/50\"
# policy = { kind = \"plan\", rungs = [{ level = 1.0, fraction = 0.25 }, { level = 2.0, fraction = 0.25 }], times = [] }

# The account that takes the same entries in turn.
[account]
capital = 100000
risk_per_trade_frac = 0.01   # of the equity is 1 R
";

fn data(read: &ReadMarket) -> String {
    let mut text = String::from("\n[data]\n");
    let mut facts: Vec<String> =
        read.market.report.detected.iter().flat_map(|found| &found.facts).map(ToString::to_string).collect();
    facts.sort_unstable();
    facts.dedup();
    facts.truncate(12);
    for fact in facts {
        line(&mut text, &format!("# {}", shown(&fact)));
    }
    line(&mut text, &format!("# {}", read.bars_line()));
    if let Some(fact) = read.told_bar_time() {
        line(&mut text, &format!("# {fact}. If a time names the open of its bar: stamped = \"open\" in [data.time]."));
    }
    match &read.paths[..] {
        [path] => line(&mut text, &format!("path = {}", quoted(&path.display().to_string()))),
        paths => {
            let paths: Vec<String> = paths.iter().map(|path| quoted(&path.display().to_string())).collect();
            line(&mut text, &format!("paths = [{}]", paths.join(", ")));
        }
    }
    match read.content {
        Content::Bars => line(&mut text, "content = \"bars\""),
        Content::Trades => line(&mut text, "content = \"trades\""),
    }
    match read.format {
        None | Some(TableFormat::Plain(_)) => {}
        Some(TableFormat::Export(name)) => line(&mut text, &format!("format = {}", quoted(name))),
        Some(TableFormat::Auto) => line(&mut text, "format = \"auto\""),
    }
    if let Some(scaleout_data::BarSpec::Time(length)) = read.bars {
        line(&mut text, "# Or { volume = 500 }, { trades = 200 }, { dollar = 1e6 }.");
        line(&mut text, &format!("bars = {{ time = \"{length}\" }}"));
    }
    let time = &read.time;
    if time.zone.is_some() || time.stamped.is_some() || time.bar_length.is_some() {
        line(&mut text, "[data.time]");
    }
    if let Some(zone) = &time.zone {
        let assumed = if read.zone_assumed { "   # ASSUMED: the times carry no offset" } else { "" };
        line(&mut text, &format!("zone = {}{assumed}", quoted(zone)));
    }
    if let Some(end) = time.stamped {
        let end = match end {
            BarTime::Open => "open",
            BarTime::Close => "close",
        };
        line(&mut text, &format!("stamped = \"{end}\""));
    }
    if let Some(length) = time.bar_length {
        line(&mut text, &format!("bar_length = \"{length}\""));
    }
    text
}

fn instrument(guessed: &GuessedInstrument) -> String {
    match guessed {
        GuessedInstrument::Known { known, symbol, why } => {
            let symbol = symbol.as_ref().map_or_else(String::new, |symbol| format!("symbol = {}\n", quoted(symbol)));
            format!(
                "\n# {}.\n# {why}. Other figures may stand beside the name: spread_ticks, fees, lot_step, …\n[data.instrument]\nname = {}\n{symbol}",
                guessed.figures(),
                quoted(known.name),
            )
        }
        GuessedInstrument::Placeholder { symbol, currency, tick_size, fee_rate } => format!(
            "\n# PLACEHOLDER: this market is not in the list of known instruments. Put your own figures here before you \
             trust a\n# result: the tick is the coarsest step of the prices in the file, fees and spread are round \
             numbers.\n[data.instrument]\nsymbol = {}\ncurrency = {}\ntick_size = {tick_size}\nlot_step = 0   # smallest \
             step of a quantity; 0: any fraction\nspread_ticks = 1\n[data.instrument.fees]\nmaker_rate = {fee_rate}   # \
             share of the notional, a limit\ntaker_rate = {fee_rate}   # a market order or stop\n",
            quoted(symbol),
            quoted(currency),
        ),
    }
}

fn entries(entries: &EntriesConfig) -> String {
    const HEAD: &str =
        "\n# Which trades. Exits are judged apart from entries: every contestant gets the same list.\n[entries]\n";
    let own = "# Your own list: source = \"file\", path = \"entries.csv\" with id, ts, side, price, stop, qty.\n";
    let mut text = String::from(HEAD);
    match entries {
        EntriesConfig::File { path, time, exits, adds, .. } => {
            line(&mut text, "source = \"file\"");
            line(&mut text, &format!("path = {}", quoted(&path.display().to_string())));
            if let Some(exits) = exits {
                line(
                    &mut text,
                    &format!(
                        "exits = {}   # the exits that were made: contestant `as-traded`",
                        quoted(&exits.display().to_string())
                    ),
                );
            }
            if let Some(adds) = adds {
                let adds = quoted(&adds.display().to_string());
                line(
                    &mut text,
                    &format!("adds = {adds}   # later entries; qty of an entry is then the planned quantity"),
                );
            }
            line(
                &mut text,
                "outside_bar = \"skip\"   # an entry at a price outside its bar is counted; \"refuse\" ends the run",
            );
            if let Some(zone) = &time.zone {
                line(
                    &mut text,
                    &format!("time = {{ zone = {} }}   # ASSUMED: the times carry no offset", quoted(zone)),
                );
            }
        }
        EntriesConfig::ChannelBreakout { rule, placement: at } => {
            text.push_str(own);
            line(&mut text, "source = \"channel-breakout\"");
            line(
                &mut text,
                &format!("[entries.rule]\nbars = {}   # the close leaves the range of so many bars", rule.bars),
            );
            text.push_str(&placement(at));
        }
        EntriesConfig::TimeGrid { rule, placement: at } => {
            text.push_str(own);
            line(
                &mut text,
                "# Too few bars for breakouts: one entry every so many bars, in the direction of the last bar.",
            );
            line(&mut text, "source = \"time-grid\"");
            line(&mut text, &format!("[entries.rule]\nevery_bars = {}", rule.every_bars));
            text.push_str(&placement(at));
        }
        EntriesConfig::MovingAverageCross { .. } | EntriesConfig::Random { .. } => {}
    }
    text
}

fn placement(placement: &Placement) -> String {
    let Placement { stop_atr, atr_bars, min_risk_ticks, qty, sides, cooldown_bars } = placement;
    let sides = match sides {
        Directions::Both => "both",
        Directions::Long => "long",
        Directions::Short => "short",
    };
    format!(
        "[entries.placement]\nstop_atr = {stop_atr:?}   # initial stop, in average true ranges: this distance is 1 R\n\
         atr_bars = {atr_bars}\nmin_risk_ticks = {min_risk_ticks}\nqty = {qty}   # worth about 10,000, and four lots at \
         least\nsides = \"{sides}\"   # or \"long\", \"short\"\ncooldown_bars = {cooldown_bars}   # bars between two entries\n"
    )
}

const LEARNERS: &str = "{ kind = \"linear\" }, { kind = \"boosted-trees\" }";

fn training(read: &ReadMarket, learners: &str) -> String {
    let bars = read.market.history.series.bars();
    let mut features = vec![
        "atr(window=14)",
        "realised_volatility(window=20)",
        "bollinger_width(window=20)",
        "rsi(window=14)",
        "rate_of_change(window=10)",
        "macd",
    ];
    if bars.iter().filter(|bar| 0.0 < bar.volume).count() * 2 > bars.len() {
        features.push("relative_volume");
    }
    if read.content == Content::Trades {
        features.extend(["signed_volume_imbalance(window=20)", "cumulative_delta_slope(window=20)", "trade_intensity"]);
    }
    let features: Vec<String> = features.iter().map(|feature| format!("    \"{feature}\",\n")).collect();
    let mut text = String::from(
        "\n# What the models look at, besides the position (R, MFE, MAE, bars to the horizon), and how they learn.\n",
    );
    let columns: Vec<String> =
        read.market.history.series.column_names().iter().take(12).map(|name| shown(name)).collect();
    if !columns.is_empty() {
        line(
            &mut text,
            &format!(
                "# Further columns of the file, each of which can be a feature \"column:NAME\": {}",
                columns.join(", ")
            ),
        );
    }
    line(&mut text, "# `scaleout features --docs` defines every feature.");
    let _ = write!(text, "[training]\nfeatures = [\n{}]\nlearners = [{learners}]\n", features.concat());
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
