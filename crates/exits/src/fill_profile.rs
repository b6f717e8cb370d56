use serde::{Deserialize, Serialize};

use crate::{IntrabarRule, LimitFill, ReplayConfig};

/// How a tool or a venue fills orders: `fills = "tradingview"` in `[replay]` sets what the replay can express of it.
///
/// Keys written beside it override it. The page `crates/exits/docs/fill-profiles.md` has what each profile sets, where that
/// is documented, and what the replay does differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FillProfile {
    /// TradingView's broker emulator.
    #[serde(rename = "tradingview")]
    TradingView,
    /// The backtest of freqtrade.
    Freqtrade,
    /// MetaTrader 5's strategy tester on generated ticks.
    Mt5,
    /// The spot market of Binance.
    BinanceSpot,
    /// backtesting.py.
    #[serde(rename = "backtesting.py")]
    BacktestingPy,
    /// `Portfolio.from_signals` of vectorbt.
    Vectorbt,
    /// The backtest of jesse.
    Jesse,
    /// NautilusTrader on bars.
    Nautilus,
}

/// What a profile sets, and where that is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FillAssumptions {
    /// The profile.
    pub profile: FillProfile,
    /// Its name, as in a config.
    pub name: &'static str,
    /// What came first inside a bar.
    pub intrabar: IntrabarRule,
    /// When a limit counts as filled.
    pub limit_fill: LimitFill,
    /// Most sales in one bar.
    pub max_tranches_per_bar: Option<u32>,
    /// Where it is documented.
    pub source: &'static str,
    /// What the replay does differently.
    pub differs: &'static str,
}

/// One line a profile.
#[rustfmt::skip]
const PROFILES: [FillAssumptions; 8] = [
    row(FillProfile::TradingView, "tradingview", IntrabarRule::NearestExtreme, LimitFill::Touch, None, "Pine Script user manual, *Strategies*: the broker emulator goes to the extreme nearer to the open first; orders fill at the next open; `backtest_fill_limits_assumption` is 0 ticks by default; orders of one `strategy.exit` cancel or reduce each other", "orders are rounded to `syminfo.mintick`, here to `tick_size` of the instrument; the bar magnifier is `intrabar = \"lower-timeframe\"`"),
    row(FillProfile::Freqtrade, "freqtrade", IntrabarRule::StopFirst, LimitFill::Touch, Some(1), "freqtrade documentation, *Backtesting, assumptions made by backtesting*: the stop is evaluated before the ROI, the low before the high; orders fill at their price if it lies within the candle; exit signals sell at the next open. *Strategy callbacks*: `adjust_trade_position` is called once a candle in backtests", "a trailing stop there sees the high of a candle before its low; an open order locks its stake"),
    row(FillProfile::Mt5, "mt5", IntrabarRule::CandleColour, LimitFill::Touch, None, "MetaQuotes (2010), *The algorithm of ticks' generation within the strategy tester of the MetaTrader 5 terminal*, mql5.com/en/articles/75: a rising bar goes open, low, high, close, a falling one open, high, low, close", "an unchanged bar there takes the direction opposite to the bar before, here the losing extreme first; longs there are sold at the bid, here at the bar's price less the half-spread"),
    row(FillProfile::BinanceSpot, "binance-spot", IntrabarRule::LowerTimeframe, LimitFill::TradeThrough, None, "Binance spot API documentation, *Matching engine*, *Filters* and *New order list, OCO*: orders match by price, then time, so a touched limit may be last in the queue; prices are multiples of `tickSize`", "the quantity of a resting sell order is locked there, so a target and a stop for the same part must be one OCO list; here they need none"),
    row(FillProfile::BacktestingPy, "backtesting.py", IntrabarRule::StopFirst, LimitFill::Touch, None, "backtesting.py 0.6, `_Broker._process_orders`: stop-loss orders are processed before take-profit orders; orders fill at the next open (`trade_on_close = False`) or at their price", "a bar that opens beyond the target and falls to the stop later is sold at the stop there, at the open here"),
    row(FillProfile::Vectorbt, "vectorbt", IntrabarRule::StopFirst, LimitFill::Touch, None, "vectorbt 1.2, `simulate_from_signal_func_nb`: the stop is checked before the target, both from the bar after the entry on; if hit before the open, they fill at the open", "signals there fill at the close of their own bar unless they are shifted, here at the next open; the bar of the entry is not checked there"),
    row(FillProfile::Jesse, "jesse", IntrabarRule::CandleColour, LimitFill::Touch, None, "jesse 3.5, `split_candle` and `_simulate_price_change_effect`: a rising candle fell first, a falling one rose first", "an unchanged candle counts as rising there, here it takes the losing extreme first"),
    row(FillProfile::Nautilus, "nautilus", IntrabarRule::OpenHighLowClose, LimitFill::Touch, None, "NautilusTrader documentation, *Bar-based execution* and *Fill models*: open, high, low, close; `prob_fill_on_limit` is 1 by default", "with `bar_adaptive_high_low_ordering` write `intrabar = \"nearest-extreme\"`; a bar that opens beyond an order fills it at its own price there, at the open here"),
];

