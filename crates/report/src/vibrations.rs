//! Vibrations as files and as text.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use cormorant_core::atomic;
use cormorant_core::units::{BAR, INVERSE_CENTIMETER, KILOJOULE_PER_MOLE};
use cormorant_core::{Error, Result};
use cormorant_dynamics::paths::FreeMotion;
use cormorant_dynamics::vibrations::{Conditions, Thermochemistry, Vibrations, symmetry_number};
use cormorant_io::{TrajectoryFrame, extended_xyz};

/// Which modes are written as animations, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Animations {
    /// Modes counted from 1; all if `None`.
    pub modes: Option<Vec<u64>>,
    /// Frames of one period.
    pub frames: usize,
    /// How far the atom that moves most goes to each side, in Å.
    pub amplitude: f64,
}

/// Write everything to `folder`: `minimum.xyz`, `frequencies.csv`, `thermochemistry.csv` (for a minimum) and `mode-k.xyz`.
///
/// # Errors
/// When an animation is asked for of a mode that there is not, or a file cannot be written.
pub fn write_vibrations(folder: &Path, vibrations: &Vibrations, animations: &Animations) -> Result<Vec<PathBuf>> {
    let count = vibrations.modes.modes.len();
    let all: Vec<u64> = (1..=count as u64).collect();
    let wanted = animations.modes.as_ref().unwrap_or(&all);
    if let Some(missing) = wanted.iter().find(|mode| !all.contains(mode)) {
        return Err(Error::Invalid(format!("there is no mode {missing} to animate: the system has {count}")));
    }
    let mut files = Vec::new();
    let mut path = |name: String| {
        files.push(folder.join(name));
        files[files.len() - 1].clone()
    };
    let elements = &vibrations.system.elements;
    let minimum =
        TrajectoryFrame::new(&vibrations.system).with_energy_and_forces(vibrations.energy, &vibrations.forces);
    let minimum = minimum.with_charges(&vibrations.charges, vibrations.dipole);
    atomic::write_with(&path("minimum.xyz".into()), |out| extended_xyz::write_frame(out, elements, &minimum))?;
    atomic::write(&path("frequencies.csv".into()), frequencies(vibrations).as_bytes())?;
    if let Some(thermochemistry) = &vibrations.thermochemistry {
        atomic::write(&path("thermochemistry.csv".into()), table(thermochemistry).as_bytes())?;
    }
    let width = count.to_string().len();
    for number in wanted {
        let animation = vibrations.modes.modes[*number as usize - 1].animation(
            &vibrations.system,
            animations.amplitude,
            animations.frames,
        );
        atomic::write_with(&path(format!("mode-{number:0width$}.xyz")), |out| {
            animation.iter().try_for_each(|frame| extended_xyz::write_frame(out, elements, frame))
        })?;
    }
    Ok(files)
}

fn frequencies(vibrations: &Vibrations) -> String {
    let modes = &vibrations.modes.modes;
    let charged = modes.iter().any(|mode| mode.intensity.is_some());
    let more = if charged { ",intensity/(km/mol)" } else { "" };
    let mut text = format!("mode,wavenumber/cm^-1,quantum/meV,reduced_mass/u{more}\n");
    for (index, mode) in modes.iter().enumerate() {
        let quantum = mode.wavenumber * INVERSE_CENTIMETER * 1000.0;
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{:.4},{quantum:.5},{:.5}", index + 1, mode.wavenumber, mode.reduced_mass);
        let _ = mode.intensity.map_or(Ok(()), |intensity| write!(text, ",{intensity:.5}"));
        text.push('\n');
    }
    text
}

