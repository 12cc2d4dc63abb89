//! What the kernels of atoms share: some atoms to a workgroup, one thread for each channel of each.
//!
//! A matrix multiplies the channels of an atom's rows: they stand in the memory of the workgroup (`tile`), each thread makes its own channel.

use cormorant_kernels::network::{Layout, Shape};
use cormorant_so3::rows;

use super::code::{Code, Kernel, Parameter};
use super::dialect::Dialect;

/// A kernel over atoms.
pub struct AtomKernel<'a> {
    /// Language.
    pub dialect: Dialect,
    /// Sizes of the network.
    pub shape: &'a Shape,
    /// Places of its weights.
    pub layout: &'a Layout,
    /// The layer that it computes.
    pub layer: usize,
    /// Numbers of an atom in the memory of its workgroup.
    pub tile: usize,
}

/// Atoms of a workgroup.
pub fn atoms_of_group(channels: usize) -> usize {
    (64 / channels).max(1)
}

impl AtomKernel<'_> {
    /// The kernel: `body` for channel `c` of `atom`, which must be computed where `alive` and only then written.
    pub fn emit(&self, name: &str, parameters: Vec<Parameter>, body: impl FnOnce(&mut Code)) -> Kernel {
        let c = self.shape.channels;
        let atoms = atoms_of_group(c);
        let arrays = [("tile", atoms * self.tile)];
        let mut code = Code::begin(self.dialect, name, parameters, atoms * c, &arrays);
        code.whole("c", &format!("t % {c}u"));
        code.whole("corner", &format!("(t / {c}u) * {}u", self.tile));
        code.whole("wanted", &format!("group * {atoms}u + t / {c}u"));
        // Threads without an atom repeat the last one, so that all meet at the barriers; they write nothing.
        code.whole("atom", "min(wanted, counts[0] - 1u)");
        code.whole("own", &format!("atom * {}u + c", rows(self.shape.max_degree) * c));
        code.whole("kind", "species[atom]");
        // Read, so that no compiler writes every loop out: for minutes, with nothing gained.
        code.whole("channels", &format!("counts[{}]", 1 + self.shape.layers));
        body(&mut code);
        code.end()
    }

    /// Puts rows `{from}0`, ... of all channels into the tile.
    pub fn share(&self, code: &mut Code, count: usize, from: impl Fn(usize) -> String) {
        code.barrier();
        for r in 0..count {
            code.line(&format!("tile[corner + {}u + c] = {};", r * self.shape.channels, from(r)));
        }
        code.barrier();
    }

    /// Adds matrices of each degree, `[copies][channels][channels]` at `offsets` of `weights`, times the rows in the tile to `{to}0`, ...
    pub fn mix(&self, code: &mut Code, weights: &str, offsets: &[usize], by_element: bool, to: &str) {
        let c = self.shape.channels;
        let copy = if by_element { format!("kind * {}u + ", c * c) } else { String::new() };
        code.each("k", "0u", "channels", "1u");
        for (l, offset) in offsets.iter().enumerate() {
            code.number(&format!("m{l}"), &format!("{weights}[{offset}u + {copy}k * {c}u + c]"));
            for r in l * l..(l + 1) * (l + 1) {
                code.line(&format!("{to}{r} = fma(tile[corner + {}u + k], m{l}, {to}{r});", r * c));
            }
        }
        code.close();
    }

    /// Writes a value for each row to `buffer`, from `start` on.
    pub fn store(&self, code: &mut Code, buffer: &str, start: &str, value: impl Fn(usize) -> String) {
        for r in 0..self.shape.rows() {
            code.line(&format!("{buffer}[{start} + {}u] = {};", r * self.shape.channels, value(r)));
        }
    }
}
