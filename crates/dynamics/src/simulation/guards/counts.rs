//! What the guards have warned of.

use super::finding::{Finding, Guard};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// How often each guard warned, when first, and the worst it found. Part of a restart file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GuardCounts {
    counts: [Count; Guard::ALL.len()],
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Count {
    number: u64,
    first: u64,
    /// The worst finding and its step.
    worst: Option<(Finding, u64)>,
}

/// Numbers that a count is saved as.
const WIDTH: usize = 7;

impl GuardCounts {
    /// Note a finding at `step`; whether it is the first of its guard.
    pub(super) fn note(&mut self, finding: Finding, step: u64) -> bool {
        let count = &mut self.counts[finding.guard as usize];
        count.number += 1;
        if count.number == 1 {
            count.first = step;
        }
        if count.worst.is_none_or(|(worst, _)| finding.is_worse_than(&worst)) {
            count.worst = Some((finding, step));
        }
        count.number == 1
    }

    /// A line for each guard that warned; `beads` as in [`Finding::text`].
    #[must_use]
    pub fn lines(&self, elements: &[Element], beads: usize) -> Vec<String> {
        let line = |count: &Count| {
            let (worst, step) = count.worst?;
            let times = if count.number == 1 { "once".into() } else { format!("{} times", count.number) };
            Some(format!(
                "{times}, first at step {}, at worst at step {step}: {}",
                count.first,
                worst.text(elements, beads)
            ))
        };
        self.counts.iter().filter_map(line).collect()
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        self.counts
            .iter()
            .flat_map(|count| {
                let nothing = (Finding::new(Guard::Displacement, [0, 0], 0.0, 0.0), 0);
                let (worst, step) = count.worst.unwrap_or(nothing);
                let [one, other] = worst.atoms.map(|atom| atom as f64);
                [count.number as f64, count.first as f64, step as f64, one, other, worst.value, worst.limit]
            })
            .collect()
    }

    /// The tally that [`GuardCounts::state`] gave; an empty one from nothing. Older programs had fewer guards, in the same order.
    ///
    /// # Errors
    /// When the numbers are not as many as needed, or name an atom beyond `atoms`.
    pub fn from_state(state: &[f64], atoms: usize) -> Result<Self> {
        let mut tally = Self::default();
        if state.is_empty() {
            return Ok(tally);
        }
        if !state.len().is_multiple_of(WIDTH) || state.len() > WIDTH * Guard::ALL.len() {
            return Err(Error::Restart(format!("the saved warnings of the guards are {} numbers", state.len())));
        }
        for ((count, guard), saved) in tally.counts.iter_mut().zip(Guard::ALL).zip(state.chunks_exact(WIDTH)) {
            (count.number, count.first) = (saved[0] as u64, saved[1] as u64);
            let named = [saved[3] as usize, saved[4] as usize];
            if named.iter().any(|atom| *atom >= atoms) {
                return Err(Error::Restart("the saved warnings of the guards name an atom that is not there".into()));
            }
            let worst = Finding::new(guard, named, saved[5], saved[6]);
            count.worst = (count.number > 0).then_some((worst, saved[2] as u64));
        }
        Ok(tally)
    }
}