/// One row for each part, then the sums.
fn table(of: &Thermochemistry) -> String {
    let Conditions { temperature, pressure, symmetry_number, multiplicity } = of.conditions;
    let mut text = String::from("part,energy/eV,entropy/(meV/K),conditions\n");
    let mut row = |name: &str, energy: f64, entropy: Option<f64>, conditions: &str| {
        let entropy = entropy.map_or(String::new(), |entropy| format!("{:.9}", entropy * 1000.0));
        let _ = writeln!(text, "{name},{energy:.9},{entropy},{conditions}");
    };
    row("potential", of.potential, None, "");
    row("zero point", of.zero_point, None, "");
    for (name, part) in of.contributions() {
        let conditions = match name {
            // A solid has neither.
            "translation" | "rotation" if part.entropy == 0.0 => String::new(),
            "translation" => format!("{temperature} K {:.5} bar", pressure / BAR),
            "rotation" => format!("{temperature} K; symmetry number {symmetry_number}"),
            "electrons" => format!("multiplicity {multiplicity}"),
            _ => format!("{temperature} K"),
        };
        row(name, part.energy, Some(part.entropy), &conditions);
    }
    row("internal energy U", of.internal_energy(), Some(of.entropy()), "");
    row("enthalpy H", of.enthalpy(), Some(of.entropy()), "");
    row("Gibbs energy G", of.free_enthalpy(), None, "");
    text
}

/// What to do about a molecule with a cell, whose rotations are modes of no or of an imaginary wavenumber.
const IN_A_BOX: &str = "; for a molecule in an empty box, write `cell = \"none\"` in [structure]";

/// Vibrations as text for people.
#[derive(Debug, Clone, Copy)]
pub struct VibrationsSummary<'a>(pub &'a Vibrations);

impl fmt::Display for VibrationsSummary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modes = &self.0.modes;
        let imaginary = modes.modes.iter().filter(|mode| mode.wavenumber <= 0.0).count();
        writeln!(out, "potential energy {:.6} eV, {} modes, wavenumbers in cm^-1:", self.0.energy, modes.modes.len())?;
        for row in modes.modes.chunks(8) {
            for mode in row {
                write!(out, "{:>10.2}", mode.wavenumber)?;
            }
            writeln!(out)?;
        }
        if modes.modes.iter().any(|mode| mode.intensity.is_some()) {
            writeln!(out, "infrared intensities in km/mol:")?;
            for row in modes.modes.chunks(8) {
                for intensity in row.iter().filter_map(|mode| mode.intensity) {
                    write!(out, "{intensity:>10.2}")?;
                }
                writeln!(out)?;
            }
        }
        writeln!(
            out,
            "overall motion removed: {} (it would have had up to {:.1} cm^-1); asymmetry of the Hessian {:.1e} eV/Å^2",
            modes.overall, modes.leak, self.0.asymmetry
        )?;
        let Some(of) = &self.0.thermochemistry else {
            return writeln!(
                out,
                "warning: {imaginary} modes are imaginary (shown as negative): this is not a minimum, and there is no thermochemistry{}",
                if self.0.system.cell.is_some() { IN_A_BOX } else { "" }
            );
        };
        let conditions = &of.conditions;
        write!(out, "at {} K", conditions.temperature)?;
        if self.0.free == FreeMotion::All {
            write!(out, " and {:.5} bar, symmetry number {}", conditions.pressure / BAR, conditions.symmetry_number)?;
            let counted = symmetry_number(&self.0.system);
            if counted != conditions.symmetry_number {
                write!(out, " (as stated; {counted} rotations bring the minimum to itself)")?;
            }
            write!(out, ", multiplicity {}", conditions.multiplicity)?;
        } else if self.0.system.cell.is_some() {
            write!(out, ", of a periodic system, whose vibrations alone count{IN_A_BOX}")?;
        } else {
            write!(out, ", of atoms that are held from outside, whose vibrations alone count")?;
        }
        writeln!(out, ":")?;
        for (name, energy) in [
            ("zero-point energy", of.zero_point),
            ("U - potential energy", of.internal_energy() - of.potential),
            ("H - potential energy", of.enthalpy() - of.potential),
            ("T·S", conditions.temperature * of.entropy()),
            ("G - potential energy", of.free_enthalpy() - of.potential),
        ] {
            writeln!(out, "  {name:<22}{energy:>10.5} eV {:>10.3} kJ/mol", energy / KILOJOULE_PER_MOLE)?;
        }
        let entropy = of.entropy() / KILOJOULE_PER_MOLE * 1000.0;
        writeln!(out, "  {:<22}{:>10.5} meV/K {entropy:>7.3} J/(mol K)", "S", of.entropy() * 1000.0)
    }
}
