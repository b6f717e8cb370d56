//! A panic of the program in one line: nothing raw reaches the user.

use std::{
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Mutex, PoisonError},
};

/// Where the program gave up last, and why.
static LAST: Mutex<String> = Mutex::new(String::new());

/// What `work` returns; where it panics, an error of one line that says where and why. A panic that is caught inside
/// `work`, because only a part of a report is lost, prints nothing. With `RUST_BACKTRACE` each is printed as usual.
pub(crate) fn in_one_line<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|panic| *LAST.lock().unwrap_or_else(PoisonError::into_inner) = line(panic)));
    }
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        Err(anyhow::anyhow!("a mistake in scaleout itself stopped it{last}; please report it with the command"))
    })
}

fn line(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
    format!("{place}: {}", panic.payload_as_str().unwrap_or("it does not say why"))
}

#[cfg(test)]
mod tests {
    use super::in_one_line;

    #[test]
    fn a_panic_is_an_error_of_one_line() {
        assert_eq!(in_one_line(|| Ok(5)).ok(), Some(5));
        let empty: &[u8] = &[];
        let error = in_one_line(|| Ok(empty[0])).map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(error.starts_with("a mistake in scaleout itself stopped it"), "{error}");
        assert!(!error.contains('\n') && error.ends_with("please report it with the command"), "{error}");
    }
}
