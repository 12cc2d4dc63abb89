//! Reading a saved state.

use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// Takes the numbers of a saved state one after the other.
#[derive(Debug)]
pub struct StateReader<'a> {
    rest: &'a [f64],
}

impl<'a> StateReader<'a> {
    /// A reader at the first number.
    #[must_use]
    pub fn new(state: &'a [f64]) -> Self {
        Self { rest: state }
    }

    /// The next number.
    ///
    /// # Errors
    /// When there is none.
    pub fn number(&mut self) -> Result<f64> {
        self.numbers(1).map(|found| found[0])
    }

    /// The next number, which counts something.
    ///
    /// # Errors
    /// When there is none, or it is no whole number from 0 to 2⁵³.
    pub fn count(&mut self) -> Result<u64> {
        let number = self.number()?;
        if number.fract() == 0.0 && (0.0..=9.007_199_254_740_992e15).contains(&number) {
            return Ok(number as u64);
        }
        Err(Error::Restart(format!("a saved analysis has {number} where a count is expected")))
    }

    /// The next `count` numbers.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn numbers(&mut self, count: usize) -> Result<&'a [f64]> {
        let parted = self.rest.split_at_checked(count);
        let (found, rest) = parted.ok_or_else(|| Error::Restart("a saved analysis is too short".into()))?;
        self.rest = rest;
        Ok(found)
    }

    /// The next 3 · `count` numbers as vectors.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn vectors(&mut self, count: usize) -> Result<Vec<[f64; 3]>> {
        Ok(self.numbers(3 * count)?.chunks_exact(3).map(|v| [v[0], v[1], v[2]]).collect())
    }

    /// The next `count` numbers as the atomic numbers of elements.
    ///
    /// # Errors
    /// When there are fewer, or one is no atomic number.
    pub fn elements(&mut self, count: usize) -> Result<Vec<Element>> {
        let element = |number: &f64| {
            let found = Some(*number).filter(|number| number.fract() == 0.0 && (1.0..=118.0).contains(number));
            found
                .and_then(|number| Element::from_number(number as u8))
                .ok_or_else(|| Error::Restart(format!("a saved analysis has {number} where an element is expected")))
        };
        self.numbers(count)?.iter().map(element).collect()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// When something is.
    pub fn end(self) -> Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Error::Restart(format!("a saved analysis has {} numbers too many", self.rest.len())))
    }
}
