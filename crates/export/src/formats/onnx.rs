use crate::{
    Export, ExportError, ExportFile, Format,
    onnx::{Trees, has_trees, onnx},
};

/// The whole model, decision included, for ONNX runtimes.
pub struct Onnx;

impl Format for Onnx {
    fn name(&self) -> &'static str {
        "onnx"
    }

    fn about(&self) -> &'static str {
        "model.onnx: hold values and decision for ONNX runtimes (MetaTrader 5, Python, C#); of trees also \
         model-unrolled.onnx, without ai.onnx.ml"
    }

    fn is_part_of_runs(&self) -> bool {
        true
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        let file = |name: &str, trees| {
            onnx(export.model, export.contract, trees).map(|bytes| ExportFile { name: name.to_owned(), bytes })
        };
        let mut files = vec![file("model.onnx", Trees::Operator)?];
        if has_trees(&export.model.regressor) {
            files.push(file("model-unrolled.onnx", Trees::Unrolled)?);
        }
        Ok(files)
    }
}
