//! What a command says to the shell.

/// What a command that did its work has to say to the shell.
pub(crate) enum Answer {
    Done,
    No,
}
