//! What the order of prices inside a bar decides.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};
use scaleout_evaluation::Evaluation;

use crate::{
    RunResult,
    plots::{
        label::{EndLabel, end_labels, short},
        panel::{Align, Page, Panel, padded},
        render::{Drawing, Drawn, Picture, render},
        style::{GRID, INK, MODEL, colour},
        ticks,
    },
    result::shown::{drawn, is_named},
};

/// The picture of `result`; none where one rule alone was tried.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    let evaluation = &result.evaluation;
    if evaluation.intrabar.by_rule.len() < 2 { Vec::new() } else { vec![render(&ByRule::new(evaluation))] }
}

/// Mean J under each intrabar rule.
pub(super) struct ByRule<'a> {
    evaluation: &'a Evaluation,
}

impl<'a> ByRule<'a> {
    pub fn new(evaluation: &'a Evaluation) -> Self {
        Self { evaluation }
    }
}

impl Drawing for ByRule<'_> {
    fn name(&self) -> String {
        "intrabar".into()
    }

    fn caption(&self) -> String {
        "Mean J of a trade under each rule for what happened first inside a bar. Bars do not tell; what changes from \
         rule to rule is not known."
            .into()
    }

    fn size(&self) -> (u32, u32) {
        (1000, 480)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let (rules, evaluation) = (&self.evaluation.intrabar.by_rule, self.evaluation);
        let share = 100.0 * evaluation.intrabar.ambiguous_share;
        page.title(
            "What the order of prices inside a bar decides",
            &format!("Mean J by intrabar rule; the rule decided a fill in {} % of trades", ticks::label(share, 1)),
        )?;
        let shown: Vec<usize> = drawn(evaluation);
        let name = |place: usize| evaluation.contestants[place].name.as_str();
        let values =
            shown.iter().flat_map(|&place| rules.iter().filter_map(move |rule| rule.mean_objective.get(name(place))));
        let panel = Panel {
            edges: [72.0, 112.0, 800.0, 418.0],
            x: (-0.35, rules.len() as f64 - 0.65),
            y: padded(values.copied()),
        };
        panel.y_axis(&page, 6)?;
        panel.y_title(&page, &format!("mean J, {} a trade", evaluation.objective.unit().name()))?;
        for (place, rule) in rules.iter().enumerate() {
            let x = panel.at_x(place as f64);
            page.line(&[(x, 112.0), (x, 418.0)], GRID, 1.0)?;
            let words = if place == 0 { format!("{} (used)", rule.label) } else { rule.label.clone() };
            page.text(&words, (x, 436.0), Align::Centre, INK)?;
        }
        let mut labels: Vec<EndLabel> = Vec::new();
        for place in shown {
            let contestant = &evaluation.contestants[place];
            let named = is_named(contestant, evaluation);
            let line_colour = colour(contestant, evaluation);
            let points: Vec<(f64, f64)> = rules
                .iter()
                .enumerate()
                .filter_map(|(x, rule)| Some(panel.at(x as f64, *rule.mean_objective.get(&contestant.name)?)))
                .collect();
            page.line(&points, line_colour, if named { 2.4 } else { 1.1 })?;
            for &point in &points {
                page.dot(point, if named { 5.0 } else { 3.0 }, line_colour)?;
            }
            let words = match (named, line_colour == MODEL) {
                (true, _) => short(&contestant.name, 26),
                (false, true) => "other models".to_owned(),
                (false, false) => "other baselines".to_owned(),
            };
            if let Some(&(_, y)) = points.last()
                && !labels.iter().any(|label| label.words == words)
            {
                labels.push(EndLabel { words, y, colour: line_colour });
            }
        }
        end_labels(&page, 808.0, (118.0, 412.0), labels)
    }
}
