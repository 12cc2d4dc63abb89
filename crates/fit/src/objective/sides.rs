//! From which differences the gradient of errors of forces comes.

/// To which sides of a frame the network is evaluated for the gradient of the errors of its forces; see [`super::FrameEvaluation::accumulate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Both: an error of second order in the displacement.
    Both,
    /// The frame as it is, and displaced along the slope of the loss: an error of first order, and one evaluation and one gradient less.
    Ahead,
    /// The same against the slope. The errors of the two are opposite, so that they cancel where they take turns.
    Behind,
}

impl Sides {
    /// The side of a frame with this place in a step with this number.
    #[must_use]
    pub fn in_turn(step: u64, place: usize) -> Self {
        if (step + place as u64).is_multiple_of(2) { Self::Ahead } else { Self::Behind }
    }
}
