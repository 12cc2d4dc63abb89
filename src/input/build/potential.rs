//! A potential from its input.

use std::path::{Path, PathBuf};

use crate::input::{PotentialInput, Precision, Quantity, ShortRangeInput, SpringInput, TruncationInput};
use crate::model::Model;
use crate::potential::{Angle, Bond, Committee, Harmonic, LearnedPotential, LennardJones, Potential, Truncation};
use crate::system::{Element, System};
use crate::{Error, Result};

impl PotentialInput {
    /// The potential, ready for `system`.
    ///
    /// # Errors
    /// When the model cannot be loaded, or the numbers do not go together.
    pub fn build(&self, system: &System) -> Result<Box<dyn Potential>> {
        match self {
            Self::Learned { model, precision, threads, short_range } => {
                Ok(Box::new(walled(model, *precision, *threads, *short_range)?))
            }
            Self::Committee { models, precision, threads, short_range } => {
                let member = |model| -> Result<Box<dyn Potential>> {
                    Ok(Box::new(walled(model, *precision, *threads, *short_range)?))
                };
                Ok(Box::new(Committee::new(models.iter().map(member).collect::<Result<_>>()?)?))
            }
            Self::LennardJones { epsilon, sigma, cutoff, truncation, switch_from } => {
                let from = switch_from.as_ref().map_or(0.0, Quantity::value);
                let mut potential = LennardJones::new(cutoff.value(), truncation.at(from))?;
                let mut elements: Vec<Element> = system.elements.clone();
                elements.sort_unstable();
                elements.dedup();
                for (index, first) in elements.iter().enumerate() {
                    for second in &elements[index..] {
                        potential = potential.with(*first, *second, epsilon.value(), sigma.value())?;
                    }
                }
                Ok(Box::new(potential))
            }
            Self::Harmonic { bonds, angles } => {
                let bonds = bonds.iter().map(SpringInput::bond).collect::<Result<_>>()?;
                let angles = angles.iter().map(SpringInput::angle).collect::<Result<_>>()?;
                Ok(Box::new(Harmonic::new(bonds, angles)))
            }
        }
    }
}

impl TruncationInput {
    fn at(self, from: f64) -> Truncation {
        match self {
            Self::Plain => Truncation::Plain,
            Self::Shifted => Truncation::Shifted,
            Self::ShiftedForce => Truncation::ShiftedForce,
            Self::Switched => Truncation::Switched { from },
        }
    }
}

impl SpringInput {
    fn bond(&self) -> Result<Bond> {
        Ok(Bond { atoms: self.ends()?, stiffness: self.stiffness.value(), length: self.rest.value() })
    }

    fn angle(&self) -> Result<Angle> {
        Ok(Angle { atoms: self.ends()?, stiffness: self.stiffness.value(), angle: self.rest.value() })
    }

    /// The atoms counted from 0.
    fn ends<const N: usize>(&self) -> Result<[usize; N]> {
        let atoms: Vec<usize> = self.atoms.iter().filter_map(|atom| atom.checked_sub(1)).collect();
        atoms.try_into().map_err(|_| Error::Invalid(format!("a spring must name {N} atoms, counted from 1")))
    }
}

/// The potential of the model in `folder`.
///
/// # Errors
/// When the model cannot be loaded.
pub fn learned(folder: &Path, precision: Precision, threads: usize) -> Result<Box<dyn Potential>> {
    Ok(Box::new(network(folder, precision, threads)?))
}

/// The potential of the model in `folder`, with or without its wall at short distances.
fn walled(
    folder: &PathBuf,
    precision: Precision,
    threads: usize,
    short_range: ShortRangeInput,
) -> Result<LearnedPotential> {
    let potential = network(folder, precision, threads)?;
    Ok(match short_range {
        ShortRangeInput::Wall => potential,
        ShortRangeInput::None => potential.without_wall(),
    })
}

fn network(folder: &Path, precision: Precision, threads: usize) -> Result<LearnedPotential> {
    let precision = match precision {
        Precision::F32 => crate::potential::Precision::F32,
        Precision::F64 => crate::potential::Precision::F64,
    };
    let mut model = Model::load(folder)?;
    // Logs and restart files name the model, not the place where it happens to lie.
    if let Some(name) = folder.file_name() {
        model.path = name.into();
    }
    LearnedPotential::new(&model, precision, threads)
}
