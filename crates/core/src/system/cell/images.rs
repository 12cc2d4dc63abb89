//! Periodic images of positions and vectors.

use super::Cell;
use crate::system::vector::{difference, dot, norm, plus};

/// Two vectors in Å that are nearer than this are the same image.
const SAME_IMAGE: f64 = 1.0e-6;

impl Cell {
    /// Which image of the cell a position is in: position = wrapped position + image · B. Always 0 along open directions.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a position 2³¹ cells away saturates; nothing sensible is there"
    )]
    pub fn image(&self, position: [f64; 3]) -> [i32; 3] {
        let fraction = self.fractional(position);
        [0, 1, 2].map(|k| if self.periodic[k] { fraction[k].floor() as i32 } else { 0 })
    }

    /// The same position moved into the cell along the repeating directions.
    #[must_use]
    pub fn wrap(&self, position: [f64; 3]) -> [f64; 3] {
        let shift = self.cartesian(self.image(position).map(f64::from));
        [position[0] - shift[0], position[1] - shift[1], position[2] - shift[2]]
    }

    /// The image of `position` that is nearest to `place`; with its own bits where it is the nearest one itself.
    #[must_use]
    pub fn image_near(&self, position: [f64; 3], place: [f64; 3]) -> [f64; 3] {
        let direct = difference(position, place);
        let nearest = self.nearest_image(direct);
        if norm(difference(nearest, direct)) < SAME_IMAGE { position } else { plus(place, 1.0, nearest) }
    }

    /// The shortest of all periodic images of `vector`, exact for cells of any shape.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the ranges are a few cells wide")]
    pub fn nearest_image(&self, vector: [f64; 3]) -> [f64; 3] {
        let fraction = self.fractional(vector);
        let reduced = [0, 1, 2].map(|k| if self.periodic[k] { fraction[k] - fraction[k].round() } else { fraction[k] });
        let mut best = self.cartesian(reduced);
        // A shorter vector has |fraction_k| ≤ length / height_k: that bounds the images worth trying.
        let reach = norm(best);
        let bounds = self.heights().map(|height| reach / height);
        let range = |k: usize| {
            if self.periodic[k] {
                (reduced[k] - bounds[k]).ceil() as i32..=(reduced[k] + bounds[k]).floor() as i32
            } else {
                0..=0
            }
        };
        for i in range(0) {
            for j in range(1) {
                for k in range(2) {
                    let fraction = [reduced[0] - f64::from(i), reduced[1] - f64::from(j), reduced[2] - f64::from(k)];
                    let candidate = self.cartesian(fraction);
                    if dot(candidate, candidate) < dot(best, best) {
                        best = candidate;
                    }
                }
            }
        }
        best
    }
}
