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
        let made = catch_unwind(AssertUnwindSafe(|| {
            fault(view)?;
            make()
        }));
        let reason = match made {
            Ok(Ok(made)) => return made,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the program gave up on it".to_owned(),
        };
        self.withheld.push(Withheld { view, reason });
        T::default()
    }
}

/// A failure that a test asks for.
fn fault(view: View) -> Result<(), ExperimentError> {
    let name = serde_json::to_value(view).expect("Invariant: the name of a view is text");
    if faults::is_wanted(&format!("view.{}", name.as_str().unwrap_or_default())) {
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
