//! What features say about hold values.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};

use crate::{
    ReportError,
    plots::{
        Plot,
        label::short,
        panel::{Align, Page, Panel},
        render::{Drawing, Drawn, render},
        style::{BASELINE, CANDIDATE, GRID, INK, LADDER, MUTED, ORACLE},
    },
};

/// What is to be known of features before a model sees them, one line each.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureQualityPlot {
    /// Name of the file.
    pub name: String,
    /// Title, as `own-csv: quality of the features`.
    pub title: String,
    /// Which rows were looked at, and what the information coefficient is about.
    pub subtitle: String,
    /// The features, in the order they are drawn.
    pub features: Vec<FeatureQualityLine>,
}

/// One feature in the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureQualityLine {
    /// Its name.
    pub name: String,
    /// Features with the same letter say nearly the same.
    pub cluster: Option<String>,
    /// Share of the rows with a value, 0 to 1; `None` where it was not counted.
    pub coverage: Option<f64>,
    /// Its 5, 25, 50, 75 and 95 % quantiles, in deviations from its mean.
    pub spread: Option<[f64; 5]>,
    /// Statistic of the stationarity test ÷ its 5 % critical value: above 1 a unit root is rejected.
    pub stationarity: Option<f64>,
    /// Rank correlation with the target, and its quartiles over consecutive stretches.
    pub information: Option<(f64, Option<[f64; 2]>)>,
}

const ROW: f64 = 22.0;
const TOP: f64 = 112.0;
/// Left and right edges of the four columns.
const COLUMNS: [(f64, f64); 4] = [(362.0, 452.0), (492.0, 712.0), (752.0, 902.0), (942.0, 1_232.0)];
/// Where the columns of spread and stationarity end; what lies beyond is drawn at the edge.
const MOST_DEVIATIONS: f64 = 3.0;
const MOST_STATIONARITY: f64 = 5.0;

/// Draws the features of `plot`.
///
/// # Errors
/// If the drawing library fails.
pub fn feature_quality_plot(plot: &FeatureQualityPlot) -> Result<Plot, ReportError> {
    render(plot)
}

impl FeatureQualityPlot {
    fn bottom(&self) -> f64 {
        TOP + ROW * self.features.len() as f64 + 6.0
    }

    fn panel(&self, column: usize, x: (f64, f64)) -> Panel {
        let (left, right) = COLUMNS[column];
        Panel { edges: [left, TOP - 6.0, right, self.bottom()], x, y: (0.0, 1.0) }
    }

    /// The largest information coefficient or quartile, on a scale of at least a tenth.
    fn most_information(&self) -> f64 {
        let ends = self.features.iter().filter_map(|feature| feature.information).flat_map(|(value, quartiles)| {
            [value].into_iter().chain(quartiles.into_iter().flatten()).map(f64::abs).collect::<Vec<_>>()
        });
        1.1 * ends.fold(0.09, f64::max)
    }
}

impl Drawing for FeatureQualityPlot {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn caption(&self) -> String {
        format!(
            "{}. {} Spread: 5 to 95 % (line), middle half (box) and median (mark), in deviations from the mean. \
             Stationarity: augmented Dickey-Fuller statistic over its 5 % critical value, green where a unit root is \
             rejected. Information: rank correlation with the target, the line its quartiles over ten stretches. \
             Features with one letter have rank correlations of 0.9 and more.",
            self.title, self.subtitle
        )
    }

