//! The frames of a pass in batches.

/// Frames in the order of a pass, cut into batches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Batches {
    frames: Vec<u32>,
    /// Where each batch ends.
    ends: Vec<usize>,
}

impl Batches {
    /// Batches of `size` frames, the last one of what is left.
    pub(super) fn of(frames: Vec<u32>, size: usize) -> Self {
        let ends = (1..=frames.len().div_ceil(size)).map(|batch| (batch * size).min(frames.len())).collect();
        Self { frames, ends }
    }

    /// The batches of several lists in an order that `shuffle` gives; those of one list as they are.
    pub(super) fn together(lists: Vec<Self>, shuffle: impl FnOnce(&mut [u32])) -> Self {
        if lists.len() < 2 {
            return lists.into_iter().next().unwrap_or_default();
        }
        let batches: Vec<&[u32]> = lists.iter().flat_map(|list| (0..list.len()).filter_map(|n| list.get(n))).collect();
        let mut order: Vec<u32> = (0..batches.len() as u32).collect();
        shuffle(&mut order);
        let mut all = Self::default();
        for batch in order {
            all.frames.extend_from_slice(batches[batch as usize]);
            all.ends.push(all.frames.len());
        }
        all
    }

    /// The frames of batch `number`, counted from 0; none behind the last one.
    pub(super) fn get(&self, number: usize) -> Option<&[u32]> {
        let end = *self.ends.get(number)?;
        self.frames.get(self.frames_before(number)..end)
    }

    /// How many batches there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many frames are in the batches before this one.
    pub(super) fn frames_before(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |last| self.ends.get(last).copied().unwrap_or(self.frames.len()))
    }

    /// How many frames there are.
    pub(super) fn frames(&self) -> usize {
        self.frames.len()
    }
}
