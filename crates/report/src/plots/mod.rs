//! Pictures of a result, each as SVG and PNG, the same bytes every time.
//!
//! A picture is a [`Drawing`](render::Drawing) that is drawn twice, on vectors and on pixels. Colours, letters and
//! frames come from one style, so that a contestant looks the same in every picture. A new kind of picture is one file
//! with a function `pictures`, declared and listed below.

mod equity;
mod feature_quality;
mod forest;
mod heat_map;
mod holding;
mod importance;
mod intrabar;
mod label;
mod not_drawn;
mod panel;
mod render;
mod returns;
mod style;
mod ticks;
mod trade;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::{RunResult, plots::render::Picture};

pub use feature_quality::{FeatureQualityLine, FeatureQualityPlot, feature_quality_plot};
pub use render::{Plot, is_png_of_scaleout};
pub use trade::{TradePicture, trade_plot};

/// Every kind of picture, in the order of the report.
const PICTURES: &[Kind] = &[
    ("equity", equity::pictures),
    ("differences", forest::pictures),
    ("net_r", returns::pictures),
    ("holding", holding::pictures),
    ("intrabar", intrabar::pictures),
    ("policy", heat_map::pictures),
    ("importance", importance::pictures),
];

/// A name, and what draws the pictures of this kind.
type Kind = (&'static str, fn(&RunResult) -> Vec<Picture>);

/// All pictures of `result`, in the order of the report. Pictures of what there is nothing of are left out. One that
/// cannot be drawn says so in its place: no picture takes the result down with it.
pub fn plots(result: &RunResult) -> Vec<Plot> {
    drawn(PICTURES, result)
}

fn drawn(kinds: &[Kind], result: &RunResult) -> Vec<Plot> {
    let drawn = kinds.par_iter().map(|(kind, pictures)| {
        let pictures = catch_unwind(AssertUnwindSafe(|| pictures(result)));
        let pictures = pictures.unwrap_or_else(|_| vec![Err(not_drawn::given_up(kind))]);
        pictures
            .into_iter()
            .filter_map(|picture| picture.or_else(|error| not_drawn::picture(kind, &error)).ok())
            .collect()
    });
    drawn.collect::<Vec<Vec<Plot>>>().into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::{drawn, is_png_of_scaleout, plots};
    use crate::{ReportError, example::example};

    #[test]
    fn every_picture_is_drawn_and_the_same_twice() {
        let result = example(0.1);
        let pictures = plots(&result);
        let names: Vec<&str> = pictures.iter().map(|plot| plot.name.as_str()).collect();
        assert_eq!(
            names,
            ["equity", "differences", "net_r", "holding", "intrabar", "policy", "importance-boosted-trees"]
        );
        for plot in &pictures {
            assert!(plot.svg.starts_with("<svg") && plot.svg.trim_end().ends_with("</svg>"));
            assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"));
            assert!(is_png_of_scaleout(&plot.png));
        }
        assert!(!is_png_of_scaleout(b"\x89PNG") && !is_png_of_scaleout(pictures[0].svg.as_bytes()));
        assert_eq!(pictures, plots(&result));
        if let Some(folder) = std::env::var_os("SCALEOUT_PLOTS") {
            for plot in &pictures {
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.png", plot.name)), &plot.png).unwrap();
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.svg", plot.name)), &plot.svg).unwrap();
            }
        }
    }

    #[test]
    fn a_picture_that_cannot_be_drawn_says_so_in_its_place() {
        let result = example(0.1);
        let fails = |_: &_| vec![Err(ReportError::Plot { plot: "holding".into(), reason: "no <room>".into() })];
        let pictures =
            drawn(&[("equity", super::equity::pictures), ("holding", fails), ("lost", |_| panic!("!"))], &result);
        let names: Vec<&str> = pictures.iter().map(|plot| plot.name.as_str()).collect();
        assert_eq!(names, ["equity", "holding", "lost"]);
        assert!(pictures[1].svg.contains("could not be drawn") && pictures[1].caption.contains("no <room>"));
        assert!(pictures[2].caption.contains("gave up"), "{}", pictures[2].caption);
        assert!(pictures.iter().all(|plot| &plot.png[1..4] == b"PNG"));
    }
}
