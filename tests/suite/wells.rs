//! Small potentials with known answers, for the tests of dynamics.

use cormorant::Result;
use cormorant::potential::{Evaluation, Potential, RequestedProperties};
use cormorant::system::{Element, System};

/// Every atom in its own well, and neighbors in the list coupled by springs:
///
/// U = Σ_i [Σ_c k_c·x_ic²/2 + a·|r_i|⁴/4] + Σ_i κ·|r_i − r_{i+1}|²/2
#[derive(Debug, Clone, Copy)]
pub struct Well {
    /// k along x, y, z, in eV/Å².
    pub stiffness: [f64; 3],
    /// a in eV/Å⁴.
    pub quartic: f64,
    /// κ in eV/Å².
    pub coupling: f64,
}

impl Well {
    /// The same stiffness in all directions, nothing else: every coordinate is a harmonic oscillator.
    pub const fn harmonic(stiffness: f64) -> Self {
        Self { stiffness: [stiffness; 3], quartic: 0.0, coupling: 0.0 }
    }

    /// No two frequencies alike, quartic and coupled: chaotic.
    pub const CHAOTIC: Self = Self { stiffness: [0.4, 0.7, 1.1], quartic: 30.0, coupling: 2.0 };

    /// No force at all.
    pub const FLAT: Self = Self::harmonic(0.0);
}

impl Potential for Well {
    fn name(&self) -> String {
        "well".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn evaluate(&mut self, system: &System, _want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        into.forces.clear();
        into.energy = 0.0;
        for position in &system.positions {
            let square: f64 = position.iter().map(|x| x * x).sum();
            let mut force = [0.0; 3];
            for axis in 0..3 {
                let x = position[axis];
                into.energy += 0.5 * self.stiffness[axis] * x * x;
                force[axis] = -(self.stiffness[axis] + self.quartic * square) * x;
            }
            into.energy += 0.25 * self.quartic * square * square;
            into.forces.push(force);
        }
        for atom in 1..system.positions.len() {
            for axis in 0..3 {
                let stretch = system.positions[atom][axis] - system.positions[atom - 1][axis];
                into.energy += 0.5 * self.coupling * stretch * stretch;
                into.forces[atom][axis] -= self.coupling * stretch;
                into.forces[atom - 1][axis] += self.coupling * stretch;
            }
        }
        Ok(())
    }
}

/// Atoms that do not interact, in a cell that resists changes of its shape but not of its volume:
///
/// U = κ/2·Σ_a (ln h_a − mean of ln h)²
#[derive(Debug, Clone, Copy)]
pub struct IdealGas {
    /// κ in eV.
    pub shape: f64,
}

impl Potential for IdealGas {
    fn name(&self) -> String {
        "ideal gas".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        into.forces.resize(system.atom_count(), [0.0; 3]);
        let lengths = system.cell.map_or([1.0; 3], |cell| cell.lengths()).map(f64::ln);
        let strains = lengths.map(|length| length - lengths.iter().sum::<f64>() / 3.0);
        into.energy = 0.5 * self.shape * strains.iter().map(|strain| strain * strain).sum::<f64>();
        let [x, y, z] = strains.map(|strain| -self.shape * strain);
        into.virial = want.virial.then_some([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, z]]);
        Ok(())
    }
}

/// `atoms` atoms of H, C and O in turn, a little off the middle of their wells, with velocities of `temperature`.
pub fn crowd(atoms: usize, temperature: f64, seed: u64) -> System {
    use cormorant::noise::{Consumer, Noise};
    let noise = Noise::new(seed);
    let elements = ["H", "C", "O"].map(|symbol| Element::from_symbol(symbol).expect("an element"));
    let mut stream = noise.stream(Consumer::Test, 0, 0);
    let positions = (0..atoms).map(|_| stream.normal_vector().map(|x| 0.1 * x)).collect();
    let elements = (0..atoms).map(|atom| elements[atom % 3]).collect();
    let mut system = System::new(elements, positions, None).expect("a system");
    let removed = cormorant::system::observables::Removed::default();
    cormorant::system::velocities::draw(&mut system, temperature, removed, &noise).expect("velocities");
    system
}
