//! Frames with axes, and what is drawn in them.

use plotters::{
    backend::DrawingBackend,
    coord::Shift,
    drawing::DrawingArea,
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    style::{
        Color, RGBColor, ShapeStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::plots::{
    render::Drawn,
    style::{GRID, INK, MUTED, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, ZERO, text},
    ticks,
};

/// A page to draw on in logical pixels.
pub(super) struct Page<'a, DB: DrawingBackend> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub scale: f64,
}

/// Where the text stands beside its point.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

impl<DB: DrawingBackend> Page<'_, DB> {
    /// Vectors are drawn in logical pixels, pixels finer.
    fn is_pixels(&self) -> bool {
        self.scale > 1.0
    }

    fn pixel(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn stroke(&self, colour: RGBColor, width: f64) -> ShapeStyle {
        colour.stroke_width((width * self.scale).round().max(1.0) as u32)
    }

    /// Title and, under it, what is to be seen.
    pub fn title(&self, title: &str, subtitle: &str) -> Drawn<DB> {
        self.text_sized(title, (28.0, 32.0), Align::Left, INK, TITLE_SIZE)?;
        self.text_sized(subtitle, (28.0, 58.0), Align::Left, MUTED, TEXT_SIZE)
    }

    /// Small text, centred in height on the point.
    pub fn text(&self, words: &str, at: (f64, f64), align: Align, colour: RGBColor) -> Drawn<DB> {
        self.text_sized(words, at, align, colour, SMALL_SIZE)
    }

    pub fn text_sized(&self, words: &str, at: (f64, f64), align: Align, colour: RGBColor, size: f64) -> Drawn<DB> {
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = text(size, self.scale, colour).pos(Pos::new(horizontal, VPos::Center));
        // On pixels the library centres a box that is taller than the letters, and they end up too high.
        let drop = if self.is_pixels() { 0.17 * size } else { 0.0 };
        self.area.draw(&Text::new(words.to_owned(), self.pixel((at.0, at.1 + drop)), style))
    }

    pub fn line(&self, points: &[(f64, f64)], colour: RGBColor, width: f64) -> Drawn<DB> {
        let pixels: Vec<(i32, i32)> = points.iter().map(|&point| self.pixel(point)).collect();
        if self.is_pixels() && width > 1.5 {
            // Thick lines have notches at their bends there; round joints fill them.
            for &bend in pixels.iter().take(pixels.len().saturating_sub(1)).skip(1) {
                self.area.draw(&Circle::new(bend, (width * self.scale / 2.0) as i32, colour.filled()))?;
            }
        }
        self.area.draw(&PathElement::new(pixels, self.stroke(colour, width)))
    }

    pub fn rectangle(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, opacity: f64) -> Drawn<DB> {
        let style = colour.mix(opacity).filled();
        self.area.draw(&Rectangle::new([self.pixel(from), self.pixel(to)], style))
    }

    pub fn dot(&self, at: (f64, f64), radius: f64, colour: RGBColor) -> Drawn<DB> {
        self.area.draw(&Circle::new(self.pixel(at), (radius * self.scale).round() as i32, colour.filled()))
    }

    pub fn polygon(&self, points: &[(f64, f64)], colour: RGBColor, opacity: f64) -> Drawn<DB> {
        let pixels: Vec<(i32, i32)> = points.iter().map(|&point| self.pixel(point)).collect();
        self.area.draw(&Polygon::new(pixels, colour.mix(opacity).filled()))
    }
}

/// A rectangle of the page with axes.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    /// Left, top, right and bottom edges, in logical pixels.
    pub edges: [f64; 4],
    /// Values at the left and right edges.
    pub x: (f64, f64),
    /// Values at the bottom and top edges.
    pub y: (f64, f64),
}

impl Panel {
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.at_x(x), self.at_y(y))
    }

    pub fn at_x(&self, x: f64) -> f64 {
        let [left, _, right, _] = self.edges;
        left + (x - self.x.0) / (self.x.1 - self.x.0) * (right - left)
    }

    pub fn at_y(&self, y: f64) -> f64 {
        let [_, top, _, bottom] = self.edges;
        bottom - (y - self.y.0) / (self.y.1 - self.y.0) * (bottom - top)
    }

    /// Horizontal grid lines with labels on the left; the line at 0 is darker.
    pub fn y_axis<DB: DrawingBackend>(&self, page: &Page<'_, DB>, wanted: usize) -> Drawn<DB> {
        let [left, _, right, _] = self.edges;
        let (values, decimals) = ticks::nice(self.y.0, self.y.1, wanted);
        for value in values {
            let y = self.at_y(value);
            page.line(&[(left, y), (right, y)], if value == 0.0 { ZERO } else { GRID }, 1.0)?;
            page.text(&ticks::label(value, decimals), (left - 8.0, y), Align::Right, MUTED)?;
        }
        Ok(())
    }

    /// Vertical grid lines with labels below; the line at 0 is darker.
    pub fn x_axis<DB: DrawingBackend>(&self, page: &Page<'_, DB>, wanted: usize) -> Drawn<DB> {
        let (values, decimals) = ticks::nice(self.x.0, self.x.1, wanted);
        let marks: Vec<(f64, String)> =
            values.into_iter().map(|value| (value, ticks::label(value, decimals))).collect();
        self.x_marks(page, &marks)
    }

    /// Vertical grid lines at `marks`.
    pub fn x_marks<DB: DrawingBackend>(&self, page: &Page<'_, DB>, marks: &[(f64, String)]) -> Drawn<DB> {
        let [_, top, _, bottom] = self.edges;
        for (value, label) in marks {
            let x = self.at_x(*value);
            page.line(&[(x, top), (x, bottom)], if *value == 0.0 { ZERO } else { GRID }, 1.0)?;
            page.text(label, (x, bottom + 15.0), Align::Centre, MUTED)?;
        }
        Ok(())
    }

    /// What the values below mean.
    pub fn x_title<DB: DrawingBackend>(&self, page: &Page<'_, DB>, words: &str) -> Drawn<DB> {
        let [_, _, right, bottom] = self.edges;
        page.text(words, (right, bottom + 36.0), Align::Right, INK)
    }

    /// What the values on the left mean, above the axis, so that the text is horizontal.
    pub fn y_title<DB: DrawingBackend>(&self, page: &Page<'_, DB>, words: &str) -> Drawn<DB> {
        let [left, top, _, _] = self.edges;
        page.text(words, (left, top - 15.0), Align::Left, INK)
    }
}

/// `low` to `high` with a margin of one part in twenty on both sides; a unit around a single value.
pub(super) fn padded(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (-1.0, 1.0);
    }
    let margin = if high > low { (high - low) / 20.0 } else { 0.5 };
    (low - margin, high + margin)
}
