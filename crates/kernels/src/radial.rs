//! Radial functions of an edge from the table.

use super::LANES;
use super::frame::{GROUP, entry};
use super::simd::Lanes;

/// Weights of the two knots around a distance: of the difference of their values, of the slope at the lower and of that at the upper.
/// The weights of both values add up to one, and those for the derivative to zero.
#[derive(Clone, Copy)]
pub struct Interpolation<S> {
    value: [S; 3],
    slope: [S; 3],
}

/// Where a knot has the channels from `block` on of its first function, and how far apart its `functions` are: they stand side by side for
/// sixteen channels at a time, of which a vector may hold half.
#[inline(always)]
pub fn place_in_table(channels: usize, functions: usize, block: usize) -> (usize, usize) {
    let lanes = LANES.min(channels);
    let within = block % lanes;
    ((block - within) * functions + within, lanes)
}

/// What stands at both knots: value and slope at the lower, then at the upper.
type Nodes<S> = [S; 4];

impl<S: Lanes> Interpolation<S> {
    /// The weights stored in a frame.
    #[inline(always)]
    pub unsafe fn of(frame: *const S::Scalar) -> Self {
        unsafe {
            Self {
                value: [
                    splat_entry(frame, entry::VALUE_WEIGHTS + 2),
                    splat_entry(frame, entry::VALUE_WEIGHTS + 1),
                    splat_entry(frame, entry::VALUE_WEIGHTS + 3),
                ],
                slope: [
                    splat_entry(frame, entry::SLOPE_WEIGHTS + 2),
                    splat_entry(frame, entry::SLOPE_WEIGHTS + 1),
                    splat_entry(frame, entry::SLOPE_WEIGHTS + 3),
                ],
            }
        }
    }

    /// Value of the function at `knot` (its slope stands `slope` further, the next knot `knot_stride` further).
    #[inline(always)]
    pub unsafe fn value(&self, knot: *const S::Scalar, slope: usize, knot_stride: usize) -> S {
        let nodes = unsafe { load_nodes::<S>(knot, slope, knot_stride) };
        self.value_of(&nodes, nodes[2].sub(nodes[0]))
    }

    /// Value and derivative with respect to the distance.
    #[inline(always)]
    pub unsafe fn value_and_slope(&self, knot: *const S::Scalar, slope: usize, knot_stride: usize) -> (S, S) {
        let nodes = unsafe { load_nodes::<S>(knot, slope, knot_stride) };
        let difference = nodes[2].sub(nodes[0]);
        let derivative = self.slope[0].mul(difference).fma(self.slope[1], nodes[1]).fma(self.slope[2], nodes[3]);
        (self.value_of(&nodes, difference), derivative)
    }

    #[inline(always)]
    fn value_of(&self, nodes: &Nodes<S>, difference: S) -> S {
        nodes[0].fma(self.value[0], difference).fma(self.value[1], nodes[1]).fma(self.value[2], nodes[3])
    }

    /// Adds the gradient `g` of the value to the table's gradient.
    #[inline(always)]
    pub unsafe fn scatter(&self, knot: *mut S::Scalar, slope: usize, knot_stride: usize, g: S) {
        unsafe {
            let upper = self.value[0].mul(g);
            let place = knot;
            S::load(place).add(g.sub(upper)).store(place);
            let place = knot.add(slope);
            S::load(place).fma(self.value[1], g).store(place);
            let place = knot.add(knot_stride);
            S::load(place).add(upper).store(place);
            let place = knot.add(knot_stride + slope);
            S::load(place).fma(self.value[2], g).store(place);
        }
    }
}

#[inline(always)]
unsafe fn splat_entry<S: Lanes>(frame: *const S::Scalar, entry: usize) -> S {
    S::splat(unsafe { *frame.add(entry * GROUP) })
}

#[inline(always)]
unsafe fn load_nodes<S: Lanes>(knot: *const S::Scalar, slope: usize, knot_stride: usize) -> Nodes<S> {
    unsafe {
        [
            S::load(knot),
            S::load(knot.add(slope)),
            S::load(knot.add(knot_stride)),
            S::load(knot.add(knot_stride + slope)),
        ]
    }
}
