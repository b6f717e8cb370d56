//! The registry of vendors' own files: one folder (or file) and one line each.
//!
//! The line gives the key under which a config or a `metadata.json` names the files, the variant, and the type that
//! stands under the key. That type implements [`Source`]; nothing else names the format.

pub(crate) mod binance;
pub(crate) mod lean;
pub(crate) mod lobster;

pub use binance::BinanceConfig;
pub use lean::{Day, LeanConfig, Resolution, Security, Session};
pub use lobster::LobsterConfig;

use crate::source::Source;

/// Hands every line of the registry to the macro `$then`.
macro_rules! vendors {
    ($then:ident) => {
        $then! {
            lean => Lean(crate::vendors::lean::LeanConfig),
            binance => Binance(crate::vendors::binance::BinanceConfig),
            lobster => Lobster(crate::vendors::lobster::LobsterConfig),
        }
    };
}
pub(crate) use vendors;

macro_rules! define {
    ($($key:ident => $variant:ident($config:ty),)+) => {
        /// Files in a vendor's own format.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Vendor {
            $(
                #[doc = concat!("What stands under the key `", stringify!($key), "`.")]
                $variant($config),
            )+
        }

        impl Vendor {
            /// The keys of all formats, in the order of the registry.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key)),+];

            /// The key it stands under.
            pub(crate) const fn key(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => stringify!($key),)+
                }
            }

            /// What reads the files.
            pub(crate) fn source(&self) -> &dyn Source {
                match self {
                    $(Self::$variant(config) => config,)+
                }
            }
        }
    };
}
vendors!(define);
