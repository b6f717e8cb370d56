use crate::{
    Span, Split, ValidationError,
    groups::{contiguous_groups, in_time_order},
};
use scaleout_market::OutOfRange;

/// `folds` successive test blocks, each with the purged and embargoed rest to train on: for tuning inside a
/// training span, where training on later data is allowed.
///
/// Source: López de Prado (2018), ch. 7.4. Errors when `folds` is below 2 or above the number of different starts.
pub fn purged_k_fold(spans: &[Span], folds: usize, embargo_ns: i64) -> Result<Vec<Split>, ValidationError> {
    if folds < 2 {
        return Err(OutOfRange::new("folds", folds, "2 or more").into());
    }
    let order = in_time_order(spans);
    let groups = contiguous_groups(spans, &order, folds, "k-fold validation")?;
    Ok((0..folds).map(|fold| split_of(spans, &groups, &[fold], embargo_ns)).collect())
}

/// The split that tests on the groups `tested` and trains on all the others.
pub(crate) fn split_of(spans: &[Span], groups: &[Vec<usize>], tested: &[usize], embargo_ns: i64) -> Split {
    let part = |wanted: bool| -> Vec<usize> {
        let of_part = groups.iter().enumerate().filter(|(group, _)| tested.contains(group) == wanted);
        of_part.flat_map(|(_, members)| members.iter().copied()).collect()
    };
    Split::purged(spans, &part(false), part(true), embargo_ns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::daily;

    #[test]
    fn golden_two_folds_of_five() {
        let splits = purged_k_fold(&daily(10, 2), 2, 0).unwrap();
        assert_eq!(splits[0].train, vec![6, 7, 8, 9]);
        assert_eq!(splits[1].train, vec![0, 1, 2, 3]);
        assert_eq!((splits[0].purged, splits[1].purged), (1, 1));
    }

    #[test]
    fn every_row_is_tested_once() {
        let mut tested: Vec<usize> =
            purged_k_fold(&daily(23, 3), 4, 0).unwrap().into_iter().flat_map(|split| split.test).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..23).collect::<Vec<_>>());
    }

    #[test]
    fn one_fold_is_refused() {
        assert!(purged_k_fold(&daily(10, 2), 1, 0).is_err());
    }
}
