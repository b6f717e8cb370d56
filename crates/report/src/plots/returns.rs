use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};
use scaleout_evaluation::{
    Contestant, Evaluation,
    stats::moments::{mean, quantile_of_sorted},
};

use crate::plots::{
    label::{legend, short},
    panel::{Align, Page, Panel},
    render::{Drawing, Drawn},
    style::{INK, colour, drawn, is_named},
    ticks,
};

/// How the net R of single trades is distributed.
pub(super) struct Returns {
    /// Name, colour and net R of each trade, sorted.
    shown: Vec<(String, RGBColor, Vec<f64>)>,
}

const BINS: usize = 44;

impl Returns {
    pub fn new(evaluation: &Evaluation, contestants: &[Contestant]) -> Self {
        let places = drawn(evaluation);
        let named: Vec<usize> =
            places.iter().copied().filter(|&place| is_named(&evaluation.contestants[place], evaluation)).collect();
        // Without a judged pair, the first contestants stand for the rest.
        let places = if named.is_empty() { places.into_iter().take(2).collect() } else { named };
        let shown = places.into_iter().map(|place| {
            let mut net_r: Vec<f64> = contestants[place].outcomes.iter().map(|outcome| outcome.net_r).collect();
            net_r.sort_unstable_by(f64::total_cmp);
            (contestants[place].name.clone(), colour(&evaluation.contestants[place], evaluation), net_r)
        });
        Self { shown: shown.collect() }
    }

    /// From the lowest to the highest trade, but no further than twice the middle 98 % on either side.
    fn range(&self) -> (f64, f64) {
        let at = |net_r: &[f64], p| quantile_of_sorted(net_r, p).unwrap_or(0.0);
        let over = |p: f64, pick: fn(f64, f64) -> f64| {
            self.shown.iter().map(|(.., net_r)| at(net_r, p)).reduce(pick).unwrap_or(0.0)
        };
        let (low, high) = (over(0.01, f64::min), over(0.99, f64::max));
        let reach = (high - low).max(1e-9);
        (over(0.0, f64::min).max(low - reach), over(1.0, f64::max).min(high + reach))
    }
}

impl Drawing for Returns {
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
        let (low, high) = self.range();
        let width = (high - low).max(1e-9) / BINS as f64;
        let histograms: Vec<Vec<f64>> = self
            .shown
            .iter()
            .map(|(.., net_r)| {
                let mut shares = vec![0.0; BINS];
                for value in net_r {
                    let bin = ((value - low) / width).clamp(0.0, BINS as f64 - 1.0) as usize;
                    shares[bin] += 100.0 / net_r.len() as f64;
                }
                shares
            })
            .collect();
        let tallest = histograms.iter().flatten().copied().fold(0.0, f64::max).max(1e-9);
        let panel =
            Panel { edges: [72.0, 134.0, 968.0, 436.0], x: (low, low + width * BINS as f64), y: (0.0, 1.08 * tallest) };
        panel.x_axis(&page, 10)?;
        panel.y_axis(&page, 5)?;
        panel.y_title(&page, "% of trades")?;
        panel.x_title(&page, "net R")?;
        for ((_, bar_colour, _), shares) in self.shown.iter().zip(&histograms) {
            let mut outline = vec![panel.at(low, 0.0)];
            for (bin, &share) in shares.iter().enumerate() {
                let (from, to) = (low + width * bin as f64, low + width * (bin + 1) as f64);
                outline.extend([panel.at(from, share), panel.at(to, share)]);
                if share > 0.0 {
                    page.rectangle(panel.at(from, share), panel.at(to, 0.0), *bar_colour, 0.16)?;
                }
            }
            outline.push(panel.at(panel.x.1, 0.0));
            page.line(&outline, *bar_colour, 1.8)?;
        }
        let mut labels = Vec::new();
        for (name, line_colour, net_r) in &self.shown {
            let centre = mean(net_r).unwrap_or(0.0);
            let x = panel.at_x(centre);
            page.line(&[(x, 134.0), (x, 436.0)], *line_colour, 1.6)?;
            labels.push((format!("{} (mean {} R)", short(name, 40), ticks::label(centre, 3)), *line_colour));
        }
        page.line(&[panel.at(low, 0.0), panel.at(panel.x.1, 0.0)], INK, 1.0)?;
        let trades = self.shown.first().map_or(0, |(.., net_r)| net_r.len());
        page.text(&format!("{trades} trades"), (968.0, 58.0), Align::Right, INK)?;
        legend(&page, (28.0, 90.0), &labels)
    }
}
