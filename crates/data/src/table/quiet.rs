//! Panics of a library as errors: it panics on files that it should refuse.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`caught`].
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What `work` returns, or the words of its panic, which is not printed.
///
/// `work` must leave nothing behind that is used after a panic.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                usual(info);
            }
        }));
    });
    let outer = CAUGHT.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    result.map_err(|panic| format!("the reader gave up on it: {}", words(panic.as_ref())))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why")
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_becomes_its_words() {
        assert_eq!(caught(|| 5), Ok(5));
        let empty: &[u8] = &[];
        let words = caught(|| empty[0]).unwrap_err();
        assert!(words.starts_with("the reader gave up on it: index out of bounds"), "{words}");
    }
}
