//! Dot products of the activations of two atoms.

use crate::LANES;
use crate::dispatch::Operation;
use crate::real::Real;
use crate::simd::Lanes;

/// d^l = Σ_m ψ_i,lm ψ_j,lm without conjugation (in the real basis that is the original's Σ (−1)^m ψ_m ψ_−m), for each pair.
///
/// | field         | meaning                                                   |
/// |---------------|-----------------------------------------------------------|
/// | `pairs`       | atoms i and j                                             |
/// | `activations` | ψ `[atoms][rows][2][channels]`, `atom_stride` apart       |
/// | `out`         | d `[pairs][degree + 1][2][channels]`, `out_stride` apart  |
#[derive(Clone, Copy)]
pub struct Dots<'a, T> {
    pub pairs: &'a [[u32; 2]],
    pub activations: *const T,
    pub atom_stride: usize,
    pub degree: usize,
    pub channels: usize,
    pub out: *mut T,
    pub out_stride: usize,
}

impl<T: Real> Operation<T> for Dots<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let c = self.channels;
        for (index, [i, j]) in self.pairs.iter().enumerate() {
            for channel in (0..c).step_by(LANES) {
                for l in 0..=self.degree {
                    let (mut re, mut im) = (S::zero(), S::zero());
                    unsafe {
                        let x = self.activations.add(*i as usize * self.atom_stride + channel);
                        let y = self.activations.add(*j as usize * self.atom_stride + channel);
                        for row in l * l..(l + 1) * (l + 1) {
                            let (xr, xi) = (S::load(x.add(row * 2 * c)), S::load(x.add(row * 2 * c + c)));
                            let (yr, yi) = (S::load(y.add(row * 2 * c)), S::load(y.add(row * 2 * c + c)));
                            re = re.fma(xr, yr).sub(xi.mul(yi));
                            im = im.fma(xr, yi).fma(xi, yr);
                        }
                        let out = self.out.add(index * self.out_stride + l * 2 * c + channel);
                        re.store(out);
                        im.store(out.add(c));
                    }
                }
            }
        }
    }
}

/// ∂E/∂ψ_i += ∂E/∂d · conj ψ_j, and the same with i and j exchanged.
#[derive(Clone, Copy)]
pub struct DotsBackward<'a, T> {
    pub pairs: &'a [[u32; 2]],
    pub activations: *const T,
    pub gradient: *mut T,
    pub atom_stride: usize,
    pub degree: usize,
    pub channels: usize,
    pub dots: *const T,
    pub dots_stride: usize,
}

impl<T: Real> Operation<T> for DotsBackward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let c = self.channels;
        for (index, [i, j]) in self.pairs.iter().enumerate() {
            for channel in (0..c).step_by(LANES) {
                for l in 0..=self.degree {
                    unsafe {
                        let dots = self.dots.add(index * self.dots_stride + l * 2 * c + channel);
                        let (dr, di) = (S::load(dots), S::load(dots.add(c)));
                        for row in l * l..(l + 1) * (l + 1) {
                            self.add::<S>(*i as usize, *j as usize, row, channel, dr, di);
                            self.add::<S>(*j as usize, *i as usize, row, channel, dr, di);
                        }
                    }
                }
            }
        }
    }
}

impl<T: Real> DotsBackward<'_, T> {
    #[inline(always)]
    unsafe fn add<S: Lanes<Scalar = T>>(&self, to: usize, from: usize, row: usize, channel: usize, dr: S, di: S) {
        let c = self.channels;
        unsafe {
            let y = self.activations.add(from * self.atom_stride + row * 2 * c + channel);
            let (yr, yi) = (S::load(y), S::load(y.add(c)));
            let out = self.gradient.add(to * self.atom_stride + row * 2 * c + channel);
            S::load(out).fma(dr, yr).fma(di, yi).store(out);
            S::load(out.add(c)).fma(di, yr).sub(dr.mul(yi)).store(out.add(c));
        }
    }
}
