//! What a report says beside the verdict. Where such a view cannot be made after learning, the result says so in its
//! place and stands.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use scaleout_data::faults;
use scaleout_report::{View, Withheld};

use crate::ExperimentError;

/// The views of a run that could not be made.
#[derive(Debug, Default)]
pub(crate) struct Views {
    pub(crate) withheld: Vec<Withheld>,
}

impl Views {
    /// What `make` makes; where it fails, or gives up with a panic, nothing, and the reason is kept.
    pub(crate) fn made<T: Default>(&mut self, view: View, make: impl FnOnce() -> Result<T, ExperimentError>) -> T {
        self.tried(view, make).unwrap_or_else(|reason| self.keep(view, reason))
    }

    /// The same of one part of several: its `name` is kept with the reason.
    pub(crate) fn made_of<T: Default>(
        &mut self,
        view: View,
        name: &str,
        make: impl FnOnce() -> Result<T, ExperimentError>,
    ) -> T {
        self.tried(view, make).unwrap_or_else(|reason| self.keep(view, format!("{name}: {reason}")))
    }

    fn tried<T>(&self, view: View, make: impl FnOnce() -> Result<T, ExperimentError>) -> Result<T, String> {
        let made = catch_unwind(AssertUnwindSafe(|| {
            fault(view)?;
            make()
        }));
        match made {
            Ok(made) => made.map_err(|error| error.to_string()),
            Err(_) => Err("the program gave up on it".to_owned()),
        }
    }

    fn keep<T: Default>(&mut self, view: View, reason: String) -> T {
        self.withheld.push(Withheld { view, reason });
        T::default()
    }
}

/// A failure, or a panic, that a test asks for.
fn fault(view: View) -> Result<(), ExperimentError> {
    let name = serde_json::to_value(view).expect("Invariant: the name of a view is text");
    let point = format!("view.{}", name.as_str().unwrap_or_default());
    assert!(!faults::is_wanted(&format!("{point}.panic")), "SCALEOUT_FAULT asks for this panic");
    if faults::is_wanted(&point) {
        let source = io::Error::other("SCALEOUT_FAULT asks for this failure");
        return Err(ExperimentError::Io { path: PathBuf::from("view"), source });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use scaleout_report::{View, Withheld};

    use super::Views;
    use crate::ExperimentError;

    #[test]
    fn what_cannot_be_made_is_kept_with_its_reason() {
        let mut views = Views::default();
        assert_eq!(views.made(View::Paths, || Ok(vec![1])), [1]);
        let fails = || Err::<Vec<u8>, _>(ExperimentError::Event { message: "no room".into() });
        assert!(views.made(View::Lots, fails).is_empty());
        let empty: &[u8] = &[];
        assert_eq!(views.made(View::Importance, || Ok(empty[0])), 0);
        let [lots, importance] = &views.withheld[..] else { panic!("{views:?}") };
        assert_eq!(lots.view, View::Lots);
        assert!(lots.reason.contains("no room"), "{lots:?}");
        let gave_up = Withheld { view: View::Importance, reason: "the program gave up on it".into() };
        assert_eq!(*importance, gave_up);
    }
}
