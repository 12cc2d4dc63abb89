//! A potential from its input.

use std::path::PathBuf;
use std::sync::Arc;

use super::Models;
use super::constraints::from_zero;
use crate::settings::{
    AnchorInput, EndInput, PlaneInput, PotentialInput, Precision, Quantity, ShortRangeInput, Side, SphereInput,
    SpringInput, TruncationInput,
};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_network::Network;
use cormorant_potential::{
    Anchor, Angle, Bond, Committee, Dihedral, Harmonic, LearnedPotential, LennardJones, MeanOverBeads, Morse,
    Potential, StillingerWeber, Sum, Truncation, Wall, WallShape, Walls, Zbl,
};

impl PotentialInput {
    /// The potential, ready for `system`, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be loaded, or the numbers do not go together.
    pub fn build(&self, system: &System, networks: &Models) -> Result<Box<dyn Potential>> {
        let walled = |model: &PathBuf, precision: Precision, threads: usize, short_range: ShortRangeInput| {
            let potential = short_range.of(learned(networks.get(model)?.as_ref(), precision, threads)?);
            Ok(Box::new(potential) as Box<dyn Potential>)
        };
        match self {
            Self::Learned { model, precision, threads, short_range } => {
                walled(model, *precision, *threads, *short_range)
            }
            Self::Committee { models, precision, threads, short_range } => {
                let member = |model: &PathBuf| walled(model, *precision, *threads, *short_range);
                Ok(Box::new(Committee::new(models.iter().map(member).collect::<Result<_>>()?)?))
            }
            Self::LennardJones { epsilon, sigma, end, pairs } => {
                let mut potential = LennardJones::new(end.cutoff.value(), end.ending())?;
                if let (Some(epsilon), Some(sigma)) = (epsilon, sigma) {
                    let elements = elements(system);
                    for (index, first) in elements.iter().enumerate() {
                        for second in &elements[index..] {
                            potential = potential.with(*first, *second, epsilon.value(), sigma.value())?;
                        }
                    }
                }
                for pair in pairs {
                    let [first, second] = symbols(pair.elements)?;
                    potential = potential.with(first, second, pair.epsilon.value(), pair.sigma.value())?;
                }
                Ok(Box::new(potential))
            }
            Self::Morse { end, pairs } => {
                let mut potential = Morse::new(end.cutoff.value(), end.ending())?;
                for pair in pairs {
                    let [first, second] = symbols(pair.elements)?;
                    let (depth, width) = (pair.depth.value(), pair.width.value());
                    potential = potential.with(first, second, depth, width, pair.distance.value())?;
                }
                Ok(Box::new(potential))
            }
            Self::Zbl { switch_from, cutoff } => {
                Ok(Box::new(Zbl::new(&elements(system), switch_from.value(), cutoff.value())?))
            }
            Self::StillingerWeber { epsilon } => {
                let epsilon = epsilon.as_ref().map_or(StillingerWeber::PUBLISHED_EPSILON, Quantity::value);
                Ok(Box::new(StillingerWeber::silicon()?.with_epsilon(epsilon)?))
            }
            Self::Harmonic { bonds, angles, dihedrals, positions } => Ok(Box::new(Harmonic {
                bonds: bonds.iter().map(SpringInput::bond).collect::<Result<_>>()?,
                angles: angles.iter().map(SpringInput::angle).collect::<Result<_>>()?,
                dihedrals: dihedrals.iter().map(SpringInput::dihedral).collect::<Result<_>>()?,
                anchors: anchors(positions, system)?,
            })),
            Self::Walls { planes, spheres } => {
                let planes = planes.iter().map(PlaneInput::wall);
                Ok(Box::new(Walls::new(planes.chain(spheres.iter().map(SphereInput::wall)).collect())?))
            }
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.build(system, networks)).collect::<Result<_>>()?;
                Ok(Box::new(Sum::new(parts)))
            }
        }
    }
}

/// The elements of a system, each once.
fn elements(system: &System) -> Vec<Element> {
    let mut elements = system.elements.clone();
    elements.sort_unstable();
    elements.dedup();
    elements
}

fn symbols([first, second]: [&str; 2]) -> Result<[Element; 2]> {
    Ok([Element::from_symbol(first)?, Element::from_symbol(second)?])
}

fn place(lengths: &[Quantity; 3]) -> [f64; 3] {
    lengths.each_ref().map(Quantity::value)
}

