//! Named places at which a process can be made to die or a view to fail, so that what a crash leaves behind can be tested on the program
//! that users run.

/// Ends the process at once, as a kill does, if the environment variable `SCALEOUT_FAULT` names this `point`.
pub fn point(point: &str) {
    if is_wanted(point) {
        std::process::abort();
    }
}

/// Whether the environment variable `SCALEOUT_FAULT` names this `point`.
pub fn is_wanted(point: &str) -> bool {
    std::env::var_os("SCALEOUT_FAULT").is_some_and(|wanted| wanted.as_encoded_bytes() == point.as_bytes())
}
