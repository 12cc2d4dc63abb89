//! Radial functions of an edge from the table.

use super::frame::{GROUP, entry};
use super::simd::Lanes;

/// Weights of the two knots around an edge's distance.
#[derive(Clone, Copy)]
pub struct Interpolation<S> {
    value: [S; 4],
    slope: [S; 4],
}

impl<S: Lanes> Interpolation<S> {
    /// The weights stored in a frame.
    #[inline(always)]
    pub unsafe fn of(frame: *const S::Scalar) -> Self {
        let mut weights = Self { value: [S::zero(); 4], slope: [S::zero(); 4] };
        for k in 0..4 {
            weights.value[k] = S::splat(unsafe { *frame.add((entry::VALUE_WEIGHTS + k) * GROUP) });
            weights.slope[k] = S::splat(unsafe { *frame.add((entry::SLOPE_WEIGHTS + k) * GROUP) });
        }
        weights
    }

    /// Value of the function at `knot` (its slope stands `slope` further, the next knot `knot_stride` further).
    #[inline(always)]
    pub unsafe fn value(&self, knot: *const S::Scalar, slope: usize, knot_stride: usize) -> S {
        let nodes = unsafe { load_nodes::<S>(knot, slope, knot_stride) };
        combine(&self.value, &nodes)
    }

    /// Value and derivative with respect to the distance.
    #[inline(always)]
    pub unsafe fn value_and_slope(&self, knot: *const S::Scalar, slope: usize, knot_stride: usize) -> (S, S) {
        let nodes = unsafe { load_nodes::<S>(knot, slope, knot_stride) };
        (combine(&self.value, &nodes), combine(&self.slope, &nodes))
    }

    /// Adds the gradient `g` of the value to the table's gradient.
    #[inline(always)]
    pub unsafe fn scatter(&self, knot: *mut S::Scalar, slope: usize, knot_stride: usize, g: S) {
        let places = [0, slope, knot_stride, knot_stride + slope];
        for k in 0..4 {
            unsafe {
                let place = knot.add(places[k]);
                S::load(place).fma(self.value[k], g).store(place);
            }
        }
    }
}

#[inline(always)]
unsafe fn load_nodes<S: Lanes>(knot: *const S::Scalar, slope: usize, knot_stride: usize) -> [S; 4] {
    unsafe {
        [
            S::load(knot),
            S::load(knot.add(slope)),
            S::load(knot.add(knot_stride)),
            S::load(knot.add(knot_stride + slope)),
        ]
    }
}

#[inline(always)]
fn combine<S: Lanes>(weights: &[S; 4], nodes: &[S; 4]) -> S {
    weights[0].mul(nodes[0]).fma(weights[1], nodes[1]).fma(weights[2], nodes[2]).fma(weights[3], nodes[3])
}
