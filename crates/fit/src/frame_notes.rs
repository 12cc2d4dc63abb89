//! What there is to say of single frames, counted.

/// Remarks on frames, each once, with the number of frames and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FrameNotes {
    notes: Vec<(String, usize, usize)>,
}

impl FrameNotes {
    /// Note `remark` for `frame`, counted from 0.
    pub(super) fn add(&mut self, frame: usize, remark: impl Into<String>) {
        let remark = remark.into();
        match self.notes.iter_mut().find(|(known, ..)| *known == remark) {
            Some((_, count, _)) => *count += 1,
            None => self.notes.push((remark, 1, frame)),
        }
    }

    /// One sentence for each remark, of a file with `frames` frames.
    pub(super) fn sentences(&self, frames: usize) -> impl Iterator<Item = String> {
        self.notes.iter().map(move |(remark, count, first)| match *count {
            count if count == frames => format!("{remark} (all {frames} frames)"),
            1 => format!("{remark} (frame {first})"),
            count => format!("{remark} ({count} frames, the first is {first})"),
        })
    }
}
