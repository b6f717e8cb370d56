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
mod panel;
mod render;
mod returns;
mod style;
mod ticks;
mod trade;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::{ReportError, RunResult, plots::render::Picture};

pub use feature_quality::{FeatureQualityLine, FeatureQualityPlot, feature_quality_plot};
pub use render::Plot;
pub use trade::{TradePicture, trade_plot};

/// Every kind of picture, in the order of the report.
const PICTURES: &[fn(&RunResult) -> Vec<Picture>] = &[
    equity::pictures,
    forest::pictures,
    returns::pictures,
    holding::pictures,
    intrabar::pictures,
    heat_map::pictures,
    importance::pictures,
];

/// All pictures of `result`, in the order of the report. Pictures of what there is nothing of are left out.
///
/// # Errors
/// If the drawing library fails.
pub fn plots(result: &RunResult) -> Result<Vec<Plot>, ReportError> {
    let drawn: Vec<Vec<Picture>> = PICTURES.par_iter().map(|pictures| pictures(result)).collect();
    drawn.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::plots;
    use crate::example::example;

    #[test]
    fn every_picture_is_drawn_and_the_same_twice() {
        let result = example(0.1);
        let pictures = plots(&result).unwrap();
        let names: Vec<&str> = pictures.iter().map(|plot| plot.name.as_str()).collect();
        assert_eq!(
            names,
            ["equity", "differences", "net_r", "holding", "intrabar", "policy", "importance-boosted-trees"]
        );
        for plot in &pictures {
            assert!(plot.svg.starts_with("<svg") && plot.svg.trim_end().ends_with("</svg>"));
            assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"));
            assert_eq!(&plot.png[1..4], b"PNG");
        }
        assert_eq!(pictures, plots(&result).unwrap());
        if let Some(folder) = std::env::var_os("SCALEOUT_PLOTS") {
            for plot in &pictures {
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.png", plot.name)), &plot.png).unwrap();
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.svg", plot.name)), &plot.svg).unwrap();
            }
        }
    }
}
