//! Taking a position off: orders, fills, the ledger, exit policies and the objective they are judged by.

mod fraction;
mod objective;
mod orders;
mod outcome;
mod policy;
mod unit_path;

pub use fraction::Fraction;
pub use objective::{Objective, Utility};
pub use orders::{ExitOrders, LimitOrder};
pub use outcome::{ExitReason, Leg, Money, TradeOutcome};
pub use policy::{Decision, ExitPolicy};
pub use unit_path::{TradeTerms, UnitPath};
