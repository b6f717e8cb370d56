//! The learned policy as maps.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::{
    CellWidths, MapAxis, MapPanel, PolicyMap, RunResult,
    plots::{
        panel::{Align, Page, Panel},
        render::{Drawing, Drawn, Picture, render},
        style::{INK, MUTED},
        ticks,
    },
};

/// A picture for each map of `result`.
pub(super) fn pictures(result: &RunResult) -> Vec<Picture> {
    result.policy_maps.par_iter().map(render).collect()
}

impl MapAxis {
    fn cells(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The values at both ends, as they are drawn.
    fn ends(&self) -> (f64, f64) {
        match (&self.widths, self.edges.first(), self.edges.last()) {
            (CellWidths::ToScale, Some(&first), Some(&last)) if first < last => (first, last),
            _ => (0.0, self.cells().max(1) as f64),
        }
    }

    /// Where edge `place` is drawn.
    fn at(&self, place: usize) -> f64 {
        match self.widths {
            CellWidths::ToScale => self.edges[place],
            CellWidths::Equal | CellWidths::Values(_) => place as f64,
        }
    }

    /// Marks with their labels, about `wanted` of them: round values, edges, or the cells' own values.
    fn marks(&self, wanted: usize) -> Vec<(f64, String)> {
        let (low, high) = self.ends();
        let every = self.cells().div_ceil(wanted).max(1);
        let some = |values: &[f64], drawn: f64| -> Vec<(f64, String)> {
            let span = values.last().copied().unwrap_or(1.0) - values.first().copied().unwrap_or(0.0);
            let decimals = ticks::nice(0.0, span, 20).1 + 1;
            let places = (0..values.len()).step_by(every);
            places.map(|place| (place as f64 + drawn, ticks::label(values[place], decimals))).collect()
        };
        match &self.widths {
            CellWidths::ToScale => {
                let (values, decimals) = ticks::nice(low, high, wanted);
                values.into_iter().map(|value| (value, ticks::label(value, decimals))).collect()
            }
            CellWidths::Equal => some(&self.edges, 0.0),
            CellWidths::Values(values) => some(values, 0.5),
        }
    }

    /// Marks that have room in so many logical pixels, side by side.
    fn marks_across(&self, width: f64) -> Vec<(f64, String)> {
        let each = match self.widths {
            CellWidths::ToScale => 40.0,
            CellWidths::Equal | CellWidths::Values(_) => 60.0,
        };
        self.marks((width / each).clamp(2.0, 6.0) as usize)
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

/// Left edge of the panels, and how much of the page they take.
const LEFT: f64 = 72.0;
const WIDTH: f64 = 780.0;

/// Top edge of the panels.
const TOP: f64 = 118.0;

/// Panels up to which each has its own marks; more share those at the edge of the page.
const LARGE_PANELS: u32 = 4;

/// How the panels lie on the page.
struct Sheet {
    across: u32,
    down: u32,
    /// Of one panel.
    width: f64,
    height: f64,
    /// Between two panels.
    gap_x: f64,
    gap_y: f64,
    is_small: bool,
}

impl Sheet {
    fn new(panels: u32) -> Self {
        let across = (1..).find(|across| panels <= across * across).unwrap_or(1);
        let is_small = LARGE_PANELS < panels;
        let (gap_x, gap_y) = if is_small { (14.0, 30.0) } else { (56.0, 80.0) };
        let width = (WIDTH - gap_x * f64::from(across - 1)) / f64::from(across);
        let height = if is_small { 90.0 + 0.3 * width } else { 240.0 };
        Self { across, down: panels.div_ceil(across).max(1), width, height, gap_x, gap_y, is_small }
    }

    fn edges(&self, place: u32) -> [f64; 4] {
        let (column, row) = (f64::from(place % self.across), f64::from(place / self.across));
        let left = LEFT + column * (self.width + self.gap_x);
        let top = TOP + row * (self.height + self.gap_y) + if self.is_small { 22.0 } else { 0.0 };
        [left, top, left + self.width, top + self.height]
    }

    /// Whether nothing lies left of a panel, and nothing below it, among `panels`.
    fn is_outer(&self, place: u32, panels: u32) -> (bool, bool) {
        (place.is_multiple_of(self.across), panels <= place + self.across)
    }

    fn bottom(&self) -> f64 {
        self.edges((self.down - 1) * self.across)[3]
    }
}

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
        (1000, (self.sheet().bottom() + 60.0).ceil().max(480.0) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title(&self.title, &self.subtitle)?;
        let sheet = self.sheet();
        for (place, map) in (0..).zip(&self.panels) {
            let panel = Panel { edges: sheet.edges(place), x: self.x.ends(), y: self.y.ends() };
            self.draw_panel(&page, &panel, map)?;
            let (is_leftmost, is_lowest) = sheet.is_outer(place, self.panels.len() as u32);
            self.draw_marks(&page, &panel, &sheet, (is_leftmost, is_lowest))?;
        }
        if sheet.is_small {
            page.text(&self.y.title, (LEFT, 96.0), Align::Left, INK)?;
            page.text(&self.x.title, (LEFT + WIDTH, sheet.bottom() + 38.0), Align::Right, INK)?;
        }
        self.draw_key(&page)
    }
}

impl PolicyMap {
    fn sheet(&self) -> Sheet {
        Sheet::new(self.panels.len() as u32)
    }

    fn draw_panel<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel, map: &MapPanel) -> Drawn<DB> {
        let [_, top, right, _] = panel.edges;
        for (row, cells) in map.held.iter().enumerate() {
            for (column, held) in cells.iter().enumerate() {
                let fill = held.map_or(UNKNOWN, shade);
                let upper_left = panel.at(self.x.at(column), self.y.at(row + 1));
                let lower_right = panel.at(self.x.at(column + 1), self.y.at(row));
                page.rectangle(upper_left, lower_right, fill, 1.0)?;
            }
        }
        page.text(&map.title, (right, top - 15.0), Align::Right, INK)
    }

    /// The marks of a panel: its own, or where panels are small those of the leftmost and the lowest.
    fn draw_marks<DB: DrawingBackend>(
        &self,
        page: &Page<'_, DB>,
        panel: &Panel,
        sheet: &Sheet,
        (is_leftmost, is_lowest): (bool, bool),
    ) -> Drawn<DB> {
        let [left, _, right, bottom] = panel.edges;
        let up = if sheet.is_small { 4 } else { 7 };
        if is_lowest || !sheet.is_small {
            for (value, label) in self.x.marks_across(sheet.width) {
                let x = panel.at_x(value);
                // Beside a neighbour there is no room for what stands out.
                let align = match sheet.is_small {
                    true if x < left + 5.0 => Align::Left,
                    true if right - 5.0 < x => Align::Right,
                    _ => Align::Centre,
                };
                page.text(&label, (x, bottom + 13.0), align, MUTED)?;
            }
        }
        if is_leftmost || !sheet.is_small {
            for (value, label) in self.y.marks(up) {
                page.text(&label, (left - 8.0, panel.at_y(value)), Align::Right, MUTED)?;
            }
        }
        if sheet.is_small {
            return Ok(());
        }
        panel.y_title(page, &self.y.title)?;
        page.text(&self.x.title, (right, bottom + 32.0), Align::Right, INK)
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
        page.text("held next bar", (890.0, 98.0), Align::Left, INK)?;
        page.text("% of what is left", (890.0, 384.0), Align::Left, MUTED)?;
        page.rectangle((890.0, 424.0), (910.0, 444.0), UNKNOWN, 1.0)?;
        page.text("too few", (918.0, 434.0), Align::Left, MUTED)
    }
}
