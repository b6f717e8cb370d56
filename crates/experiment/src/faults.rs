//! Named places at which a process can be made to die, so that what a crash leaves behind can be tested on the program
//! that users run.

/// Ends the process at once, as a kill does, if the environment variable `SCALEOUT_FAULT` names this `point`.
pub(crate) fn point(point: &str) {
    if std::env::var_os("SCALEOUT_FAULT").is_some_and(|wanted| wanted.as_encoded_bytes() == point.as_bytes()) {
        std::process::abort();
    }
}
