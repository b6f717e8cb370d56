use super::features_mql5::features_mql5;
use crate::{Export, ExportError, ExportFile, Format, WhenOutOfRange, feature_code::columns, trade_inputs};

/// An expert advisor for MetaTrader 5.
pub struct Mql5;

impl Format for Mql5 {
    fn name(&self) -> &'static str {
        "mql5"
    }

    fn about(&self) -> &'static str {
        "ScaleoutExit.mq5: an expert for MetaTrader 5 that runs model.onnx as a resource"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        if 1 < export.model.layout.window {
            let reason = "a model that reads a window of bars; accepted: models of the present bar".to_owned();
            return Err(ExportError::NotPossible { format: "mql5", reason });
        }
        if export.contract.out_of_range == WhenOutOfRange::Fallback {
            let reason = "out_of_range = \"fallback\"; accepted: \"flag\"".to_owned();
            return Err(ExportError::NotPossible { format: "mql5", reason });
        }
        let features = features_mql5(export)?;
        let extra = columns(&export.model.layout.market);
        let lines: String = extra
            .iter()
            .enumerate()
            .map(|(place, name)| format!("   columns[{place}]=SoNan();   // give the value of `{name}` here\n"))
            .collect();
        let names = trade_inputs(export.model).len();
        let spacing = if names == 6 {
            "   trade[0][5]=(ExtTracked[at].last_sale<0 ? (float)SoNan() : (float)(ExtTracked[at].bars-ExtTracked[at].last_sale+1));\n"
        } else {
            ""
        };
        let clock = export
            .contract
            .decision
            .bar_seconds
            .map_or("the kind that the model was trained on".to_owned(), |seconds| {
                format!("{} minutes", seconds / 60.0)
            });
        let program = include_str!("../programs/ScaleoutExit.mq5")
            .replace("{version}", &export.contract.product_version)
            .replace("{clock}", &clock)
            .replace("{warm_up}", "500")
            .replace("{tranches}", &export.model.tranches.to_string())
            .replace("{columns}", &names.to_string())
            .replace("{extra_lines}", &lines)
            .replace("{extra}", &extra.len().to_string())
            .replace("{impact}", &format!("{:?}", export.contract.typical_trade.impact_r))
            .replace("{spacing}", spacing);
        Ok(vec![ExportFile::text("ScaleoutFeatures.mqh", features), ExportFile::text("ScaleoutExit.mq5", program)])
    }
}
