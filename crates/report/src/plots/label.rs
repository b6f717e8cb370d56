//! Names beside lines, and legends.

use plotters::{backend::DrawingBackend, style::RGBColor};

use crate::plots::{
    panel::{Align, Page},
    render::Drawn,
};

/// A name beside the end of a line.
pub(super) struct EndLabel {
    pub words: String,
    pub y: f64,
    pub colour: RGBColor,
}

const SPACING: f64 = 18.0;

/// Writes the names to the right of `x`, moved apart so that none covers another, within `top` and `bottom`.
pub(super) fn end_labels<DB: DrawingBackend>(
    page: &Page<'_, DB>,
    x: f64,
    (top, bottom): (f64, f64),
    mut labels: Vec<EndLabel>,
) -> Drawn<DB> {
    labels.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lowest = top;
    for label in &mut labels {
        label.y = label.y.max(lowest);
        lowest = label.y + SPACING;
    }
    let mut highest = bottom;
    for label in labels.iter_mut().rev() {
        label.y = label.y.min(highest);
        highest = label.y - SPACING;
    }
    for label in &labels {
        page.text(&label.words, (x, label.y), Align::Left, label.colour)?;
    }
    Ok(())
}

/// A row of coloured keys from `x` to the right.
pub(super) fn legend<DB: DrawingBackend>(
    page: &Page<'_, DB>,
    (mut x, y): (f64, f64),
    keys: &[(String, RGBColor)],
) -> Drawn<DB> {
    for (words, colour) in keys {
        page.line(&[(x, y), (x + 22.0, y)], *colour, 3.5)?;
        page.text(words, (x + 29.0, y), Align::Left, *colour)?;
        x += 29.0 + 7.2 * words.chars().count() as f64 + 26.0;
    }
    Ok(())
}

/// `name` cut to `most` characters.
pub(super) fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(most - 1).collect();
    cut.push('…');
    cut
}
