//! Products of complex matrices, channel by channel.

use crate::LANES;
use crate::dispatch::Operation;
use crate::real::Real;
use crate::simd::Lanes;

/// out[a, b] = Σ_k x[a, k] · y[b, k], complex, for each channel by itself.
///
/// | field        | meaning                                                            |
/// |--------------|--------------------------------------------------------------------|
/// | `x`, `y`     | first real part; the imaginary part lies `channels` further        |
/// | `x_strides`  | distance of neighboring a, of neighboring k                      |
/// | `y_strides`  | distance of neighboring b, of neighboring k                      |
/// | `out_strides`| distance of neighboring a, of neighboring b                      |
/// | `sizes`      | numbers of a, b, k                                                 |
/// | `conjugate`  | y is conjugated                                                    |
/// | `add`        | the result is added to what is in `out`                        |
#[derive(Clone, Copy)]
pub struct ChannelProduct<T> {
    pub x: *const T,
    pub x_strides: [usize; 2],
    pub y: *const T,
    pub y_strides: [usize; 2],
    pub out: *mut T,
    pub out_strides: [usize; 2],
    pub sizes: [usize; 3],
    pub channels: usize,
    pub conjugate: bool,
    pub add: bool,
}

impl<T: Real> Operation<T> for ChannelProduct<T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        for channel in (0..self.channels).step_by(LANES) {
            let mut a = 0;
            while a < self.sizes[0] {
                let four = self.sizes[0] - a >= 4;
                let mut b = 0;
                while b < self.sizes[1] {
                    let two = self.sizes[1] - b >= 2;
                    unsafe {
                        match (four, two, self.conjugate) {
                            (true, true, false) => self.block::<S, 4, 2, false>(a, b, channel),
                            (true, true, true) => self.block::<S, 4, 2, true>(a, b, channel),
                            (true, false, false) => self.block::<S, 4, 1, false>(a, b, channel),
                            (true, false, true) => self.block::<S, 4, 1, true>(a, b, channel),
                            (false, true, false) => self.block::<S, 1, 2, false>(a, b, channel),
                            (false, true, true) => self.block::<S, 1, 2, true>(a, b, channel),
                            (false, false, false) => self.block::<S, 1, 1, false>(a, b, channel),
                            (false, false, true) => self.block::<S, 1, 1, true>(a, b, channel),
                        }
                    }
                    b += if two { 2 } else { 1 };
                }
                a += if four { 4 } else { 1 };
            }
        }
    }
}

impl<T: Real> ChannelProduct<T> {
    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const A: usize, const B: usize, const CONJUGATE: bool>(
        &self,
        a: usize,
        b: usize,
        channel: usize,
    ) {
        let imaginary = self.channels;
        let mut re = [[S::zero(); B]; A];
        let mut im = [[S::zero(); B]; A];
        unsafe {
            let x = self.x.add(a * self.x_strides[0] + channel);
            let y = self.y.add(b * self.y_strides[0] + channel);
            for k in 0..self.sizes[2] {
                let mut factors = [[S::zero(); 3]; B];
                for (j, factor) in factors.iter_mut().enumerate() {
                    let place = y.add(j * self.y_strides[0] + k * self.y_strides[1]);
                    let (real, imag) = (S::load(place), S::load(place.add(imaginary)));
                    *factor = [real, imag, S::zero().sub(imag)];
                }
                for i in 0..A {
                    let place = x.add(i * self.x_strides[0] + k * self.x_strides[1]);
                    let (real, imag) = (S::load(place), S::load(place.add(imaginary)));
                    for j in 0..B {
                        let [yr, yi, minus] = factors[j];
                        if CONJUGATE {
                            re[i][j] = re[i][j].fma(real, yr).fma(imag, yi);
                            im[i][j] = im[i][j].fma(imag, yr).fma(real, minus);
                        } else {
                            re[i][j] = re[i][j].fma(real, yr).fma(imag, minus);
                            im[i][j] = im[i][j].fma(real, yi).fma(imag, yr);
                        }
                    }
                }
            }
            for i in 0..A {
                for j in 0..B {
                    let place = self.out.add((a + i) * self.out_strides[0] + (b + j) * self.out_strides[1] + channel);
                    if self.add {
                        S::load(place).add(re[i][j]).store(place);
                        S::load(place.add(imaginary)).add(im[i][j]).store(place.add(imaginary));
                    } else {
                        re[i][j].store(place);
                        im[i][j].store(place.add(imaginary));
                    }
                }
            }
        }
    }
}
