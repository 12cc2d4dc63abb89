//! Potentials without networks, from what was read of them.

use super::{
    AnchorInput, EndInput, LennardJonesPairInput, MorsePairInput, PlaneInput, Side, SphereInput, SpringInput,
    TruncationInput,
};
use crate::settings::{Quantity, from_zero};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_potential::{
    Anchor, Angle, Bond, Dihedral, Harmonic, LennardJones, Morse, Truncation, Wall, WallShape, Walls,
};

/// Lennard-Jones with parameters for `all` pairs of elements of `system`, and for listed ones.
pub(super) fn lennard_jones(
    all: Option<(&Quantity, &Quantity)>,
    end: &EndInput,
    pairs: &[LennardJonesPairInput],
    system: &System,
) -> Result<LennardJones> {
    let mut potential = LennardJones::new(end.cutoff.value(), end.ending())?;
    let listed = pairs.iter().map(|pair| symbols(pair.elements)).collect::<Result<Vec<_>>>()?;
    if all.is_none() {
        require_listed(&listed, system, "give it, or `epsilon` and `sigma` for all pairs that are not listed")?;
    }
    if let Some((epsilon, sigma)) = all {
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
    Ok(potential)
}

/// Morse with parameters for listed pairs, which must be all of `system`.
pub(super) fn morse(end: &EndInput, pairs: &[MorsePairInput], system: &System) -> Result<Morse> {
    let listed = pairs.iter().map(|pair| symbols(pair.elements)).collect::<Result<Vec<_>>>()?;
    require_listed(&listed, system, "give it")?;
    let mut potential = Morse::new(end.cutoff.value(), end.ending())?;
    for pair in pairs {
        let [first, second] = symbols(pair.elements)?;
        let (depth, width) = (pair.depth.value(), pair.width.value());
        potential = potential.with(first, second, depth, width, pair.distance.value())?;
    }
    Ok(potential)
}

/// Springs; those of positions without one hold atoms where `system` has them.
pub(super) fn harmonic(
    [bonds, angles, dihedrals]: [&[SpringInput]; 3],
    positions: &[AnchorInput],
    system: &System,
) -> Result<Harmonic> {
    Ok(Harmonic {
        bonds: bonds.iter().map(SpringInput::bond).collect::<Result<_>>()?,
        angles: angles.iter().map(SpringInput::angle).collect::<Result<_>>()?,
        dihedrals: dihedrals.iter().map(SpringInput::dihedral).collect::<Result<_>>()?,
        anchors: anchors(positions, system)?,
    })
}

/// Walls.
pub(super) fn walls(planes: &[PlaneInput], spheres: &[SphereInput]) -> Result<Walls> {
    let planes = planes.iter().map(PlaneInput::wall);
    Walls::new(planes.chain(spheres.iter().map(SphereInput::wall)).collect())
}

/// The elements of a system, each once.
pub(super) fn elements(system: &System) -> Vec<Element> {
    let mut elements = system.elements.clone();
    elements.sort_unstable();
    elements.dedup();
    elements
}

/// Refuses `pairs` that lack one of the elements of `system`.
fn require_listed(pairs: &[[Element; 2]], system: &System, remedy: &str) -> Result<()> {
    let elements = elements(system);
    for (index, first) in elements.iter().enumerate() {
        for second in &elements[index..] {
            if !pairs.iter().any(|pair| *pair == [*first, *second] || *pair == [*second, *first]) {
                let what = format!("`pairs` in [potential] lists no {first} with {second}, which the structure holds");
                return Err(Error::Invalid(format!("{what}; {remedy}")));
            }
        }
    }
    Ok(())
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
            // The image nearest to where the atom starts: a file may have its atoms on either side of the cell.
            let image = |position| system.cell.map_or(position, |cell| cell.image_near(position, *start));
            let position = input.position.as_ref().map_or(*start, |stated| image(place(stated)));
            anchors.push(Anchor { atom, force_constant: input.force_constant.value(), position });
        }
    }
    Ok(anchors)
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
