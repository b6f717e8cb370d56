//! What the models look at.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::{
    FeatureImportance, ModelImportance, RunResult,
    plots::{
        label::short,
        panel::{Align, Page, Panel},
        render::{Drawing, Drawn, Picture, render},
        style::{CANDIDATE, INK, LADDER, MUTED},
        ticks,
    },
};

/// A picture for each model of `result`.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    result.importance.par_iter().map(|model| render(&Importance::new(model))).collect()
}

const MOST: usize = 16;
const ROW: f64 = 22.0;

/// What a model looks at: what it uses, and what that is worth on trades it has not seen.
struct Importance<'a> {
    model: &'a ModelImportance,
    /// The used features that cost most, the most costly first.
    largest: Vec<&'a FeatureImportance>,
}

impl<'a> Importance<'a> {
    fn new(model: &'a ModelImportance) -> Self {
        let mut largest: Vec<&FeatureImportance> = model.features.iter().filter(|feature| feature.is_used()).collect();
        largest.sort_by(|a, b| {
            b.permutation_lost_r.total_cmp(&a.permutation_lost_r).then_with(|| a.feature.cmp(&b.feature))
        });
        largest.truncate(MOST);
        Self { model, largest }
    }

    fn title(&self) -> String {
        format!("{}: what the model looks at", self.model.model)
    }
}

/// How it was measured.
const SUBTITLE: &str =
    "what it uses in training, and what that is worth on test trades (lines: deviation over repeats)";

impl Drawing for Importance<'_> {
    fn name(&self) -> String {
        format!("importance-{}", self.model.model.replace(' ', "-"))
    }

    fn caption(&self) -> String {
        format!("{}. {SUBTITLE}", self.title())
    }

    fn size(&self) -> (u32, u32) {
        (1000, (190.0 + ROW * self.largest.len() as f64) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let features = &self.largest;
        page.title(&self.title(), SUBTITLE)?;
        let bottom = 124.0 + ROW * features.len() as f64;
        let gains = features.iter().map(|feature| feature.gain_share);
        let used = Panel { edges: [300.0, 116.0, 540.0, bottom], x: (0.0, 1.15 * highest(gains)), y: (0.0, 1.0) };
        let reach = |sign: f64| {
            features.iter().map(move |feature| sign * feature.permutation_lost_r + feature.permutation_deviation_r)
        };
        let (worst, most) = (reach(-1.0).fold(0.0, f64::max), highest(reach(1.0)));
        let x = (-1.1 * worst, most + 0.22 * (most + worst));
        let lost = Panel { edges: [590.0, 116.0, 960.0, bottom], x, y: (0.0, 1.0) };
        used.x_axis(&page, 4)?;
        used.y_title(&page, "gain: share of what the refit explains")?;
        lost.x_axis(&page, 4)?;
        lost.y_title(&page, "permutation: J lost on test trades, R a trade")?;
        for (place, bar) in features.iter().enumerate() {
            let y = 132.0 + ROW * place as f64;
            page.text(&short(&bar.feature, 38), (288.0, y), Align::Right, INK)?;
            let end = used.at_x(bar.gain_share);
            page.rectangle((used.at_x(0.0), y - 6.0), (end, y + 6.0), CANDIDATE, 1.0)?;
            page.text(&format!("{:.2}", bar.gain_share), (end + 7.0, y), Align::Left, MUTED)?;
            let (zero, end) = (lost.at_x(0.0), lost.at_x(bar.permutation_lost_r));
            page.rectangle((zero.min(end), y - 6.0), (zero.max(end), y + 6.0), LADDER, 1.0)?;
            let (from, to) = (
                lost.at_x(bar.permutation_lost_r - bar.permutation_deviation_r),
                lost.at_x(bar.permutation_lost_r + bar.permutation_deviation_r),
            );
            page.line(&[(from, y), (to, y)], INK, 1.2)?;
            page.text(&ticks::label(bar.permutation_lost_r, 3), (to.max(zero) + 7.0, y), Align::Left, MUTED)?;
        }
        Ok(())
    }
}

/// The highest of `values`, and a little above 0 at least.
fn highest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(1e-6, f64::max)
}