fn anchors(inputs: &[AnchorInput], system: &System) -> Result<Vec<Anchor>> {
    let mut anchors = Vec::new();
    for input in inputs {
        for atom in from_zero(&input.atoms) {
            let start = system.positions.get(atom).ok_or_else(|| {
                let count = system.atom_count();
                Error::Invalid(format!("[potential] holds atom {} in place, but there are only {count}", atom + 1))
            })?;
            let position = input.position.as_ref().map_or(*start, place);
            anchors.push(Anchor { atom, force_constant: input.force_constant.value(), position });
        }
    }
    Ok(anchors)
}

impl PotentialInput {
    /// The networks that have a part in it: what can be compared with training data.
    ///
    /// # Errors
    /// When a model cannot be loaded.
    pub fn networks(&self, networks: &Models) -> Result<Vec<Arc<dyn Network>>> {
        match self {
            Self::Learned { model, .. } => Ok(vec![networks.get(model)?]),
            Self::Committee { models, .. } => models.iter().map(|model| networks.get(model)).collect(),
            Self::Sum(parts) => {
                let parts = parts.iter().map(|part| part.networks(networks)).collect::<Result<Vec<_>>>()?;
                Ok(parts.concat())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The mean of the potential over `beads` copies of `system`, each with caches of its own.
    ///
    /// # Errors
    /// As for [`PotentialInput::build`].
    pub fn build_rings(&self, system: &System, beads: usize, networks: &Models) -> Result<Box<dyn Potential>> {
        let (copies, threads) = match self {
            Self::Learned { model, precision, threads, short_range } => {
                let first = short_range.of(learned(networks.get(model)?.as_ref(), *precision, 1)?);
                let twin = |_| Box::new(first.twin()) as Box<dyn Potential>;
                ((0..beads).map(twin).collect(), *threads)
            }
            _ => ((0..beads).map(|_| self.build(system, networks)).collect::<Result<_>>()?, 1),
        };
        Ok(Box::new(MeanOverBeads::new(copies, threads)?))
    }
}

impl ShortRangeInput {
    /// `potential` with the wall or without.
    fn of(self, potential: LearnedPotential) -> LearnedPotential {
        match self {
            Self::Wall => potential,
            Self::None => potential.without_wall(),
        }
    }
}

impl PlaneInput {
    fn wall(&self) -> Wall {
        let shape = WallShape::Plane { point: place(&self.point), normal: self.normal };
        Wall { shape, force_constant: self.force_constant.value(), atoms: from_zero(&self.atoms) }
    }
}

impl SphereInput {
    fn wall(&self) -> Wall {
        let (center, radius) = (place(&self.center), self.radius.value());
        let shape = WallShape::Sphere { center, radius, inside: self.free == Side::Inside };
        Wall { shape, force_constant: self.force_constant.value(), atoms: from_zero(&self.atoms) }
    }
}

impl EndInput {
    fn ending(&self) -> Truncation {
        let from = self.switch_from.as_ref().map_or(0.0, Quantity::value);
        match self.truncation {
            TruncationInput::Plain => Truncation::Plain,
            TruncationInput::Shifted => Truncation::Shifted,
            TruncationInput::ShiftedForce => Truncation::ShiftedForce,
            TruncationInput::Switched => Truncation::Switched { from },
        }
    }
}

impl SpringInput {
    fn bond(&self) -> Result<Bond> {
        Ok(Bond { atoms: self.ends()?, force_constant: self.force_constant.value(), length: self.equilibrium.value() })
    }

    fn angle(&self) -> Result<Angle> {
        Ok(Angle { atoms: self.ends()?, force_constant: self.force_constant.value(), angle: self.equilibrium.value() })
    }

    fn dihedral(&self) -> Result<Dihedral> {
        Ok(Dihedral {
            atoms: self.ends()?,
            force_constant: self.force_constant.value(),
            angle: self.equilibrium.value(),
        })
    }

    /// The atoms counted from 0.
    fn ends<const N: usize>(&self) -> Result<[usize; N]> {
        from_zero(&self.atoms)
            .try_into()
            .map_err(|_| Error::Invalid(format!("a spring must name {N} atoms, counted from 1")))
    }
}

/// The potential of `network`, with its wall at short distances or without.
///
/// # Errors
/// When it gives no forces, or the threads cannot be started.
pub fn learned(network: &dyn Network, precision: Precision, threads: usize) -> Result<LearnedPotential> {
    let potential = LearnedPotential::new(network, precision.into(), threads)?;
    // Logs and restart files name the model, not the place where it happens to lie.
    Ok(match network.path().file_name() {
        Some(name) => potential.called(&name.to_string_lossy()),
        None => potential,
    })
}
