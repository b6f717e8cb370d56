//! How the position shrinks.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};
use scaleout_evaluation::Evaluation;

use crate::{
    RunResult,
    plots::{
        label::{EndLabel, end_labels, short},
        panel::{Page, Panel},
        render::{Drawing, Drawn, Picture, render},
        style::{MODEL, colour},
    },
    result::shown::{drawn, is_named},
};

/// The picture of `result`.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    vec![render(&Holding::new(result))]
}

/// How much of the position is left, on average, as bars go by.
struct Holding<'a> {
    evaluation: &'a Evaluation,
    /// Contestant by place and its mean fraction held in each bar.
    profiles: Vec<(usize, &'a [f64])>,
}

impl<'a> Holding<'a> {
    fn new(result: &'a RunResult) -> Self {
        let evaluation = &result.evaluation;
        let profile = |place: usize| (place, result.trades.contestants[place].held.as_slice());
        Self { evaluation, profiles: drawn(evaluation).into_iter().map(profile).collect() }
    }
}

impl Drawing for Holding<'_> {
    fn name(&self) -> String {
        "holding".into()
    }

    fn caption(&self) -> String {
        "Mean part of the initial position that is held through each bar after the entry, over all trades.".into()
    }

    fn size(&self) -> (u32, u32) {
        (1000, 480)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title("How the position shrinks", "Mean remaining fraction by bars since the entry")?;
        let bars = self.profiles.iter().map(|(_, held)| held.len()).max().unwrap_or(1);
        let panel = Panel { edges: [72.0, 112.0, 800.0, 418.0], x: (0.0, bars.max(2) as f64 - 1.0), y: (0.0, 1.03) };
        panel.x_axis(&page, 10)?;
        panel.y_axis(&page, 5)?;
        panel.y_title(&page, "remaining fraction")?;
        panel.x_title(&page, "bars since the entry")?;
        let mut labels: Vec<EndLabel> = Vec::new();
        for (place, held) in &self.profiles {
            let contestant = &self.evaluation.contestants[*place];
            let named = is_named(contestant, self.evaluation);
            let line_colour = colour(contestant, self.evaluation);
            let steps: Vec<(f64, f64)> = held
                .iter()
                .enumerate()
                .flat_map(|(bar, &part)| [panel.at(bar as f64, part), panel.at((bar + 1).min(bars - 1) as f64, part)])
                .collect();
            page.line(&steps, line_colour, if named { 2.4 } else { 1.1 })?;
            let words = match (named, line_colour == MODEL) {
                (true, _) => short(&contestant.name, 26),
                (false, true) => "other models".to_owned(),
                (false, false) => "other baselines".to_owned(),
            };
            if !labels.iter().any(|label| label.words == words) {
                // Lines meet at the bottom right; names are read best where the lines still differ.
                let y = panel.at_y(held.get(bars / 3).copied().unwrap_or(0.0));
                labels.push(EndLabel { words, y, colour: line_colour });
            }
        }
        end_labels(&page, 808.0, (120.0, 412.0), labels)
    }
}
