use crate::{Span, ValidationError};

/// Indices of `spans` in order of time.
pub(crate) fn in_time_order(spans: &[Span]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&index| (spans[index], index));
    order
}

/// Cuts `order` (indices in order of time) into `count` successive groups of nearly equal size; spans that start at
/// the same moment are never parted.
pub(crate) fn contiguous_groups(
    spans: &[Span],
    order: &[usize],
    count: usize,
    what: &'static str,
) -> Result<Vec<Vec<usize>>, ValidationError> {
    let mut moments: Vec<&[usize]> = order.chunk_by(|&a, &b| spans[a].start() == spans[b].start()).collect();
    if moments.len() < count {
        return Err(ValidationError::TooFewSpans { what, got: moments.len(), needed: count });
    }
    let mut groups = Vec::with_capacity(count);
    let mut left = order.len();
    for groups_left in (1..=count).rev() {
        let target = left.div_ceil(groups_left);
        let spare_moments = moments.len() - groups_left;
        let mut group: Vec<usize> = Vec::with_capacity(target);
        let mut taken = 0;
        while groups_left == 1 && taken < moments.len() || taken <= spare_moments && group.len() < target {
            // Stop early where going on would overshoot by more than stopping falls short.
            let next = moments[taken].len();
            if taken > 0
                && groups_left > 1
                && group.len() + next > target
                && group.len() + next - target > target - group.len()
            {
                break;
            }
            group.extend_from_slice(moments[taken]);
            taken += 1;
        }
        moments.drain(..taken);
        left -= group.len();
        groups.push(group);
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::{daily, span};

    fn sizes(spans: &[Span], count: usize) -> Vec<usize> {
        let groups = contiguous_groups(spans, &in_time_order(spans), count, "a test").unwrap();
        assert_eq!(groups.concat(), in_time_order(spans));
        groups.iter().map(Vec::len).collect()
    }

    #[test]
    fn groups_differ_by_at_most_one() {
        assert_eq!(sizes(&daily(10, 1), 2), vec![5, 5]);
        assert_eq!(sizes(&daily(10, 1), 3), vec![4, 3, 3]);
        assert_eq!(sizes(&daily(3, 1), 3), vec![1, 1, 1]);
    }

    #[test]
    fn spans_that_start_together_stay_together() {
        let mut spans = vec![span(0, 1); 6];
        spans.extend([span(1, 2), span(2, 3)]);
        assert_eq!(sizes(&spans, 2), vec![6, 2]);
        assert_eq!(sizes(&spans, 3), vec![6, 1, 1]);
        let mut late = daily(2, 1);
        late.extend(vec![span(2, 3); 6]);
        assert_eq!(sizes(&late, 2), vec![2, 6]);
    }

    #[test]
    fn too_few_moments_are_refused() {
        let spans = vec![span(0, 1); 6];
        let refused = contiguous_groups(&spans, &in_time_order(&spans), 2, "a test");
        assert_eq!(refused, Err(ValidationError::TooFewSpans { what: "a test", got: 1, needed: 2 }));
    }
}
