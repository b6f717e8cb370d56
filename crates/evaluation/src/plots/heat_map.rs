use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};

use crate::plots::{
    panel::{Align, Page, Panel},
    render::{Drawing, Drawn},
    style::{INK, MUTED},
    ticks,
};

/// A learned policy as maps: the part to hold over two quantities, a panel for each part that may be left.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyMap {
    /// Name of the file.
    pub name: String,
    /// Title, as `trees: remaining fraction`.
    pub title: String,
    /// What is held fixed, or how the values were averaged.
    pub subtitle: String,
    /// What runs to the right, with its unit, as `bars since the entry`.
    pub x: MapAxis,
    /// What runs upwards, with its unit, as `unrealised R`.
    pub y: MapAxis,
    /// One map for each part left, at most four.
    pub panels: Vec<MapPanel>,
}

/// An axis cut into cells.
#[derive(Debug, Clone, PartialEq)]
pub struct MapAxis {
    /// What it is, with the unit.
    pub title: String,
    /// Edges of the cells, one more than cells, rising.
    pub edges: Vec<f64>,
    /// How wide cells are drawn.
    pub widths: CellWidths,
}

/// How wide the cells of an axis are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellWidths {
    /// As their edges say.
    ToScale,
    /// All alike, with the value of every edge beside it: for cells that hold equally many decisions.
    Equal,
}

/// The map for one part left.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPanel {
    /// What is left, as `3/4 left`.
    pub title: String,
    /// `fraction[row][column]` of the initial size to hold, from 0 to 1; `None` where nothing is known.
    pub fraction: Vec<Vec<Option<f64>>>,
}

impl MapAxis {
    fn cells(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The values at both ends, as they are drawn.
    fn ends(&self) -> (f64, f64) {
        match (self.widths, self.edges.first(), self.edges.last()) {
            (CellWidths::ToScale, Some(&first), Some(&last)) if first < last => (first, last),
            _ => (0.0, self.cells().max(1) as f64),
        }
    }

    /// Where edge `place` is drawn.
    fn at(&self, place: usize) -> f64 {
        match self.widths {
            CellWidths::ToScale => self.edges[place],
            CellWidths::Equal => place as f64,
        }
    }

    /// Marks with their labels: round values, or every second edge.
    fn marks(&self, wanted: usize) -> Vec<(f64, String)> {
        let (low, high) = self.ends();
        match self.widths {
            CellWidths::ToScale => {
                let (values, decimals) = ticks::nice(low, high, wanted);
                values.into_iter().map(|value| (value, ticks::label(value, decimals))).collect()
            }
            CellWidths::Equal => {
                let span = self.edges.last().copied().unwrap_or(1.0) - self.edges.first().copied().unwrap_or(0.0);
                let decimals = ticks::nice(0.0, span, 20).1 + 1;
                let every = self.cells().div_ceil(wanted).max(1);
                let places = (0..self.edges.len()).step_by(every);
                places.map(|place| (place as f64, ticks::label(self.edges[place], decimals))).collect()
            }
        }
    }
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
        format!("{}: {}. Grey: too few decisions to tell.", self.title, self.subtitle)
    }

    fn size(&self) -> (u32, u32) {
        (1000, if self.panels.len() < 3 { 480 } else { 780 })
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title(&self.title, &self.subtitle)?;
        let across = if self.panels.len() == 1 { 1 } else { 2 };
        let width = 780.0 / f64::from(across) - if across == 1 { 0.0 } else { 28.0 };
        for (place, map) in self.panels.iter().enumerate() {
            let (column, row) = (place as u32 % across, place as u32 / across);
            let left = 72.0 + f64::from(column) * (width + 56.0);
            let top = 118.0 + 320.0 * f64::from(row);
            let edges = [left, top, left + width, top + 240.0];
            self.draw_panel(&page, &Panel { edges, x: self.x.ends(), y: self.y.ends() }, map)?;
        }
        self.draw_key(&page)
    }
}

impl PolicyMap {
    fn draw_panel<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel, map: &MapPanel) -> Drawn<DB> {
        let [left, top, right, _] = panel.edges;
        for (row, cells) in map.fraction.iter().enumerate() {
            for (column, fraction) in cells.iter().enumerate() {
                let fill = fraction.map_or(UNKNOWN, shade);
                let upper_left = panel.at(self.x.at(column), self.y.at(row + 1));
                let lower_right = panel.at(self.x.at(column + 1), self.y.at(row));
                page.rectangle(upper_left, lower_right, fill, 1.0)?;
            }
        }
        for (value, label) in self.x.marks(6) {
            page.text(&label, (panel.at_x(value), panel.edges[3] + 13.0), Align::Centre, MUTED)?;
        }
        for (value, label) in self.y.marks(7) {
            page.text(&label, (left - 8.0, panel.at_y(value)), Align::Right, MUTED)?;
        }
        page.text(&map.title, (right, top - 14.0), Align::Right, INK)?;
        panel.y_title(page, &self.y.title)?;
        page.text(&self.x.title, (right, panel.edges[3] + 32.0), Align::Right, INK)
    }

    /// The scale of colours.
    fn draw_key<DB: DrawingBackend>(&self, page: &Page<'_, DB>) -> Drawn<DB> {
        let steps = 96;
        let height = 240.0 / f64::from(steps);
        for step in 0..steps {
            let bottom = 358.0 - height * f64::from(step);
            let fill = shade((f64::from(step) + 0.5) / f64::from(steps));
            page.rectangle((890.0, bottom - height), (910.0, bottom), fill, 1.0)?;
        }
        for quarter in 0..=4 {
            let y = 358.0 - 240.0 * f64::from(quarter) / 4.0;
            let words = format!("{} %", 25 * quarter);
            page.text(&words, (918.0, y), Align::Left, MUTED)?;
        }
        page.text("held next bar", (890.0, 104.0), Align::Left, INK)?;
        page.text("% of the initial", (890.0, 384.0), Align::Left, MUTED)?;
        page.text("size", (890.0, 402.0), Align::Left, MUTED)?;
        page.rectangle((890.0, 424.0), (910.0, 444.0), UNKNOWN, 1.0)?;
        page.text("too few", (918.0, 434.0), Align::Left, MUTED)
    }
}