const fn row(
    profile: FillProfile,
    name: &'static str,
    intrabar: IntrabarRule,
    limit_fill: LimitFill,
    max_tranches_per_bar: Option<u32>,
    source: &'static str,
    differs: &'static str,
) -> FillAssumptions {
    FillAssumptions { profile, name, intrabar, limit_fill, max_tranches_per_bar, source, differs }
}

impl FillAssumptions {
    /// What it sets, in a line.
    pub fn line(&self) -> String {
        let most = self.max_tranches_per_bar.map_or_else(String::new, |most| format!(", sales a bar: {most}"));
        format!("inside a bar {}, limits {}{most}", self.intrabar.name(), self.limit_fill.name())
    }
}

impl FillProfile {
    /// What every profile sets, in the order of the documentation.
    pub const fn all() -> &'static [FillAssumptions] {
        &PROFILES
    }

    /// What it sets.
    pub const fn assumptions(self) -> &'static FillAssumptions {
        &PROFILES[self as usize]
    }

    /// Sets in `config` what no key of `written` sets.
    pub(crate) fn fill_in(self, config: &mut ReplayConfig, written: &[String]) {
        let said = self.assumptions();
        let is_open = |key: &str| !written.iter().any(|written| written == key);
        if is_open("intrabar") {
            config.intrabar = said.intrabar;
        }
        if is_open("limit_fill") {
            config.limit_fill = said.limit_fill;
        }
        if is_open("max_tranches_per_bar") {
            config.max_tranches_per_bar = said.max_tranches_per_bar;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FillProfile;
    use crate::{IntrabarRule, LimitFill, ReplayConfig};

    fn read(text: &str) -> ReplayConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_profile_sets_what_is_not_written() {
        for said in FillProfile::all() {
            let name = format!("fills = \"{}\"", said.name);
            let config = read(&name);
            assert_eq!(config.fills, Some(said.profile));
            assert_eq!(said.profile.assumptions(), said);
            let set = (config.intrabar, config.limit_fill, config.max_tranches_per_bar);
            assert_eq!(set, (said.intrabar, said.limit_fill, said.max_tranches_per_bar), "{name}");
            // Nothing else changes, and the order of the keys does not matter.
            let same = ReplayConfig {
                fills: None,
                intrabar: IntrabarRule::StopFirst,
                limit_fill: LimitFill::TradeThrough,
                max_tranches_per_bar: None,
                ..config
            };
            assert_eq!(same, ReplayConfig::default(), "{name}");
            for text in
                [format!("limit_fill = \"trade-through\"\n{name}"), format!("{name}\nlimit_fill = \"trade-through\"")]
            {
                let config = read(&text);
                assert_eq!((config.intrabar, config.limit_fill), (said.intrabar, LimitFill::TradeThrough), "{text}");
            }
        }
        let written = read("fills = \"freqtrade\"\nmax_tranches_per_bar = 3\nintrabar = \"target-first\"");
        assert_eq!((written.intrabar, written.max_tranches_per_bar), (IntrabarRule::TargetFirst, Some(3)));
    }

    #[test]
    fn a_resolved_config_reads_back_as_itself() {
        for said in FillProfile::all() {
            let config = ReplayConfig { latency_bars: 1, ..read(&format!("fills = \"{}\"", said.name)) };
            assert_eq!(read(&toml::to_string(&config).unwrap()), config);
            // One that writes over the profile stays what it is.
            let other = ReplayConfig { intrabar: IntrabarRule::TargetFirst, max_tranches_per_bar: Some(7), ..config };
            assert_eq!(read(&toml::to_string(&other).unwrap()), other);
        }
    }

    #[test]
    fn errors_name_the_key_and_its_place() {
        for (text, expected, span) in [
            ("fills = \"tradeview\"", "unknown variant `tradeview`, expected one of `tradingview`, `freqtrade`", 8..19),
            ("fills = \"mt5\"\nfill = 1", "unknown field `fill`", 14..18),
            ("intrabar = \"x\"\nfills = \"mt5\"", "unknown variant `x`", 11..14),
        ] {
            let error = toml::from_str::<ReplayConfig>(text).unwrap_err();
            assert!(error.message().contains(expected), "{text}: {error}");
            assert_eq!(error.span(), Some(span), "{text}: {error}");
        }
    }

    #[test]
    fn the_page_has_every_profile_as_it_is() {
        let page = include_str!("../docs/fill-profiles.md");
        for said in FillProfile::all() {
            let most = said.max_tranches_per_bar.map_or("–".to_owned(), |most| most.to_string());
            let (intrabar, limit) = (said.intrabar.name(), said.limit_fill.name());
            let row = format!("| `{}` | `{intrabar}` | `{limit}` | {most} |", said.name);
            assert!(page.contains(&row), "the page lacks the row\n{row}");
            for text in [said.source, said.differs] {
                assert!(page.contains(text), "the page lacks, for {}:\n{text}", said.name);
            }
        }
    }
}
