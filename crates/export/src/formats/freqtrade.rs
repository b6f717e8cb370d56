use super::{features_py::features_py, plan_py::plan_py};
use crate::{Card, Export, ExportError, ExportFile, Format};

/// A strategy for freqtrade.
pub struct Freqtrade;

impl Format for Freqtrade {
    fn name(&self) -> &'static str {
        "freqtrade"
    }

    fn about(&self) -> &'static str {
        "ScaleoutStrategy.py: a freqtrade strategy that leaves by the model or the card"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let card = Card::of(export, "freqtrade").map(|card| plan_py(&card));
        let features = features_py(export);
        if let (Err(error), true) = (&card, features.is_err()) {
            return Err(ExportError::NotPossible { format: "freqtrade", reason: error.to_string() });
        }
        let program = include_str!("../programs/ScaleoutStrategy.py")
            .replace("{version}", &export.contract.product_version)
            .replace("{timeframe}", &timeframe(export)?)
            .replace("{can_short}", "False")
            .replace("{warm_up}", &warm_up(export).to_string());
        let mut files = vec![ExportFile::text("ScaleoutStrategy.py", program)];
        files.extend(card.ok().map(|text| ExportFile::text("scaleout_plan.py", text)));
        if let Ok(text) = features {
            files.push(ExportFile::text("scaleout_features.py", text));
            files.push(ExportFile::text("scaleout_model.py", include_str!("../programs/scaleout_model.py")));
        }
        Ok(files)
    }
}

/// The time frame in the words of freqtrade.
fn timeframe(export: &Export<'_>) -> Result<String, ExportError> {
    let seconds = export.contract.decision.bar_seconds.unwrap_or(0.0);
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        1 | 3 | 5 | 15 | 30 if (seconds - minutes as f64 * 60.0).abs() < 1.0 => Ok(format!("{minutes}m")),
        60 | 120 | 240 | 360 | 480 | 720 => Ok(format!("{}h", minutes / 60)),
        1_440 => Ok("1d".to_owned()),
        _ => Err(ExportError::NotPossible {
            format: "freqtrade",
            reason: format!("bars of {seconds} s; accepted: 1, 3, 5, 15, 30 minutes, 1, 2, 4, 6, 8, 12 hours, 1 day"),
        }),
    }
}

/// Candles before the first decision: the longest warm-up in bars, and some for averages to settle.
fn warm_up(export: &Export<'_>) -> usize {
    let bars = export.model.layout.market.iter().filter_map(|spec| match spec.warm_up() {
        Ok(scaleout_features::WarmUp::Bars(bars)) => Some(bars),
        Ok(scaleout_features::WarmUp::ByData(_)) | Err(_) => None,
    });
    bars.max().unwrap_or(1).max(30) * 3
}
