//! Edge vectors: scalars of an edge times its harmonics.

use crate::LANES;
use crate::dispatch::Operation;
use crate::real::Real;
use crate::simd::Lanes;

/// G_j,lm = g_ij^l Y_lm(r_ij) for one receiver i and every sender j.
///
/// | field       | meaning                                                    |
/// |-------------|------------------------------------------------------------|
/// | `pairs`     | index of the pair (i, j) for each j                        |
/// | `edges`     | g `[pairs][degree + 1][2][channels]`                       |
/// | `harmonics` | Y `[senders][rows]`                                        |
/// | `out`       | G `[senders][rows][2][channels]`                           |
#[derive(Clone, Copy)]
pub struct Expand<'a, T> {
    pub pairs: &'a [u32],
    pub edges: *const T,
    pub harmonics: *const T,
    pub degree: usize,
    pub channels: usize,
    pub out: *mut T,
}

impl<T: Real> Operation<T> for Expand<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let c = self.channels;
        let rows = (self.degree + 1) * (self.degree + 1);
        for (j, &pair) in self.pairs.iter().enumerate() {
            for channel in (0..c).step_by(LANES) {
                for l in 0..=self.degree {
                    unsafe {
                        let g = self.edges.add((pair as usize * (self.degree + 1) + l) * 2 * c + channel);
                        let (re, im) = (S::load(g), S::load(g.add(c)));
                        for row in l * l..(l + 1) * (l + 1) {
                            let y = S::splat(*self.harmonics.add(j * rows + row));
                            let out = self.out.add((j * rows + row) * 2 * c + channel);
                            re.mul(y).store(out);
                            im.mul(y).store(out.add(c));
                        }
                    }
                }
            }
        }
    }
}

/// ∂E/∂g += Σ_m ∂E/∂G · Y and ∂E/∂Y += Re Σ_c ∂E/∂G · conj g for one receiver.
#[derive(Clone, Copy)]
pub struct ExpandBackward<'a, T> {
    pub pairs: &'a [u32],
    pub edges: *const T,
    pub harmonics: *const T,
    pub degree: usize,
    pub channels: usize,
    /// ∂E/∂G `[senders][rows][2][channels]`.
    pub gradient: *const T,
    /// ∂E/∂g, added to.
    pub edge_gradient: *mut T,
    /// ∂E/∂Y `[senders][rows]`, added to; null if it is not wanted.
    pub harmonic_gradient: *mut T,
}

impl<T: Real> Operation<T> for ExpandBackward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let c = self.channels;
        let rows = (self.degree + 1) * (self.degree + 1);
        for (j, &pair) in self.pairs.iter().enumerate() {
            for channel in (0..c).step_by(LANES) {
                for l in 0..=self.degree {
                    let place = (pair as usize * (self.degree + 1) + l) * 2 * c + channel;
                    unsafe {
                        let g = self.edges.add(place);
                        let (gr, gi) = (S::load(g), S::load(g.add(c)));
                        let (mut re, mut im) = (S::zero(), S::zero());
                        for row in l * l..(l + 1) * (l + 1) {
                            let y = S::splat(*self.harmonics.add(j * rows + row));
                            let d = self.gradient.add((j * rows + row) * 2 * c + channel);
                            let (dr, di) = (S::load(d), S::load(d.add(c)));
                            re = re.fma(dr, y);
                            im = im.fma(di, y);
                            if !self.harmonic_gradient.is_null() {
                                *self.harmonic_gradient.add(j * rows + row) += dr.mul(gr).fma(di, gi).sum();
                            }
                        }
                        let out = self.edge_gradient.add(place);
                        S::load(out).add(re).store(out);
                        S::load(out.add(c)).add(im).store(out.add(c));
                    }
                }
            }
        }
    }
}
