use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};

use crate::plots::{
    panel::{Align, Page, Panel},
    render::{Drawing, Drawn},
    style::{INK, MUTED},
};

/// A learned policy as a map: the part still held over two quantities.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyMap {
    /// Name of the file.
    pub name: String,
    /// Title, as `trees: remaining fraction`.
    pub title: String,
    /// What is held fixed, or how the values were averaged.
    pub subtitle: String,
    /// What runs to the right, as `bars since the entry`.
    pub x_title: String,
    /// What runs upwards, as `unrealised R`.
    pub y_title: String,
    /// Edges of the columns, one more than columns, rising.
    pub x_edges: Vec<f64>,
    /// Edges of the rows, one more than rows, rising.
    pub y_edges: Vec<f64>,
    /// `fraction[row][column]` from 0 to 1; `None` where nothing is known.
    pub fraction: Vec<Vec<Option<f64>>>,
}

/// From nothing left to everything held: dark blue over green to yellow, rising in lightness, after the idea of
/// viridis.
const COLOURS: [RGBColor; 6] = [
    RGBColor(62, 18, 94),
    RGBColor(58, 82, 139),
    RGBColor(38, 130, 142),
    RGBColor(53, 178, 121),
    RGBColor(150, 212, 63),
    RGBColor(248, 230, 58),
];
const UNKNOWN: RGBColor = RGBColor(242, 243, 245);

fn shade(fraction: f64) -> RGBColor {
    let place = fraction.clamp(0.0, 1.0) * (COLOURS.len() - 1) as f64;
    let below = (place as usize).min(COLOURS.len() - 2);
    let (from, to, share) = (COLOURS[below], COLOURS[below + 1], place - below as f64);
    let mix = |from: u8, to: u8| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

impl Drawing for PolicyMap {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn caption(&self) -> String {
        format!("{}. {} Grey: no such state occurred.", self.title, self.subtitle)
    }

    fn size(&self) -> (u32, u32) {
        (1000, 560)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title(&self.title, &self.subtitle)?;
        let ends = |edges: &[f64]| match (edges.first(), edges.last()) {
            (Some(&first), Some(&last)) if first < last => (first, last),
            _ => (0.0, 1.0),
        };
        let panel = Panel { edges: [72.0, 112.0, 850.0, 496.0], x: ends(&self.x_edges), y: ends(&self.y_edges) };
        panel.x_axis(&page, 10)?;
        panel.y_axis(&page, 8)?;
        for (row, y) in self.fraction.iter().zip(self.y_edges.windows(2)) {
            for (fraction, x) in row.iter().zip(self.x_edges.windows(2)) {
                let fill = fraction.map_or(UNKNOWN, shade);
                page.rectangle(panel.at(x[0], y[1]), panel.at(x[1], y[0]), fill, 1.0)?;
            }
        }
        panel.y_title(&page, &self.y_title)?;
        panel.x_title(&page, &self.x_title)?;
        let steps = 96;
        let height = 384.0 / f64::from(steps);
        for step in 0..steps {
            let bottom = 496.0 - height * f64::from(step);
            let fill = shade((f64::from(step) + 0.5) / f64::from(steps));
            page.rectangle((886.0, bottom - height), (906.0, bottom), fill, 1.0)?;
        }
        for quarter in 0..=4 {
            let y = 496.0 - 384.0 * f64::from(quarter) / 4.0;
            page.text(&format!("{:.2}", f64::from(quarter) / 4.0), (914.0, y), Align::Left, MUTED)?;
        }
        page.text("held", (886.0, 97.0), Align::Left, INK)
    }
}
