use scaleout_market::OutOfRange;
use serde::{Deserialize, Serialize};

use crate::{
    Span, Split, ValidationError,
    groups::{contiguous_groups, in_time_order},
    k_fold::split_of,
};

/// How combinatorial purged splits are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawConfig")]
pub struct CombinatorialConfig {
    /// Successive groups that time is cut into.
    pub groups: usize,
    /// Groups tested in each split.
    pub test_groups: usize,
    /// Time after each test block in which nothing is trained on.
    pub embargo_secs: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    groups: usize,
    test_groups: usize,
    #[serde(default)]
    embargo_secs: u64,
}

impl TryFrom<RawConfig> for CombinatorialConfig {
    type Error = ValidationError;

    fn try_from(raw: RawConfig) -> Result<Self, ValidationError> {
        Self { groups: raw.groups, test_groups: raw.test_groups, embargo_secs: raw.embargo_secs }.checked()
    }
}

impl CombinatorialConfig {
    /// The most groups: 16 over 8 are 12,870 splits.
    pub const MAX_GROUPS: usize = 16;

    /// The configuration itself, if `2 ≤ groups ≤ 16` and `1 ≤ test_groups < groups`.
    pub fn checked(self) -> Result<Self, ValidationError> {
        if !(2..=Self::MAX_GROUPS).contains(&self.groups) {
            return Err(OutOfRange::new("groups", self.groups, "2 to 16").into());
        }
        if !(1..self.groups).contains(&self.test_groups) {
            return Err(OutOfRange::new("test_groups", self.test_groups, "1 to groups − 1").into());
        }
        Ok(self)
    }
}

/// All ways to test on some groups and train on the others, and the whole histories they piece together into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CombinatorialSplits {
    /// Members of each group, in order of time.
    pub groups: Vec<Vec<usize>>,
    /// One split for each choice of test groups, in lexicographic order.
    pub splits: Vec<Split>,
    /// The groups tested in each split.
    pub tested: Vec<Vec<usize>>,
    /// `paths[p][g]` is the split whose test of group `g` belongs to path `p`: every path tests each group once.
    pub paths: Vec<Vec<usize>>,
}

/// Combinatorial purged cross-validation: C(groups, test_groups) splits and C(groups − 1, test_groups − 1) paths.
///
/// Source: López de Prado, *Advances in Financial Machine Learning* (2018), ch. 12.4. Errors when the
/// configuration is out of range or there are fewer different starts than groups.
pub fn combinatorial_purged(
    spans: &[Span],
    config: &CombinatorialConfig,
) -> Result<CombinatorialSplits, ValidationError> {
    let config = config.checked()?;
    let order = in_time_order(spans);
    let groups = contiguous_groups(spans, &order, config.groups, "combinatorial validation")?;
    let tested = choices(config.groups, config.test_groups);
    let embargo_ns = config.embargo_secs as i64 * 1_000_000_000;
    let splits = tested.iter().map(|groups_tested| split_of(spans, &groups, groups_tested, embargo_ns)).collect();

    let tests_of_group: Vec<Vec<usize>> = (0..config.groups)
        .map(|group| (0..tested.len()).filter(|&split| tested[split].contains(&group)).collect())
        .collect();
    let n_paths = tests_of_group[0].len();
    let paths = (0..n_paths).map(|path| tests_of_group.iter().map(|splits| splits[path]).collect()).collect();
    Ok(CombinatorialSplits { groups, splits, tested, paths })
}

/// All ways to choose `k` of `0..n`, in lexicographic order.
fn choices(n: usize, k: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut choice: Vec<usize> = (0..k).collect();
    loop {
        all.push(choice.clone());
        let Some(place) = (0..k).rev().find(|&place| choice[place] < n - k + place) else { return all };
        choice[place] += 1;
        for later in place + 1..k {
            choice[later] = choice[later - 1] + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::daily;

    fn check(groups: usize, test_groups: usize, n_splits: usize, n_paths: usize) {
        let config = CombinatorialConfig { groups, test_groups, embargo_secs: 0 };
        let cut = combinatorial_purged(&daily(60, 2), &config).unwrap();
        assert_eq!((cut.splits.len(), cut.paths.len()), (n_splits, n_paths));
        for path in &cut.paths {
            for (group, &split) in path.iter().enumerate() {
                assert!(cut.tested[split].contains(&group));
                assert!(cut.groups[group].iter().all(|member| cut.splits[split].test.contains(member)));
            }
        }
        let mut used: Vec<(usize, usize)> =
            cut.paths.iter().flat_map(|path| path.iter().copied().enumerate()).collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), n_paths * groups, "no test is used by two paths");
    }

    #[test]
    fn golden_counts_of_splits_and_paths() {
        check(6, 2, 15, 5);
        check(10, 3, 120, 36);
        check(5, 1, 5, 1);
    }

    #[test]
    fn training_rows_overlap_no_test_row() {
        let spans = daily(40, 4);
        let config = CombinatorialConfig { groups: 5, test_groups: 2, embargo_secs: 86_400 };
        for split in combinatorial_purged(&spans, &config).unwrap().splits {
            for &train in &split.train {
                assert!(split.test.iter().all(|&test| !spans[train].overlaps(spans[test])));
            }
            assert_eq!(split.train.len() + split.test.len() + split.purged + split.embargoed, 40);
        }
    }

    #[test]
    fn impossible_choices_are_refused() {
        let config = CombinatorialConfig { groups: 4, test_groups: 4, embargo_secs: 0 };
        assert!(combinatorial_purged(&daily(10, 1), &config).is_err());
        let config = CombinatorialConfig { groups: 12, test_groups: 2, embargo_secs: 0 };
        assert!(combinatorial_purged(&daily(10, 1), &config).is_err());
    }
}
