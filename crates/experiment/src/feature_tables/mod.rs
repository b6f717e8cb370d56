//! Features as tables of their own: of a whole market, and of tapes too large for memory.

pub(crate) mod inputs;
pub(crate) mod table;
pub(crate) mod tape;
