use crate::{Export, ExportError, ExportFile, Format};

/// A script that compares the ONNX file with the golden rows.
pub struct VerifyPy;

impl Format for VerifyPy {
    fn name(&self) -> &'static str {
        "verify-py"
    }

    fn about(&self) -> &'static str {
        "verify.py: checks model.onnx against golden.csv with onnxruntime and NumPy alone"
    }

    fn is_part_of_runs(&self) -> bool {
        true
    }

    fn files(&self, _export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("verify.py", include_str!("verify.py"))])
    }
}