    fn size(&self) -> (u32, u32) {
        (1_270, (self.bottom() + 50.0) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        page.title(&self.title, &self.subtitle)?;
        for place in (1..self.features.len()).step_by(2) {
            let top = TOP + ROW * place as f64;
            page.rectangle((18.0, top), (COLUMNS[3].1, top + ROW), GRID, 0.35)?;
        }
        let most = self.most_information();
        let panels = [
            self.panel(0, (0.0, 1.0)),
            self.panel(1, (-MOST_DEVIATIONS, MOST_DEVIATIONS)),
            self.panel(2, (0.0, MOST_STATIONARITY)),
            self.panel(3, (-most, most)),
        ];
        let titles =
            ["coverage", "spread, in deviations", "stationarity, 1 = 5 % level", "information about the target"];
        for ((panel, title), wanted) in panels.iter().zip(titles).zip([2, 6, 5, 6]) {
            panel.x_axis(&page, wanted)?;
            panel.y_title(&page, title)?;
        }
        for (place, feature) in self.features.iter().enumerate() {
            let y = TOP + ROW * (place as f64 + 0.5);
            page.text(&short(&feature.name, 44), (316.0, y), Align::Right, INK)?;
            if let Some(cluster) = &feature.cluster {
                page.text(cluster, (338.0, y), Align::Centre, LADDER)?;
            }
            draw_feature(&page, &panels, feature, y)?;
        }
        Ok(())
    }
}

fn draw_feature<DB: DrawingBackend>(
    page: &Page<'_, DB>,
    [coverage, spread, stationarity, information]: &[Panel; 4],
    feature: &FeatureQualityLine,
    y: f64,
) -> Drawn<DB> {
    let bar = |panel: &Panel, value: f64| {
        let (zero, end) = (panel.at_x(0.0), panel.at_x(value));
        ((zero.min(end), y - 6.0), (zero.max(end), y + 6.0))
    };
    if let Some(share) = feature.coverage {
        let (from, to) = bar(coverage, share);
        page.rectangle(from, to, if share < 0.5 { LADDER } else { BASELINE }, 1.0)?;
    }
    if let Some(quantiles) = feature.spread {
        let [least, low, median, high, most] =
            quantiles.map(|value| spread.at_x(value.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS)));
        page.line(&[(least, y), (most, y)], MUTED, 1.0)?;
        page.rectangle((low, y - 5.0), (high, y + 5.0), CANDIDATE, 0.35)?;
        page.line(&[(median, y - 6.0), (median, y + 6.0)], CANDIDATE, 2.0)?;
    }
    if let Some(ratio) = feature.stationarity {
        let x = stationarity.at_x(ratio.clamp(0.0, MOST_STATIONARITY));
        page.dot((x, y), 4.5, if 1.0 < ratio { ORACLE } else { LADDER })?;
    }
    if let Some((value, quartiles)) = feature.information {
        let (from, to) = bar(information, value);
        page.rectangle(from, to, CANDIDATE, 1.0)?;
        if let Some([low, high]) = quartiles {
            page.line(&[(information.at_x(low), y), (information.at_x(high), y)], INK, 1.0)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{FeatureQualityLine, FeatureQualityPlot, feature_quality_plot};

    fn line(name: &str) -> FeatureQualityLine {
        FeatureQualityLine {
            name: name.to_owned(),
            cluster: None,
            coverage: Some(0.9),
            spread: Some([-9.0, -0.5, 0.0, 0.5, 2.0]),
            stationarity: Some(2.0),
            information: Some((-0.05, Some([-0.1, 0.02]))),
        }
    }

    #[test]
    fn every_feature_is_drawn_and_the_same_twice() {
        let empty = FeatureQualityLine {
            name: "rarely_there".to_owned(),
            coverage: None,
            spread: None,
            stationarity: None,
            information: None,
            ..line("")
        };
        let plot = FeatureQualityPlot {
            name: "quality".into(),
            title: "own-csv: quality of the features".into(),
            subtitle: "500 bars of the first training span".into(),
            features: vec![line("rsi(window=14)"), empty],
        };
        let drawn = feature_quality_plot(&plot).unwrap();
        assert!(drawn.svg.contains("rsi(window=14)") && drawn.svg.contains("rarely_there"));
        assert!(!drawn.svg.contains("NaN"));
        assert_eq!(drawn, feature_quality_plot(&plot).unwrap());
    }
}
