use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};
use scaleout_evaluation::{Contestant, Evaluation};

use crate::plots::{
    label::{EndLabel, end_labels, short},
    panel::{Page, Panel},
    render::{Drawing, Drawn},
    style::{MODEL, colour, drawn, is_named},
};

/// How much of the position is left, on average, as bars go by.
pub(super) struct Holding<'a> {
    evaluation: &'a Evaluation,
    /// Contestant by place and its mean fraction held in each bar.
    profiles: Vec<(usize, Vec<f64>)>,
}

impl<'a> Holding<'a> {
    pub fn new(evaluation: &'a Evaluation, contestants: &[Contestant]) -> Self {
        let profile = |place: usize| {
            let outcomes = &contestants[place].outcomes;
            let bars = outcomes.iter().map(|outcome| outcome.held.len()).max().unwrap_or(0);
            let mut held = vec![0.0; bars + 1];
            for outcome in outcomes {
                for (total, part) in held.iter_mut().zip(&outcome.held) {
                    *total += part.as_f64() / outcomes.len() as f64;
                }
            }
            held
        };
        Self { evaluation, profiles: drawn(evaluation).into_iter().map(|place| (place, profile(place))).collect() }
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
