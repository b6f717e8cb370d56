//! Ladders that a card may be: equal parts, each with a level and a time.

use scaleout_exits::{
    Fraction,
    policies::{AllOutStop, Offset, Plan, PolicyConfig, Rung, Schedule, Spacing, StopRule, TimeLimit, Trigger},
};

use crate::plan::task::PlanTask;

/// Levels of rungs, in R.
const LEVELS: [f64; 14] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0];

/// Bars of time limits.
const TIMES: [u32; 20] = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200];

/// Equal parts, each with a level and a time: places in [`LEVELS`] and [`TIMES`], or one beyond for none. Neither falls
/// from one part to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LadderCandidate {
    levels: Vec<usize>,
    times: Vec<usize>,
    stop: usize,
}

const STOPS: usize = 3;

impl LadderCandidate {
    fn parts(task: &PlanTask<'_>) -> usize {
        task.tranches.clamp(1, 4) as usize
    }

    fn times_before(task: &PlanTask<'_>) -> usize {
        TIMES.partition_point(|&bars| bars < task.horizon_bars)
    }

    /// Each part leaves when the model holds, on average, less than it.
    pub(super) fn by_time(task: &PlanTask<'_>) -> Self {
        let parts = Self::parts(task);
        let mean_held = |bar: usize| {
            let held = task.model.iter().filter_map(|outcome| outcome.held.get(bar));
            held.map(|held| held.as_f64()).sum::<f64>() / task.model.len() as f64
        };
        let times = (0..parts)
            .map(|part| {
                let left = 1.0 - (part as f64 + 0.5) / parts as f64;
                let bar = (0..task.horizon_bars).find(|&bar| mean_held(bar as usize) < left);
                bar.map_or(Self::times_before(task), |bar| {
                    TIMES.partition_point(|&time| time < bar).min(Self::times_before(task))
                })
            })
            .collect();
        Self { levels: vec![LEVELS.len(); parts], times, stop: 0 }
    }

    /// Each part leaves when `schedule` holds less than it.
    pub(super) fn by_schedule(schedule: &Schedule, task: &PlanTask<'_>) -> Self {
        let parts = Self::parts(task);
        let last = Self::times_before(task);
        let time_of = |part: usize| {
            let left = 1.0 - (part as f64 + 0.5) / parts as f64;
            let mut held = 1.0;
            let bar = schedule.sold.iter().position(|sold| {
                held -= sold.as_f64();
                held < left
            });
            bar.map_or(last, |bar| TIMES.partition_point(|&time| (time as usize) < bar).min(last))
        };
        Self { levels: vec![LEVELS.len(); parts], times: (0..parts).map(time_of).collect(), stop: 0 }
    }

    /// As by time, and each part leaves sooner at the gains at which the model took profits.
    pub(super) fn by_level(task: &PlanTask<'_>) -> Self {
        let legs = task.model.iter().flat_map(|outcome| {
            outcome.legs.iter().map(|leg| leg.gross.as_f64() / (outcome.one_r.as_f64() * leg.fraction.as_f64()))
        });
        let mut gains: Vec<f64> = legs.filter(|gain| LEVELS[0] <= *gain).collect();
        gains.sort_unstable_by(f64::total_cmp);
        let by_time = Self::by_time(task);
        let parts = by_time.levels.len();
        let level = |part: usize| {
            let gain = gains.get((part * gains.len() + gains.len() / 2) / parts);
            gain.map_or(LEVELS.len(), |gain| LEVELS.partition_point(|level| level < gain))
        };
        Self { levels: (0..parts).map(level).collect(), ..by_time }
    }

    /// Cards that differ in one thing: all parts together first, then each.
    pub(super) fn neighbours(&self, task: &PlanTask<'_>) -> Vec<Self> {
        let parts = self.levels.len();
        let mut candidates = Vec::new();
        let ranges = (0..=parts).map(|part| if part == 0 { 0..parts } else { part - 1..part });
        for range in ranges {
            for step in [-1_isize, 1, -3, 3] {
                let mut next = self.clone();
                shift(&mut next.levels, range.clone(), step, LEVELS.len());
                candidates.push(next);
                let mut next = self.clone();
                shift(&mut next.times, range.clone(), step, Self::times_before(task));
                candidates.push(next);
            }
        }
        candidates.extend((0..STOPS).filter(|&stop| stop != self.stop).map(|stop| Self { stop, ..self.clone() }));
        candidates
    }

    pub(super) fn policy(&self, task: &PlanTask<'_>) -> PolicyConfig {
        let parts = self.levels.len() as u32;
        let part = |count: usize| Fraction::ratio(count as u32, parts).expect("Invariant: at most all parts");
        let mut rungs: Vec<Rung> = Vec::new();
        let mut times: Vec<TimeLimit> = Vec::new();
        for (place, (&level, &time)) in self.levels.iter().zip(&self.times).enumerate() {
            let share = part(place + 1).saturating_sub(part(place));
            match (LEVELS.get(level), rungs.last_mut()) {
                (Some(&level), Some(last)) if last.level == level => {
                    last.fraction = [last.fraction, share].into_iter().sum();
                }
                (Some(&level), _) => rungs.push(Rung { level, fraction: share }),
                (None, _) => {}
            }
            let held = Fraction::ONE.saturating_sub(part(place + 1));
            match (TIMES.get(time).filter(|&&bars| bars < task.horizon_bars), times.last_mut()) {
                (Some(&bars), Some(last)) if last.bars == bars => last.held = held,
                (Some(&bars), _) => times.push(TimeLimit { bars, held }),
                (None, _) => {}
            }
        }
        if rungs.is_empty() && times.is_empty() {
            return PolicyConfig::AllOutStop(AllOutStop { stop: StopRule::Entry });
        }
        let stop = match self.stop {
            0 => StopRule::Entry,
            1 => StopRule::BreakEven { after: Trigger::Sales(1), offset: Offset::None },
            _ => StopRule::BreakEven { after: Trigger::GainR(1.0), offset: Offset::None },
        };
        PolicyConfig::Plan(Plan { rungs, spacing: Spacing::R, stop, times })
    }
}

/// Moves the places of `range` by `step` within 0..=`most`, and the others as far as the order asks.
fn shift(places: &mut [usize], range: std::ops::Range<usize>, step: isize, most: usize) {
    for place in range.clone() {
        places[place] = places[place].saturating_add_signed(step).min(most);
    }
    for place in range.end..places.len() {
        places[place] = places[place].max(places[place - 1]);
    }
    for place in (0..range.start).rev() {
        places[place] = places[place].min(places[place + 1]);
    }
}

#[cfg(test)]
mod tests {
    use super::shift;

    #[test]
    fn parts_stay_in_order() {
        let mut places = vec![2, 3, 3, 5];
        shift(&mut places, 1..2, 3, 6);
        assert_eq!(places, [2, 6, 6, 6]);
        shift(&mut places, 2..3, -5, 6);
        assert_eq!(places, [1, 1, 1, 6]);
    }
}
