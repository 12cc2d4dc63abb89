//! What is known of a trajectory beside its frames.

/// What a writer has to remember beyond its number of frames, so that continuing gives the bytes of never stopping.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrajectoryMemory {
    /// Edge in Å of the empty box that stands for no cell, or of the vacuum along open directions of a cell, chosen when the file
    /// was created.
    pub empty_box: Option<f64>,
    /// Step and time in ps of the first frame.
    pub first: Option<(u64, f64)>,
    /// Length of the file in bytes at the last [`TrajectoryWriter::flush`](super::TrajectoryWriter::flush).
    pub bytes: Option<u64>,
}

impl TrajectoryMemory {
    /// As numbers for a restart file; NaN stands for nothing.
    #[must_use]
    pub fn numbers(&self) -> [f64; 4] {
        let (step, time) = self.first.map_or((f64::NAN, f64::NAN), |(step, time)| (step as f64, time));
        [self.empty_box.unwrap_or(f64::NAN), step, time, self.bytes.map_or(f64::NAN, |bytes| bytes as f64)]
    }

    /// From the numbers of [`TrajectoryMemory::numbers`].
    #[must_use]
    pub fn from_numbers([edge, step, time, bytes]: [f64; 4]) -> Self {
        Self {
            empty_box: Some(edge).filter(|edge| !edge.is_nan()),
            first: Some((step as u64, time)).filter(|_| !step.is_nan()),
            bytes: Some(bytes as u64).filter(|_| !bytes.is_nan()),
        }
    }
}
