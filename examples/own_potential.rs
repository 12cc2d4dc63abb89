//! A potential of your own: Born-Mayer ions. It is implemented here and runs like those of the library.
//!
//! ```sh
//! cargo run --release --example own_potential
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it computed")]

use cormorant::dynamics::VelocityVerlet;
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, Potential, RequestedProperties, check_finite};
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::observables::Removed;
use cormorant::system::vector::{difference, norm, plus};
use cormorant::system::{Element, System, velocities};
use cormorant::units::FEMTOSECOND;
use cormorant::{Error, Result};

/// Sodium chloride without a cell.
///
///   E = Σ_(i<j) [A_ij exp((σ_i + σ_j − r_ij)/ρ) + k q_i q_j / r_ij]
///
/// | symbol | here        | unit | value                                   |
/// |--------|-------------|------|-----------------------------------------|
/// | A      | `amplitude` | eV   | 0.2110 times 1.25 (++), 1 (+−), 0.75 (−−) |
/// | σ      | `radius`    | Å    | 1.170 (Na), 1.585 (Cl)                  |
/// | ρ      | `RANGE`     | Å    | 0.317                                   |
/// | k      | `COULOMB`   | eV Å | e²/4πε₀                                 |
///
/// Source: F. G. Fumi and M. P. Tosi, J. Phys. Chem. Solids 25, 31 (1964), doi:10.1016/0022-3697(64)90159-3; its small
/// dispersion terms are left out.
struct BornMayer {
    sodium: Element,
    chlorine: Element,
}

const RANGE: f64 = 0.317;
const COULOMB: f64 = 14.399_645;

impl BornMayer {
    fn new() -> Result<Self> {
        Ok(Self { sodium: Element::from_symbol("Na")?, chlorine: Element::from_symbol("Cl")? })
    }

    /// Charge in e and radius in Å.
    fn ion(&self, element: Element) -> (f64, f64) {
        if element == self.sodium { (1.0, 1.170) } else { (-1.0, 1.585) }
    }

    /// u(r) in eV and du/dr in eV/Å.
    fn pair(&self, first: Element, second: Element, distance: f64) -> (f64, f64) {
        let ((charge, radius), (other_charge, other_radius)) = (self.ion(first), self.ion(second));
        let amplitude = 0.2110 * (1.0 + 0.125 * (charge + other_charge));
        let repulsion = amplitude * ((radius + other_radius - distance) / RANGE).exp();
        let coulomb = COULOMB * charge * other_charge / distance;
        (repulsion + coulomb, -repulsion / RANGE - coulomb / distance)
    }
}

impl Potential for BornMayer {
    fn name(&self) -> String {
        "Born-Mayer".into()
    }

    // No cutoff: every two ions interact.
    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, element: Element) -> bool {
        self.elements().contains(&element)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.sodium, self.chlorine]
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        if system.cell.is_some() {
            return Err(Error::Invalid("this potential has no Ewald sum; use it without a cell".into()));
        }
        let atoms = system.atom_count();
        // `into` may hold an earlier result: everything is written over.
        *into = Evaluation { forces: vec![[0.0; 3]; atoms], ..Evaluation::default() };
        into.virial = want.virial.then_some([[0.0; 3]; 3]);
        into.atom_energies = vec![0.0; if want.atom_energies { atoms } else { 0 }];
        for i in 0..atoms {
            for j in 0..i {
                let vector = difference(system.positions[j], system.positions[i]);
                let distance = norm(vector);
                let (energy, slope) = self.pair(system.elements[i], system.elements[j], distance);
                let gradient = vector.map(|x| slope * x / distance); // ∂u/∂(r_j − r_i)
                into.energy += energy;
                into.forces[i] = plus(into.forces[i], 1.0, gradient);
                into.forces[j] = plus(into.forces[j], -1.0, gradient);
                if want.atom_energies {
                    into.atom_energies[i] += 0.5 * energy;
                    into.atom_energies[j] += 0.5 * energy;
                }
                if let Some(virial) = &mut into.virial {
                    for (row, x) in virial.iter_mut().zip(vector) {
                        *row = plus(*row, -x, gradient);
                    }
                }
            }
        }
        check_finite(system, into)
    }
}

fn main() -> Result<()> {
    // A cube of four sodium and four chloride ions.
    let potential = BornMayer::new()?;
    let corners = (0..8_usize).map(|corner| [corner & 1, corner >> 1 & 1, corner >> 2 & 1]);
    let elements = corners.clone().map(|[x, y, z]| [potential.sodium, potential.chlorine][(x + y + z) % 2]);
    let positions = corners.map(|corner| corner.map(|index| 2.6 * index as f64));
    let mut cluster = System::new(elements.collect(), positions.collect(), None)?;

    let removed = Removed { translation: true, rotation: true };
    velocities::draw(&mut cluster, 300.0, removed, &Noise::new(1))?;
    let mut simulation = Simulation::new(cluster, Box::new(potential), 1)?;
    simulation.removed = removed;
    simulation.stages.push(Stage::new("constant energy", 1000, VelocityVerlet::new(2.0 * FEMTOSECOND)?));
    let outcome = simulation.run()?;

    let stage = &outcome.stages[0];
    println!("{:.1} ps of Na4Cl4 at {:.0} K", outcome.picoseconds, stage.temperature);
    println!("potential energy at the end {:.4} eV", simulation.field().last().energy);
    println!("largest deviation of the conserved energy {:.4} meV/atom", stage.largest_deviation);
    // Forces that are not the derivative of the energy are off by more than a thousand times this.
    assert!(stage.largest_deviation < 1.0);
    Ok(())
}
