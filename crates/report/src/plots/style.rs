//! Colours and letters, the same in every picture.

use std::sync::Once;

use plotters::style::{Color, FontStyle, IntoFont, RGBColor, TextStyle, register_font};
use scaleout_evaluation::{ContestantResult, Evaluation};

use crate::result::shown::{Part, part};

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(34, 38, 46);
/// Secondary text.
pub(super) const MUTED: RGBColor = RGBColor(108, 114, 125);
/// Lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(229, 231, 235);
/// The line at 0.
pub(super) const ZERO: RGBColor = RGBColor(150, 155, 165);
/// The model that is judged. Colours are from Okabe & Ito's set, told apart by colour-blind readers.
pub(super) const CANDIDATE: RGBColor = RGBColor(0, 114, 178);
/// Other models.
pub(super) const MODEL: RGBColor = RGBColor(134, 190, 226);
/// The rule and the ladder chosen in-span.
pub(super) const LADDER: RGBColor = RGBColor(213, 94, 0);
/// Other baselines.
pub(super) const BASELINE: RGBColor = RGBColor(176, 180, 188);
/// Hindsight.
pub(super) const ORACLE: RGBColor = RGBColor(0, 158, 115);
/// Chance.
pub(super) const RANDOM: RGBColor = RGBColor(190, 130, 170);

pub(super) const TITLE_SIZE: f64 = 23.0;
pub(super) const TEXT_SIZE: f64 = 15.0;
pub(super) const SMALL_SIZE: f64 = 13.5;

const FONT: &str = "sans-serif";
static REGISTERED: Once = Once::new();

/// Makes the embedded letters (Ubuntu Light) known to the drawing library, so that no system font is needed.
pub(super) fn register() {
    REGISTERED.call_once(|| {
        let accepted = register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok();
        assert!(accepted, "Invariant: the embedded font is a font");
    });
}

/// Letters of `size` logical pixels on a canvas magnified by `scale`.
pub(super) fn text(size: f64, scale: f64, colour: RGBColor) -> TextStyle<'static> {
    TextStyle { color: colour.to_backend_color(), ..TextStyle::from((FONT, size * scale).into_font()) }
}

/// The colour of a contestant, the same in every picture.
pub(super) fn colour(contestant: &ContestantResult, evaluation: &Evaluation) -> RGBColor {
    match part(contestant, evaluation) {
        Part::Candidate => CANDIDATE,
        Part::Model => MODEL,
        Part::Ladder => LADDER,
        Part::Baseline => BASELINE,
        Part::Oracle => ORACLE,
        Part::Random => RANDOM,
    }
}
