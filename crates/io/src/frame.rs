//! One configuration as it is in a file.

use super::{Column, ReadOptions, Species, Value};
use cormorant_core::system::{Cell, ElectronicState, Element, System};
use cormorant_core::units::ANGSTROM_PER_PICOSECOND;
use cormorant_core::{Error, Result};

/// Atoms, cell and whatever else a structure or trajectory file says about one frame.
///
/// Positions are in Å in every format. `properties` and `columns` are as written in the file, in the units of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    /// Chemical element of each atom; `[atoms]`.
    pub elements: Vec<Element>,
    /// Positions in Å; `[atoms][3]`.
    pub positions: Vec<[f64; 3]>,
    /// Velocities in Å/ps, where the format fixes their unit; `[atoms][3]`.
    pub velocities: Option<Vec<[f64; 3]>>,
    /// The cell, which knows along which of its vectors it repeats; in a file that may be none.
    pub cell: Option<Cell>,
    /// Step number, where the format has one.
    pub step: Option<u64>,
    /// Time in ps, where the format has one.
    pub time: Option<f64>,
    /// `key=value` pairs of an extended XYZ comment, in their order, without `Lattice`, `Properties` and `pbc`.
    pub properties: Vec<(String, Value)>,
    /// Name, width w and values `[atoms × w]` of extended XYZ columns, without species and positions.
    pub columns: Vec<(String, usize, Column)>,
    /// The comment of an XYZ file that is not extended.
    pub comment: String,
    /// Total charge and spin as the user states them beside the file.
    pub state: ElectronicState,
    /// Atoms that the file names as isotopes (`D`), with their masses in u.
    pub isotopes: Vec<(usize, f64)>,
    /// Mass of every atom in u, where a column states them; they count before those of isotopes.
    pub masses: Option<Vec<f64>>,
    /// Whether atoms have fewer bonds in the file than their valence, so that hydrogens are missing.
    pub lacks_hydrogens: bool,
    /// What a user should know of how the frame was read.
    pub notes: Vec<String>,
    /// Velocities that the file holds and that are not used: why, and what makes them count.
    pub unused_velocities: Option<String>,
    /// Keys that the comment gives twice with different values; the last value counts.
    pub repeated: Vec<String>,
    /// Numbers behind the position of each atom of an XYZ file that is not extended, where every atom has as many; `[atoms][k]`.
    pub trailing: Vec<Vec<f64>>,
}

impl Frame {
    /// The value of a frame property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A frame property that is one number, e.g. `number("energy")`.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.property(name)?.reals()?.as_slice() {
            [number] => Some(*number),
            _ => None,
        }
    }

    /// A frame property that is a tensor: nine numbers row by row, or six in the order xx yy zz yz xz xy.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<[[f64; 3]; 3]> {
        match *self.property(name)?.reals()?.as_slice() {
            [xx, yy, zz, yz, xz, xy] => Some([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]),
            [a, b, c, d, e, f, g, h, i] => Some([[a, b, c], [d, e, f], [g, h, i]]),
            _ => None,
        }
    }

    /// A column of one number for each atom, e.g. `numbers("charges")`.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        self.reals(name, 1)
    }

    /// Columns that are a vector for each atom, e.g. `vectors("forces")`.
    #[must_use]
    pub fn vectors(&self, name: &str) -> Option<Vec<[f64; 3]>> {
        Some(self.reals(name, 3)?.chunks_exact(3).map(|v| [v[0], v[1], v[2]]).collect())
    }

    fn reals(&self, name: &str, width: usize) -> Option<Vec<f64>> {
        let (_, _, column) = self.columns.iter().find(|(key, columns, _)| key == name && *columns == width)?;
        match column {
            Column::Reals(values) => Some(values.clone()),
            Column::Integers(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Column::Text(_) | Column::Logicals(_) => None,
        }
    }

    /// The element of each atom, with its mass where that is not the standard atomic weight.
    #[must_use]
    pub fn species(&self) -> Vec<Species> {
        let own = |(element, mass): (&Element, f64)| Species {
            element: *element,
            mass: Some(mass).filter(|mass| *mass != element.mass()),
        };
        self.elements.iter().zip(self.atom_masses()).map(own).collect()
    }

    /// Take over velocities of which one unit is `unit` Å/ps, or as many as the user says where the format leaves it open.
    pub(super) fn set_velocities(
        &mut self,
        place: &str,
        velocities: Vec<[f64; 3]>,
        unit: Option<f64>,
        options: &ReadOptions,
    ) {
        match unit.or(options.velocity_unit) {
            Some(unit) => {
                self.velocities = Some(velocities.iter().map(|velocity| velocity.map(|x| x * unit)).collect());
            }
            None => {
                self.unused_velocities = Some(format!(
                    "{place}: the file does not give the unit of these velocities, so they are not used; set it with velocity_unit = \
                     \"Å/ps\" (or \"Å/fs\", \"nm/ps\", \"bohr/atomic time\") in [structure]"
                ));
            }
        }
    }

    /// Velocities among the columns of an extended XYZ file: momenta of ASE, whose unit √(u·eV) is fixed, or a column whose unit
    /// the user gives.
    pub(super) fn find_velocities(&mut self, options: &ReadOptions) {
        if self.velocities.is_some() {
            return;
        }
        if let Some(momenta) = self.vectors("momenta").filter(|_| options.velocity_unit.is_none()) {
            let masses = self.atom_masses();
            let velocity = |(momentum, mass): (&[f64; 3], f64)| momentum.map(|x| x / mass / ANGSTROM_PER_PICOSECOND);
            self.velocities = Some(momenta.iter().zip(masses).map(velocity).collect());
            return;
        }
        for name in ["velo", "vel", "vels", "velocity", "velocities", "v"] {
            if let Some(velocities) = self.vectors(name) {
                return self.set_velocities(&format!("column {name}"), velocities, None, options);
            }
        }
    }

    /// The frame as a system with its total charge and spin, at rest unless the file says velocities in a unit that is certain.
    ///
    /// # Errors
    /// When total charge or spin make no sense or are stated differently by the user, a velocity is not finite, or [`System::new`] refuses.
    pub fn into_system(self) -> Result<System> {
        let state = self.electronic_state().and_then(|stated| stated.and(self.state)).map_err(Error::Structure)?;
        let (cell, masses) = (self.repeating_cell(), self.atom_masses());
        let mut system = System::new(self.elements, self.positions, cell)?;
        system.state = state;
        system.masses = masses;
        if let Some(velocities) = &self.velocities {
            for (atom, velocity) in velocities.iter().enumerate().take(system.atom_count()) {
                if let Some(value) = velocity.iter().find(|x| !x.is_finite()) {
                    return Err(Error::Structure(format!("the velocity of atom {} is {value}", atom + 1)));
                }
                system.momenta[atom] = velocity.map(|x| x * ANGSTROM_PER_PICOSECOND * system.masses[atom]);
            }
        }
        Ok(system)
    }

    /// The cell if it repeats in any direction.
    #[must_use]
    pub fn repeating_cell(&self) -> Option<Cell> {
        self.cell.filter(|cell| cell.dimensions() > 0)
    }
}
