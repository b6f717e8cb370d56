//! Paired differences with intervals.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};
use scaleout_evaluation::{Comparison, Evaluation, number::signed};

use crate::{
    RunResult,
    plots::{
        label::{legend, short},
        panel::{Align, Page, Panel, padded},
        render::{Drawing, Drawn, Picture, render},
        style::{BASELINE, CANDIDATE, INK, MODEL, MUTED, ORACLE, RANDOM, colour},
    },
};

/// The picture of `result`; none without a comparison.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    let evaluation = &result.evaluation;
    if evaluation.comparisons.is_empty() { Vec::new() } else { vec![render(&Forest::new(evaluation))] }
}

/// Everyone's paired difference in J to the rule chosen in-span, with intervals.
pub(super) struct Forest<'a> {
    evaluation: &'a Evaluation,
    rows: Vec<&'a Comparison>,
}

const ROW: f64 = 24.0;

impl<'a> Forest<'a> {
    pub fn new(evaluation: &'a Evaluation) -> Self {
        let to_rule = |row: &&Comparison| Some(&row.baseline) == evaluation.verdict.rule.as_ref();
        let mut rows: Vec<&Comparison> = evaluation.comparisons.iter().filter(to_rule).collect();
        rows.sort_by(|a, b| b.mean_objective_difference.total_cmp(&a.mean_objective_difference));
        Self { evaluation, rows }
    }

    fn colour_of(&self, row: &Comparison) -> RGBColor {
        let contestant = self.evaluation.contestants.iter().find(|contestant| contestant.name == row.candidate);
        contestant.map_or(BASELINE, |contestant| colour(contestant, self.evaluation))
    }
}

impl Drawing for Forest<'_> {
    fn name(&self) -> String {
        "differences".into()
    }

    fn caption(&self) -> String {
        "Mean paired difference in J to the benchmark on the same entries, with two-sided 95 % intervals from a \
         bootstrap over blocks of calendar time. An interval that includes 0 is no evidence."
            .into()
    }

    fn size(&self) -> (u32, u32) {
        (1000, (190.0 + ROW * self.rows.len() as f64) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let rule = self.evaluation.verdict.rule.as_deref().unwrap_or_default();
        let unit = self.evaluation.objective.unit().name();
        page.title(
            "Paired difference to the rule chosen in-span",
            &format!("Mean J of each contestant less that of {}, in {unit} a trade", short(rule, 60)),
        )?;
        // Hindsight would squeeze the rest into a corner; it is drawn at the edge if it lies beyond.
        let followable = self.rows.iter().filter(|row| self.colour_of(row) != ORACLE);
        let ends = followable.flat_map(|row| row.ci95.into_iter().flatten().chain([row.mean_objective_difference]));
        let bottom = 128.0 + ROW * self.rows.len() as f64;
        let panel = Panel { edges: [300.0, 112.0, 800.0, bottom], x: padded(ends.chain([0.0])), y: (0.0, 1.0) };
        panel.x_axis(&page, 6)?;
        panel.x_title(&page, &format!("difference in J, {unit} a trade"))?;
        let zero = panel.at_x(0.0);
        page.line(&[(zero, 112.0), (zero, bottom)], INK, 1.2)?;

        for (place, row) in self.rows.iter().enumerate() {
            let y = 132.0 + ROW * place as f64;
            let dot_colour = self.colour_of(row);
            let is_candidate = dot_colour == CANDIDATE;
            page.text(
                &short(&row.candidate, 36),
                (288.0, y),
                Align::Right,
                if is_candidate { CANDIDATE } else { INK },
            )?;
            let mut words = signed(row.mean_objective_difference);
            if let Some([low, high]) = row.ci95 {
                words = format!("{words}  ({} to {})", signed(low), signed(high));
            }
            if row.mean_objective_difference > panel.x.1 {
                page.polygon(&[(790.0, y - 6.0), (800.0, y), (790.0, y + 6.0)], dot_colour, 1.0)?;
            } else {
                let inside = |value: f64| panel.at_x(value.clamp(panel.x.0, panel.x.1));
                if let Some([low, high]) = row.ci95 {
                    page.line(
                        &[(inside(low), y), (inside(high), y)],
                        dot_colour,
                        if is_candidate { 3.4 } else { 2.4 },
                    )?;
                }
                page.dot((inside(row.mean_objective_difference), y), if is_candidate { 6.0 } else { 4.6 }, dot_colour)?;
            }
            page.text(&words, (814.0, y), Align::Left, if is_candidate { CANDIDATE } else { MUTED })?;
        }
        let keys = [
            ("model judged", CANDIDATE),
            ("other models", MODEL),
            ("baselines", BASELINE),
            ("hindsight", ORACLE),
            ("chance", RANDOM),
        ];
        let is_used = |key: &&(&str, RGBColor)| self.rows.iter().any(|row| self.colour_of(row) == key.1);
        let keys: Vec<_> = keys.iter().filter(is_used).map(|(words, colour)| ((*words).to_owned(), *colour)).collect();
        legend(&page, (28.0, 88.0), &keys)
    }
}
