//! Pictures of an evaluation, each as SVG and PNG, the same bytes every time.
//!
//! A picture is a [`Drawing`](render::Drawing) that is drawn twice, on vectors and on pixels. Colours, letters and
//! frames come from one style, so that a contestant looks the same in every picture.

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
use scaleout_evaluation::{Contestant, Evaluation};

use crate::ReportError;

pub use feature_quality::{FeatureQualityLine, FeatureQualityPlot, feature_quality_plot};
pub use heat_map::{CellWidths, MapAxis, MapPanel, PolicyMap};
pub use importance::{Importance, ImportanceBar};
pub use render::Plot;
pub use trade::{TradePicture, trade_plot};

/// What a run can add to the pictures that every evaluation has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// Learned policies as maps, each a picture of its own.
    pub policy_maps: &'a [PolicyMap],
    /// What the models look at.
    pub importance: &'a [Importance],
}

/// All pictures of `evaluation`, in the order of the report. Pictures of what there is nothing of are left out.
pub fn plots(
    evaluation: &Evaluation,
    contestants: &[Contestant],
    extras: Extras<'_>,
) -> Result<Vec<Plot>, ReportError> {
    let mut jobs: Vec<Box<dyn Fn() -> Result<Plot, ReportError> + Sync + '_>> = Vec::new();
    if !evaluation.curve_ts.is_empty() {
        jobs.push(Box::new(|| render::render(&equity::Equity::new(evaluation))));
    }
    if !evaluation.comparisons.is_empty() {
        jobs.push(Box::new(|| render::render(&forest::Forest::new(evaluation))));
    }
    jobs.push(Box::new(|| render::render(&returns::Returns::new(evaluation, contestants))));
    jobs.push(Box::new(|| render::render(&holding::Holding::new(evaluation, contestants))));
    if evaluation.intrabar.by_rule.len() > 1 {
        jobs.push(Box::new(|| render::render(&intrabar::ByRule::new(evaluation))));
    }
    for map in extras.policy_maps {
        jobs.push(Box::new(|| render::render(map)));
    }
    for importance in extras.importance {
        jobs.push(Box::new(|| render::render(importance)));
    }
    jobs.par_iter().map(|job| job()).collect()
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    use super::{CellWidths, Extras, Importance, ImportanceBar, MapAxis, MapPanel, PolicyMap, plots};

    fn extras() -> (Vec<PolicyMap>, Vec<Importance>) {
        let fraction = |row: usize, column: usize| {
            let (r, bar) = (row as f64 / 4.0 - 1.5, column as f64);
            (r.abs() < 0.4 + bar / 6.0).then(|| (1.0 - r / 2.5 - bar / 40.0).clamp(0.0, 1.0))
        };
        let cells = || (0..20).map(|row| (0..20).map(|column| fraction(row, column)).collect()).collect();
        let panel = |left: &str| MapPanel { title: left.into(), held: cells() };
        let map = PolicyMap {
            name: "policy".into(),
            title: "trees: part held over time and R".into(),
            subtitle: "mean of the part held after the decision, over all trades in that state".into(),
            x: MapAxis {
                title: "bars since the entry".into(),
                edges: (0..=20).map(f64::from).collect(),
                widths: CellWidths::ToScale,
            },
            y: MapAxis {
                title: "unrealised R".into(),
                edges: (0..=20).map(|row| f64::from(row).powi(2) / 40.0 - 1.5).collect(),
                widths: CellWidths::Equal,
            },
            panels: vec![panel("4/4 left"), panel("3/4 left"), panel("2/4 left"), panel("1/4 left")],
        };
        let features =
            ["signed_volume(window=20)", "atr(window=14)", "rsi(window=14)", "bars_to_horizon", "vpin(buckets=50)"];
        let bar = |(place, name): (usize, &&str)| ImportanceBar {
            feature: (*name).into(),
            gain_share: 0.4 / (1.0 + place as f64),
            lost_r: 0.05 / (1.0 + place as f64) - 0.011,
            deviation_r: 0.006,
        };
        let importance = Importance {
            name: "importance".into(),
            title: "trees: what the model looks at".into(),
            subtitle: "gain on training rows, permutation on purged folds".into(),
            features: features.iter().enumerate().map(bar).collect(),
        };
        (vec![map], vec![importance])
    }

    #[test]
    fn every_picture_is_drawn_and_the_same_twice() {
        let run = FakeRun::new(4, 150, 0.1);
        let evaluation = run.evaluate();
        let (maps, importance) = extras();
        let extras = Extras { policy_maps: &maps, importance: &importance };
        let pictures = plots(&evaluation, &run.contestants, extras).unwrap();
        let names: Vec<&str> = pictures.iter().map(|plot| plot.name.as_str()).collect();
        assert_eq!(names, ["equity", "differences", "net_r", "holding", "intrabar", "policy", "importance"]);
        for plot in &pictures {
            assert!(plot.svg.starts_with("<svg") && plot.svg.trim_end().ends_with("</svg>"));
            assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"));
            assert_eq!(&plot.png[1..4], b"PNG");
        }
        assert_eq!(pictures, plots(&evaluation, &run.contestants, extras).unwrap());
        if let Some(folder) = std::env::var_os("SCALEOUT_PLOTS") {
            for plot in &pictures {
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.png", plot.name)), &plot.png).unwrap();
                std::fs::write(std::path::Path::new(&folder).join(format!("{}.svg", plot.name)), &plot.svg).unwrap();
            }
        }
    }
}
