use super::plan_py::plan_py;
use crate::{
    Card, Export, ExportError, ExportFile, Format,
    card::{LevelUnit, Stop},
};

/// The plan card as a TradingView strategy.
pub struct Pine;

impl Format for Pine {
    fn name(&self) -> &'static str {
        "pine"
    }

    fn about(&self) -> &'static str {
        "plan.pine: the card as a TradingView strategy (Pine v6), and plan_pyne.py, the same for pynecore"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let card = Card::of(export, "pine")?;
        Ok(vec![
            ExportFile::text("plan.pine", pine(&card, export)),
            ExportFile::text("plan_pyne.py", pyne(&card, export)),
            ExportFile::text("scaleout_plan.py", plan_py(&card)),
        ])
    }
}

/// The head of both: what the card says, and the commission in percent.
fn headed(text: &str, card: &Card, export: &Export<'_>, comment: &str) -> String {
    let words: Vec<String> = card.words().iter().map(|line| format!("{comment}{line}")).collect();
    text.replace("{version}", &export.contract.product_version)
        .replace("{words}", &words.join("\n"))
        .replace("{commission}", &format!("{:?}", 100.0 * export.contract.instrument.fees.taker_rate))
}

fn pyne(card: &Card, export: &Export<'_>) -> String {
    headed(include_str!("../programs/plan_pyne.py"), card, export, "- ")
}

fn pine(card: &Card, export: &Export<'_>) -> String {
    let array = |kind: &str, items: Vec<String>| match items.as_slice() {
        [] => format!("array.new<{kind}>()"),
        items => format!("array.from({})", items.join(", ")),
    };
    let floats = |values: Vec<f64>| array("float", values.iter().map(|value| format!("{value:?}")).collect());
    let points = match card.unit {
        LevelUnit::R => "level * risk",
        LevelUnit::Percent => {
            "level * 0.01 * math.abs(strategy.position_size == 0 ? close : strategy.position_avg_price)"
        }
        LevelUnit::Points => "level",
    };
    headed(include_str!("../programs/plan.pine"), card, export, "// - ")
        .replace("{qty}", &export.contract.typical_trade.lots.max(1).to_string())
        .replace("{levels}", &floats(card.rungs.iter().map(|rung| rung.0).collect()))
        .replace("{parts}", &floats(card.rungs.iter().map(|rung| rung.1).collect()))
        .replace("{time_bars}", &array("int", card.times.iter().map(|time| time.0.to_string()).collect()))
        .replace("{time_held}", &floats(card.times.iter().map(|time| time.1).collect()))
        .replace("{horizon}", &card.horizon_bars.to_string())
        .replace("{points}", points)
        .replace("{stop_rule}", &stop_rule(card))
}

/// The statements that move the stop, in a place that is indented by four.
fn stop_rule(card: &Card) -> String {
    let tighter = |level: &str| format!("stop := side * math.max(side * stop, side * ({level}))");
    let even = |condition: String, offset_r: f64, offset_ticks: f64| {
        let level = format!("price + side * ({offset_r:?} * risk + {offset_ticks:?} * syminfo.mintick)");
        format!("if {condition}\n        {}", tighter(&level))
    };
    match card.stop {
        Stop::Entry => "stop := firstStop".to_owned(),
        Stop::BreakEvenAfterSales { sales, offset_r, offset_ticks } => {
            even(format!("sales >= {sales}"), offset_r, offset_ticks)
        }
        Stop::BreakEvenAfterGain { gain_r, offset_r, offset_ticks } => {
            even(format!("best >= {gain_r:?} * risk"), offset_r, offset_ticks)
        }
        Stop::Trail { distance_r, distance_percent, follows_best, from_r } => {
            let followed = if follows_best { "(price + side * best)" } else { "close" };
            let distance = format!("{distance_r:?} * risk + {:?} * math.abs({followed})", 0.01 * distance_percent);
            let moved = tighter(&format!("{followed} - side * ({distance})"));
            format!("if best >= {from_r:?} * risk\n        {moved}")
        }
    }
}
