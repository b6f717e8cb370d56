//! One file a format.

pub(crate) mod golden;
pub(crate) mod ladder_json;
pub(crate) mod model_json;
pub(crate) mod onnx;
pub(crate) mod safetensors;
pub(crate) mod verify_py;
pub(crate) mod weights_json;
