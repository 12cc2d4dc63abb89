//! What a search finds, receiver by receiver.

use std::collections::HashMap;
use std::ops::Range;

use super::grid::Grid;

/// More candidates than this are refused: they would not fit into memory.
pub(super) const MOST: usize = 400_000_000;

/// Candidates of some receivers in a row. Shifts are numbered as they appear; the first is zero.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// End of the candidates of each receiver.
    pub(super) ends: Vec<usize>,
    /// Sender of each candidate, and the number of its shift.
    pub(super) senders: Vec<u32>,
    pub(super) shift_ids: Vec<u32>,
    /// Distinct shifts.
    pub(super) shifts: Vec<[i32; 3]>,
    numbers: HashMap<[i32; 3], u32>,
    /// How many receivers it took to find more than [`MOST`].
    pub(super) too_many: Option<usize>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            senders: Vec::new(),
            shift_ids: Vec::new(),
            shifts: vec![[0; 3]],
            numbers: HashMap::from([([0; 3], 0)]),
            too_many: None,
        }
    }
}

impl Found {
    /// Forgets all, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.senders.clear();
        self.shift_ids.clear();
        self.shifts.truncate(1);
        self.numbers.retain(|shift, _| *shift == [0; 3]);
        self.too_many = None;
    }

    /// Adds what is around `receivers`; with `half` only one of each two directions.
    pub(super) fn search(&mut self, grid: &Grid, receivers: Range<usize>, half: bool) {
        let mut latest = ([0; 3], 0);
        let mut around: Vec<(u32, [i32; 3])> = Vec::new();
        for receiver in receivers {
            around.clear();
            grid.around(receiver, half, &mut around);
            around.sort_unstable();
            for &(sender, shift) in &around {
                if shift != latest.0 {
                    latest = (shift, self.number(shift));
                }
                self.senders.push(sender);
                self.shift_ids.push(latest.1);
            }
            self.ends.push(self.senders.len());
            if self.senders.len() > MOST {
                self.too_many = Some(self.ends.len());
                return;
            }
        }
    }

    /// Adds what was found for the receivers that follow.
    pub(super) fn append(&mut self, next: Self) {
        if self.too_many.is_some() {
            return;
        }
        let numbers: Vec<u32> = next.shifts.iter().map(|shift| self.number(*shift)).collect();
        let before = self.senders.len();
        self.ends.extend(next.ends.iter().map(|end| before + end));
        self.senders.extend_from_slice(&next.senders);
        self.shift_ids.extend(next.shift_ids.iter().map(|id| numbers[*id as usize]));
        if self.senders.len() > MOST {
            self.too_many = Some(self.ends.len());
        }
    }

    fn number(&mut self, shift: [i32; 3]) -> u32 {
        let next = u32::try_from(self.shifts.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(shift).or_insert_with(|| {
            self.shifts.push(shift);
            next
        })
    }
}
