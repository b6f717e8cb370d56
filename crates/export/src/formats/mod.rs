//! One file a format.

pub(crate) mod backtesting;
pub(crate) mod exits_py;
pub(crate) mod features_mql5;
pub(crate) mod features_py;
pub(crate) mod freqtrade;
pub(crate) mod golden;
pub(crate) mod jesse;
pub(crate) mod ladder_json;
pub(crate) mod model_json;
pub(crate) mod mql5;
pub(crate) mod nautilus;
pub(crate) mod onnx;
pub(crate) mod pine;
pub(crate) mod plan_py;
pub(crate) mod safetensors;
pub(crate) mod vectorbt;
pub(crate) mod verify_py;
pub(crate) mod weights_json;
