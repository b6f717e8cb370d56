//! Net R of single trades.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};

use crate::{
    RunResult,
    plots::{
        label::{legend, short},
        panel::{Align, Page, Panel},
        render::{Drawing, Drawn, Picture, render},
        style::{INK, colour},
        ticks,
    },
};

/// The picture of `result`.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    vec![render(&Returns { result })]
}

/// How the net R of single trades is distributed.
struct Returns<'a> {
    result: &'a RunResult,
}

impl Drawing for Returns<'_> {
    fn name(&self) -> String {
        "net_r".into()
    }

    fn caption(&self) -> String {
        "Distribution of the net R of single trades. Vertical lines are means; trades beyond the axis are counted in \
         the outermost bars."
            .into()
    }

    fn size(&self) -> (u32, u32) {
        (1000, 500)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title("Net R of single trades", "Share of trades by result; vertical lines are means")?;
        let (evaluation, histogram) = (&self.result.evaluation, &self.result.net_r_histogram);
        let (low, width) = (histogram.low_r, histogram.width_r);
        let bars = histogram.contestants.first().map_or(0, |shown| shown.percent.len());
        let heights = histogram.contestants.iter().flat_map(|shown| &shown.percent);
        let tallest = heights.copied().fold(0.0, f64::max).max(1e-9);
        let panel =
            Panel { edges: [72.0, 134.0, 968.0, 436.0], x: (low, low + width * bars as f64), y: (0.0, 1.08 * tallest) };
        panel.x_axis(&page, 10)?;
        panel.y_axis(&page, 5)?;
        panel.y_title(&page, "% of trades")?;
        panel.x_title(&page, "net R")?;
        for shown in &histogram.contestants {
            let bar_colour = colour(&evaluation.contestants[shown.place], evaluation);
            let mut outline = vec![panel.at(low, 0.0)];
            for (bin, &share) in shown.percent.iter().enumerate() {
                let (from, to) = (low + width * bin as f64, low + width * (bin + 1) as f64);
                outline.extend([panel.at(from, share), panel.at(to, share)]);
                if share > 0.0 {
                    page.rectangle(panel.at(from, share), panel.at(to, 0.0), bar_colour, 0.16)?;
                }
            }
            outline.push(panel.at(panel.x.1, 0.0));
            page.line(&outline, bar_colour, 1.8)?;
        }
        let mut labels = Vec::new();
        for shown in &histogram.contestants {
            let contestant = &evaluation.contestants[shown.place];
            let line_colour = colour(contestant, evaluation);
            let x = panel.at_x(shown.mean_r);
            page.line(&[(x, 134.0), (x, 436.0)], line_colour, 1.6)?;
            let words = format!("{} (mean {} R)", short(&contestant.name, 40), ticks::label(shown.mean_r, 3));
            labels.push((words, line_colour));
        }
        page.line(&[panel.at(low, 0.0), panel.at(panel.x.1, 0.0)], INK, 1.0)?;
        page.text(&format!("{} trades", histogram.trades), (968.0, 58.0), Align::Right, INK)?;
        legend(&page, (28.0, 90.0), &labels)
    }
}
