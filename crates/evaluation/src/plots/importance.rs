use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};

use crate::plots::{
    label::short,
    panel::{Align, Page, Panel},
    render::{Drawing, Drawn},
    style::{CANDIDATE, INK, MUTED},
    ticks,
};

/// What a model looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// Name of the file.
    pub name: String,
    /// Title, as `trees: what the model looks at`.
    pub title: String,
    /// How it was measured, with the unit.
    pub subtitle: String,
    /// Feature and importance; the largest 24 are drawn.
    pub features: Vec<(String, f64)>,
}

const MOST: usize = 24;
const ROW: f64 = 22.0;

impl Importance {
    fn largest(&self) -> Vec<&(String, f64)> {
        let mut features: Vec<&(String, f64)> = self.features.iter().collect();
        features.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        features.truncate(MOST);
        features
    }
}

impl Drawing for Importance {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn caption(&self) -> String {
        format!("{}. {}", self.title, self.subtitle)
    }

    fn size(&self) -> (u32, u32) {
        (1000, (160.0 + ROW * self.largest().len() as f64) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let features = self.largest();
        page.title(&self.title, &self.subtitle)?;
        let lowest = features.iter().map(|feature| feature.1).fold(0.0, f64::min);
        let highest = features.iter().map(|feature| feature.1).fold(lowest + 1e-12, f64::max);
        let bottom = 96.0 + ROW * features.len() as f64;
        let margin = 0.12 * (highest - lowest);
        let from = if lowest < 0.0 { lowest - margin } else { 0.0 };
        let panel = Panel { edges: [330.0, 88.0, 890.0, bottom], x: (from, highest + margin), y: (0.0, 1.0) };
        panel.x_axis(&page, 6)?;
        for (place, (name, value)) in features.into_iter().enumerate() {
            let y = 104.0 + ROW * place as f64;
            let (zero, end) = (panel.at_x(0.0), panel.at_x(*value));
            page.rectangle((zero.min(end), y - 7.0), (zero.max(end), y + 7.0), CANDIDATE, 1.0)?;
            page.text(&short(name, 42), (318.0, y), Align::Right, INK)?;
            let decimals = ticks::nice(0.0, highest - lowest, 20).1;
            page.text(&ticks::label(*value, decimals), (zero.max(end) + 7.0, y), Align::Left, MUTED)?;
        }
        Ok(())
    }
}
