//! One frame on its way into a trajectory.

use super::{AtomNumbers, FrameNumbers};
use cormorant_core::system::{Cell, ElectronicState, System};
use cormorant_core::units::{ANGSTROM_PER_PICOSECOND, PICOSECOND};

/// What is written of a system at one step; owned, so that the writer's thread can take it.
///
/// | field        | unit  | shape        |
/// |--------------|-------|--------------|
/// | `time`       | ps    | scalar       |
/// | `positions`  | Å     | `[atoms][3]` |
/// | `velocities` | Å/ps  | `[atoms][3]` |
/// | `forces`     | eV/Å  | `[atoms][3]` |
/// | `energy`     | eV    | scalar       |
/// | `stress`     | eV/Å³ | `[3][3]`, −virial / volume, where all three directions repeat |
/// | `virial`     | eV    | `[3][3]`, −∂E/∂strain, where a direction is open and there is no volume |
/// | `energy_spread` | eV | scalar, over a committee |
/// | `force_spread` | eV/Å | `[atoms]`, over a committee |
/// | `charges`    | e     | `[atoms]`, of a potential that has some |
/// | `masses`     | u     | `[atoms]`, where some are not standard atomic weights |
/// | `dipole`     | e·Å   | `[3]`, of all atoms, of a potential that has charges |
#[derive(Debug, Clone, PartialEq)]
pub struct TrajectoryFrame {
    /// Step number.
    pub step: u64,
    /// Time in ps.
    pub time: f64,
    /// Positions in Å.
    pub positions: Vec<[f64; 3]>,
    /// Velocities in Å/ps, if they are to be written.
    pub velocities: Option<Vec<[f64; 3]>>,
    /// The cell.
    pub cell: Option<Cell>,
    /// Total charge and spin, as far as they are stated.
    pub state: ElectronicState,
    /// Potential energy in eV, if it is to be written.
    pub energy: Option<f64>,
    /// Forces in eV/Å, if they are to be written.
    pub forces: Option<Vec<[f64; 3]>>,
    /// Stress in eV/Å³, if it is to be written.
    pub stress: Option<[[f64; 3]; 3]>,
    /// Virial in eV of a system without a volume, if it is to be written.
    pub virial: Option<[[f64; 3]; 3]>,
    /// Standard deviation of the energy in eV over a committee, if it is to be written.
    pub energy_spread: Option<f64>,
    /// Standard deviation of the force on each atom in eV/Å over a committee, if it is to be written.
    pub force_spread: Option<Vec<f64>>,
    /// Mass of each atom in u, if they are to be written.
    pub masses: Option<Vec<f64>>,
    /// Charge of each atom in e, if they are to be written.
    pub charges: Option<Vec<f64>>,
    /// Dipole of all atoms in e·Å about the center of mass, if it is to be written.
    pub dipole: Option<[f64; 3]>,
    /// Instruction set whose rounding the numbers have, if it is to be written.
    pub instruction_set: Option<&'static str>,
    /// Graphics processor whose rounding they have, if it is to be written.
    pub device: Option<String>,
    /// Grade of extrapolation and closest contact over the shortest in training, if they are to be written; NaN where nothing is known.
    pub extrapolation: Option<[f64; 2]>,
    /// Further numbers of the frame, if they are to be written.
    pub numbers: Option<FrameNumbers>,
    /// Further columns of the atoms.
    pub columns: Vec<AtomNumbers>,
    /// Further keys of the comment with their values as text.
    pub keys: Vec<(&'static str, String)>,
}

/// The key of the comments that says how many beads the rings of a frame have; the atoms of one bead come after those of the other.
pub const BEADS: &str = "beads";

impl TrajectoryFrame {
    /// Positions, cell, total charge and spin of a system, and its masses where a reader could not know them by the elements.
    #[must_use]
    pub fn new(system: &System) -> Self {
        let time = system.time / PICOSECOND;
        let masses = (!system.has_standard_masses()).then(|| system.masses.clone());
        let frame = Self::of_positions(system.positions.clone(), system.cell);
        Self { step: system.step, time, state: system.state, masses, ..frame }
    }

    /// Positions in Å and a cell, and nothing else.
    #[must_use]
    pub fn of_positions(positions: Vec<[f64; 3]>, cell: Option<Cell>) -> Self {
        Self {
            step: 0,
            time: 0.0,
            positions,
            velocities: None,
            cell,
            state: ElectronicState::default(),
            energy: None,
            forces: None,
            stress: None,
            virial: None,
            energy_spread: None,
            force_spread: None,
            masses: None,
            charges: None,
            dipole: None,
            instruction_set: None,
            device: None,
            extrapolation: None,
            numbers: None,
            columns: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The same with the velocities of the system.
    #[must_use]
    pub fn with_velocities(mut self, system: &System) -> Self {
        let velocity = |atom| system.velocity(atom).map(|x| x / ANGSTROM_PER_PICOSECOND);
        self.velocities = Some((0..system.atom_count()).map(velocity).collect());
        self
    }

    /// The same with an energy in eV and forces in eV/Å.
    #[must_use]
    pub fn with_energy_and_forces(mut self, energy: f64, forces: &[[f64; 3]]) -> Self {
        self.energy = Some(energy);
        self.forces = Some(forces.to_vec());
        self
    }

    /// The same with the standard deviations of energy (eV) and forces (eV/Å) over a committee.
    #[must_use]
    pub fn with_spread(mut self, energy: f64, forces: &[f64]) -> Self {
        self.energy_spread = Some(energy);
        self.force_spread = Some(forces.to_vec());
        self
    }

    /// The same with the charges of the atoms (e) and the dipole of all (e·Å); nothing where there is no dipole.
    #[must_use]
    pub fn with_charges(mut self, charges: &[f64], dipole: Option<[f64; 3]>) -> Self {
        self.charges = dipole.map(|_| charges.to_vec());
        self.dipole = dipole;
        self
    }

    /// The same with the stress that belongs to a virial in eV, or, where a direction is open and there is no volume, with the
    /// virial itself; nothing without a cell.
    #[must_use]
    pub fn with_virial(mut self, virial: &[[f64; 3]; 3]) -> Self {
        let Some(cell) = self.cell else { return self };
        match cell.volume() {
            Some(volume) => self.stress = Some(virial.map(|row| row.map(|entry| -entry / volume))),
            None => self.virial = Some(*virial),
        }
        self
    }
}
