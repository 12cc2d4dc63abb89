//! The points of a mesh, and what their number alone decides.

use super::spline::attenuation;
use crate::damping::LARGEST;
use crate::lattice::Lattice;
use cormorant_core::system::vector::norm;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

/// Largest distance between points in units of the width of the Gaussians: waves that matter have four points a period and more.
pub const SPACING: f64 = 0.4;

/// Points along the three cell vectors, transforms of their lengths, and how much of each wave the splines leave.
#[derive(Clone)]
pub struct Grid {
    /// Numbers of points; that along the second cell vector is even.
    pub points: [usize; 3],
    /// Points that a site touches along an axis.
    pub order: usize,
    /// From points to waves, along each cell vector.
    pub forward: [Arc<dyn Fft<f64>>; 3],
    /// Back, without a factor.
    pub backward: [Arc<dyn Fft<f64>>; 3],
    /// By index in a transform: the number of periods, and the factor that makes up for two splines; 0 for the wave that two
    /// neighboring points cannot tell from its mirror image.
    pub waves: [Vec<(f64, f64)>; 3], // [points]
}

impl Grid {
    pub fn new(points: [usize; 3], order: usize) -> Self {
        let mut planner = FftPlanner::new();
        Self {
            points,
            order,
            forward: points.map(|count| planner.plan_fft_forward(count)),
            backward: points.map(|count| planner.plan_fft_inverse(count)),
            waves: points.map(|count| waves(order, count)),
        }
    }

    /// Length of a line of points that is continued by its start, so that no site touches beyond its end.
    pub fn stride(&self) -> usize {
        self.points[2] + self.order - 1
    }

    /// Room that any of the transforms needs.
    pub fn scratch(&self) -> usize {
        self.forward.iter().chain(&self.backward).map(|fft| fft.get_inplace_scratch_len()).max().unwrap_or(0)
    }

    /// Largest number of periods along a cell vector among the waves that count.
    pub fn largest(&self, axis: usize, lattice: &Lattice, smearing: f64) -> usize {
        let row = lattice.rows[axis];
        let largest = (LARGEST / smearing * norm(row) / TAU) as usize;
        largest.min((self.points[axis] - 1) / 2)
    }
}

impl fmt::Debug for Grid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Grid").field("points", &self.points).field("order", &self.order).finish_non_exhaustive()
    }
}

/// Numbers of points along the cell vectors that suit a cell and Gaussians of width `smearing` in Å.
pub fn points(lattice: &Lattice, smearing: f64, order: usize) -> [usize; 3] {
    let least = |row| (norm(row) / (SPACING * smearing)).ceil() as usize;
    let [a, b, c] = lattice.rows.map(|row| least(row).max(order)); // so that no site touches a point twice
    [smooth(a), 2 * smooth(b.div_ceil(2)), smooth(c)]
}

/// The least number from `least` on without a prime factor above 7: those transform fast.
fn smooth(least: usize) -> usize {
    let rest = |number: usize| {
        [2, 3, 5, 7].into_iter().fold(number, |mut rest, prime| {
            while rest % prime == 0 {
                rest /= prime;
            }
            rest
        })
    };
    (least..=2 * least).find(|number| rest(*number) == 1).unwrap_or(least)
}

fn waves(order: usize, points: usize) -> Vec<(f64, f64)> {
    let of = |index: usize| {
        let periods = if 2 * index < points { index as f64 } else { index as f64 - points as f64 };
        let factor = if 2 * index == points { 0.0 } else { attenuation(order, periods, points).powi(-2) };
        (periods, factor)
    };
    (0..points).map(of).collect()
}
