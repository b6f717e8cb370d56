use super::{features_py::features_py, plan_py::plan_py};
use crate::{Card, Export, ExportError, ExportFile, Format};

/// Programs for backtesting.py: the plan card, and the model where its features have code.
pub struct Backtesting;

impl Format for Backtesting {
    fn name(&self) -> &'static str {
        "backtesting"
    }

    fn about(&self) -> &'static str {
        "plan_backtesting.py and model_backtesting.py: the card and the model in backtesting.py"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let instrument = &export.contract.instrument;
        let filled = |text: &str| {
            text.replace("{commission}", &format!("{:?}", instrument.fees.taker_rate))
                .replace("{tick}", &format!("{:?}", instrument.tick_size))
        };
        let card = Card::of(export, "backtesting").map(|card| {
            let program = filled(include_str!("../programs/plan_backtesting.py"));
            [ExportFile::text("scaleout_plan.py", plan_py(&card)), ExportFile::text("plan_backtesting.py", program)]
        });
        let model = features_py(export).map(|features| {
            let program = filled(include_str!("../programs/model_backtesting.py"));
            [
                ExportFile::text("scaleout_features.py", features),
                ExportFile::text("scaleout_model.py", include_str!("../programs/scaleout_model.py")),
                ExportFile::text("model_backtesting.py", program),
            ]
        });
        match (card, model) {
            (Err(error), Err(_)) => Err(error),
            (card, model) => Ok(card.into_iter().flatten().chain(model.into_iter().flatten()).collect()),
        }
    }
}
