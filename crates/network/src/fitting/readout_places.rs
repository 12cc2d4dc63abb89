//! Where the readout is among the parameters of a network.

use std::ops::Range;

use super::Parameters;
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;

/// Where the readout is among the parameters of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadoutPlaces {
    ranges: Vec<Range<usize>>,
    plain: usize,
    readout: usize,
}

impl ReadoutPlaces {
    /// Those of a network with these parameters; none if nothing of it is a readout.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Option<Self> {
        let mut start = 0;
        let mut ranges = Vec::new();
        for block in &parameters.blocks {
            if block.is_readout() {
                ranges.push(start..start + block.size());
            }
            start += block.size();
        }
        let readout = ranges.iter().map(Range::len).sum();
        (readout > 0).then_some(Self { ranges, plain: start, readout })
    }

    /// The packed weights of the network with readout `number`, out of those with all readouts.
    #[must_use]
    pub fn plain<T: Copy>(&self, all: &[T], number: usize) -> Vec<T> {
        let mut plain = Vec::new();
        self.write_plain(all, number, &mut plain);
        plain
    }

    /// The same in place.
    pub(super) fn write_plain<T: Copy>(&self, all: &[T], number: usize, into: &mut Vec<T>) {
        into.clear();
        into.extend_from_slice(&all[..self.plain]);
        if number > 0 {
            let mut from = self.plain + (number - 1) * self.readout;
            for range in &self.ranges {
                into[range.clone()].copy_from_slice(&all[from..from + range.len()]);
                from += range.len();
            }
        }
    }

    /// The weights of the readout alone, out of the packed weights of a plain network.
    #[must_use]
    pub fn readout<T: Copy>(&self, plain: &[T]) -> Vec<T> {
        self.ranges.iter().flat_map(|range| &plain[range.clone()]).copied().collect()
    }

    /// The packed weights with all readouts: the body of a plain network, and these readouts.
    ///
    /// # Errors
    /// When one of the readouts is none of this network.
    pub fn joined<T: Copy>(&self, plain: &[T], readouts: &[Vec<T>]) -> Result<Vec<T>> {
        if plain.len() != self.plain || readouts.iter().any(|readout| readout.len() != self.readout) {
            return Err(Error::Invalid("the readouts of the theories are not of one network".into()));
        }
        let mut all = plain.to_vec();
        let Some((first, others)) = readouts.split_first() else { return Ok(all) };
        let mut from = 0;
        for range in &self.ranges {
            all[range.clone()].copy_from_slice(&first[from..from + range.len()]);
            from += range.len();
        }
        all.extend(others.iter().flatten());
        Ok(all)
    }

    /// The gradient with respect to all parameters from that with respect to those of the network with readout `number`.
    pub(super) fn write_gradient<P: Real>(&self, plain: &[P], number: usize, count: usize, into: &mut Vec<P>) {
        into.clear();
        into.extend_from_slice(plain);
        into.resize(self.plain + (count - 1) * self.readout, P::ZERO);
        if number > 0 {
            let mut to = self.plain + (number - 1) * self.readout;
            for range in &self.ranges {
                into[to..to + range.len()].copy_from_slice(&plain[range.clone()]);
                into[range.clone()].fill(P::ZERO);
                to += range.len();
            }
        }
    }
}
