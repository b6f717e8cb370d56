//! Cumulative net R and drawdown.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};
use scaleout_evaluation::Evaluation;

use crate::{
    RunResult,
    plots::{
        label::{EndLabel, end_labels, short},
        panel::{Page, Panel, padded},
        render::{Drawing, Drawn, Picture, render},
        style::{BASELINE, MODEL, colour},
        ticks,
    },
    result::shown::{drawn, is_named},
};

/// The picture of `result`; none without a mark.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    let evaluation = &result.evaluation;
    if evaluation.curve_ts.is_empty() { Vec::new() } else { vec![render(&Equity::new(evaluation))] }
}

/// Cumulative net R and drawdown over time.
pub(super) struct Equity<'a> {
    evaluation: &'a Evaluation,
    /// Contestants by place, last on top.
    drawn: Vec<usize>,
}

impl<'a> Equity<'a> {
    pub fn new(evaluation: &'a Evaluation) -> Self {
        Self { evaluation, drawn: drawn(evaluation) }
    }

    fn series(&self, index: usize, values: &[f64], panel: &Panel) -> (Vec<(f64, f64)>, RGBColor) {
        let start = self.evaluation.curve_ts[0];
        let points = self.evaluation.curve_ts.iter().zip(values);
        let points = points.map(|(ts, &value)| panel.at(ts.seconds_since(start), value)).collect();
        (points, colour(&self.evaluation.contestants[index], self.evaluation))
    }
}

impl Drawing for Equity<'_> {
    fn name(&self) -> String {
        "equity".into()
    }

    fn caption(&self) -> String {
        "Cumulative net R of all entries, 1 R risked on each, and its distance below the highest point so far. \
         Marked at every bar while a position is open; hindsight and chance are left out."
            .into()
    }

    fn size(&self) -> (u32, u32) {
        (1000, 640)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let evaluation = self.evaluation;
        page.title("Equity and drawdown", "The model against every ladder and rule, same entries, same costs")?;
        let (first, last) = (evaluation.curve_ts[0], evaluation.curve_ts[evaluation.curve_ts.len() - 1]);
        let x = (0.0, last.seconds_since(first).max(1.0));
        let curves = || self.drawn.iter().map(|&index| &evaluation.curves[index]);
        let equity = Panel {
            edges: [72.0, 112.0, 800.0, 400.0],
            x,
            y: padded(curves().flat_map(|curve| curve.equity_r.iter().copied()).chain([0.0])),
        };
        let deepest = curves().flat_map(|curve| curve.drawdown_r.iter().copied()).fold(0.0, f64::max).max(1e-9);
        let drawdown = Panel { edges: [72.0, 456.0, 800.0, 590.0], x, y: (-1.05 * deepest, 0.0) };

        let times = ticks::times(first, last, 8);
        let marks: Vec<(f64, String)> =
            times.into_iter().map(|(ts, label)| (ts.seconds_since(first).max(1e-9), label)).collect();
        let unlabelled: Vec<(f64, String)> = marks.iter().map(|(x, _)| (*x, String::new())).collect();
        equity.x_marks(&page, &unlabelled)?;
        equity.y_axis(&page, 6)?;
        equity.y_title(&page, "cumulative net R")?;
        drawdown.x_marks(&page, &marks)?;
        drawdown.y_axis(&page, 3)?;
        drawdown.y_title(&page, "drawdown, R")?;
        drawdown.x_title(&page, "UTC")?;

        let mut names = Vec::new();
        for &index in &self.drawn {
            let (contestant, curve) = (&evaluation.contestants[index], &evaluation.curves[index]);
            let named = is_named(contestant, evaluation);
            let width = if named { 2.4 } else { 1.1 };
            let (points, line_colour) = self.series(index, &curve.equity_r, &equity);
            page.line(&points, line_colour, width)?;
            if named {
                let below: Vec<f64> = curve.drawdown_r.iter().map(|depth| -depth).collect();
                let (points, _) = self.series(index, &below, &drawdown);
                let mut filled = points.clone();
                filled.extend([drawdown.at(x.1, 0.0), drawdown.at(0.0, 0.0)]);
                page.polygon(&filled, line_colour, 0.10)?;
                page.line(&points, line_colour, 1.8)?;
            }
            names.push((index, line_colour, points.last().map_or(0.0, |point| point.1)));
        }
        let mut labels: Vec<EndLabel> = Vec::new();
        for (index, line_colour, y) in names {
            let contestant = &evaluation.contestants[index];
            if is_named(contestant, evaluation) {
                labels.push(EndLabel { words: short(&contestant.name, 26), y, colour: line_colour });
            } else {
                // One name for the whole group, at the end of its first line.
                let words = if line_colour == MODEL { "other models" } else { "other baselines" };
                if !labels.iter().any(|label| label.words == words) {
                    let colour = if line_colour == MODEL { MODEL } else { BASELINE };
                    labels.push(EndLabel { words: words.into(), y, colour });
                }
            }
        }
        end_labels(&page, 808.0, (118.0, 395.0), labels)
    }
}
