//! Memory on 64-byte boundaries: misaligned 64-byte loads halve the throughput of AVX-512.

use super::scalar::Scalar;

/// A growable array of zeros that starts on a 64-byte boundary.
#[derive(Clone, Default)]
pub struct Aligned<T> {
    chunks: Vec<Chunk<T>>,
    length: usize,
}

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Chunk<T>([T; 16]);

impl<T: Scalar> Aligned<T> {
    /// `length` zeros.
    #[must_use]
    pub fn zeros(length: usize) -> Self {
        Self { chunks: vec![Chunk([T::ZERO; 16]); length.div_ceil(16)], length }
    }

    /// Makes it `length` long; what is new is zero, what stays is unchanged. Never gives memory back.
    pub fn resize(&mut self, length: usize) {
        if length.div_ceil(16) > self.chunks.len() {
            self.chunks.resize(length.div_ceil(16), Chunk([T::ZERO; 16]));
        }
        self.length = length;
    }

    /// Sets everything to zero.
    pub fn fill_zero(&mut self) {
        self.as_mut_slice().fill(T::ZERO);
    }

    /// The numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        // A chunk is sixteen scalars without padding, and `length` never exceeds the chunks.
        unsafe { std::slice::from_raw_parts(self.chunks.as_ptr().cast(), self.length) }
    }

    /// The numbers, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        unsafe { std::slice::from_raw_parts_mut(self.chunks.as_mut_ptr().cast(), self.length) }
    }

    /// Start of the numbers.
    #[must_use]
    pub fn as_ptr(&self) -> *const T {
        self.chunks.as_ptr().cast()
    }

    /// Start of the numbers, to be changed.
    pub fn as_mut_ptr(&mut self) -> *mut T {
        self.chunks.as_mut_ptr().cast()
    }
}
