use crate::{
    Card, Export, ExportError, ExportFile, Format,
    card::{LevelUnit, Stop},
};

/// The plan card as a Python module, which the generated programs import.
pub struct PlanPy;

impl Format for PlanPy {
    fn name(&self) -> &'static str {
        "plan-py"
    }

    fn about(&self) -> &'static str {
        "scaleout_plan.py: the plan card as a Python module without dependencies"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("scaleout_plan.py", plan_py(&Card::of(export, "plan-py")?))])
    }
}

/// The module's text.
pub(crate) fn plan_py(card: &Card) -> String {
    let unit = match card.unit {
        LevelUnit::R => "R",
        LevelUnit::Percent => "percent",
        LevelUnit::Points => "points",
    };
    let even = |sales: &str, gain_r: &str, offset_r: f64, offset_ticks: f64| {
        format!(
            "{{\"kind\": \"break-even\", \"sales\": {sales}, \"gain_r\": {gain_r}, \"offset_r\": {offset_r:?}, \
             \"offset_ticks\": {offset_ticks:?}}}"
        )
    };
    let stop = match card.stop {
        Stop::Entry => "{\"kind\": \"entry\"}".to_owned(),
        Stop::BreakEvenAfterSales { sales, offset_r, offset_ticks } => {
            even(&sales.to_string(), "None", offset_r, offset_ticks)
        }
        Stop::BreakEvenAfterGain { gain_r, offset_r, offset_ticks } => {
            even("None", &format!("{gain_r:?}"), offset_r, offset_ticks)
        }
        Stop::Trail { distance_r, distance_percent, follows_best, from_r } => format!(
            "{{\"kind\": \"trail\", \"distance_r\": {distance_r:?}, \"distance_percent\": {distance_percent:?}, \
             \"follows_best\": {}, \"from_r\": {from_r:?}}}",
            if follows_best { "True" } else { "False" }
        ),
    };
    format!(
        "\"\"\"The plan card, written by scaleout:\n\n{words}\"\"\"\n\n\
         # (level, part of the initial size), nearest first; the levels are in UNIT.\n\
         RUNGS = {rungs:?}\nUNIT = {unit:?}\n\
         # (bars held, most of the initial size held from then on)\nTIMES = {times:?}\n\
         STOP = {stop}\nHORIZON_BARS = {horizon}\n\n\n{functions}",
        words = card.words().iter().map(|line| format!("- {line}\n")).collect::<String>(),
        rungs = card.rungs,
        times = card.times,
        horizon = card.horizon_bars,
        functions = include_str!("../programs/scaleout_plan.py"),
    )
}
