//! In place of a picture that could not be drawn.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};

use crate::{
    ReportError,
    plots::{
        panel::Page,
        render::{Drawing, Drawn, Picture, render},
    },
};

/// That the drawing library gave up on a picture of this `kind` with a panic.
pub(super) fn given_up(kind: &str) -> ReportError {
    ReportError::Plot { plot: kind.to_owned(), reason: "the drawing library gave up on it".into() }
}

/// The picture that says of one of `kind` why it could not be drawn.
pub(super) fn picture(kind: &str, error: &ReportError) -> Picture {
    let name = match error {
        ReportError::Plot { plot, .. } => plot.clone(),
        _ => kind.to_owned(),
    };
    render(&NotDrawn { name, reason: error.to_string() })
}

struct NotDrawn {
    name: String,
    reason: String,
}

impl Drawing for NotDrawn {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn caption(&self) -> String {
        format!("This picture could not be drawn: {}.", self.reason)
    }

    fn size(&self) -> (u32, u32) {
        (1000, 120)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        Page { area, scale }.title(&self.name, "This picture could not be drawn; the caption says why")
    }
}
