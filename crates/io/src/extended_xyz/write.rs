//! Writing extended XYZ.

use std::io::Write;

use super::UNITS;
use crate::{AtomNumbers, FrameNumbers, TrajectoryFrame};
use cormorant_core::system::Element;

/// Write one frame, with every bit of its numbers.
///
/// Columns: `species`, `pos` in Å, and where the frame has them `velo` in Å/ps, `forces` and `force_spread` (over a committee) in
/// eV/Å, `charges` in e and `masses` in u, and further ones under their own names. Keys: `step`, `time` in ps, `charge` in e and `multiplicity` (2S + 1), `energy` and `energy_spread` in eV, `grade` of extrapolation and `closest_contact` (over the
/// shortest in training), `stress` (nine numbers, eV/Å³, positive under tension as
/// ASE has it), `virial` (nine numbers, eV) in its place where a direction is open, `dipole` (three numbers, e·Å, as ASE has it), further numbers under their own name with their unit beside them, further keys, `Lattice` in Å, `pbc`, `instruction_set` where
/// the bits depend on it, `units`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_frame(out: &mut dyn Write, elements: &[Element], frame: &TrajectoryFrame) -> std::io::Result<()> {
    write!(out, "{}\nProperties=species:S:1:pos:R:3", elements.len())?;
    if frame.velocities.is_some() {
        write!(out, ":velo:R:3")?;
    }
    if frame.forces.is_some() {
        write!(out, ":forces:R:3")?;
    }
    if frame.force_spread.is_some() {
        write!(out, ":force_spread:R:1")?;
    }
    if frame.charges.is_some() {
        write!(out, ":charges:R:1")?;
    }
    // A further column of that name is what the caller wants there.
    let masses = frame.masses.as_ref().filter(|_| frame.columns.iter().all(|column| column.name != "masses"));
    if masses.is_some() {
        write!(out, ":masses:R:1")?;
    }
    for AtomNumbers { name, width, .. } in &frame.columns {
        write!(out, ":{name}:R:{width}")?;
    }
    if let Some(cell) = &frame.cell {
        write!(out, " Lattice=\"")?;
        numbers(out, cell.rows().as_flattened())?;
        let [a, b, c] = cell.periodic().map(|repeats| if repeats { 'T' } else { 'F' });
        write!(out, "\" pbc=\"{a} {b} {c}\"")?;
    } else {
        write!(out, " pbc=\"F F F\"")?;
    }
    write!(out, " step={} time={:?}", frame.step, frame.time)?;
    if let Some(charge) = frame.state.charge {
        write!(out, " charge={charge}")?;
    }
    if let Some(multiplicity) = frame.state.multiplicity {
        write!(out, " multiplicity={multiplicity}")?;
    }
    if let Some(energy) = frame.energy {
        write!(out, " energy={energy:?}")?;
    }
    if let Some(spread) = frame.energy_spread {
        write!(out, " energy_spread={spread:?}")?;
    }
    let known =
        frame.extrapolation.into_iter().flat_map(|numbers| ["grade", "closest_contact"].into_iter().zip(numbers));
    for (name, number) in known.filter(|(_, number)| number.is_finite()) {
        write!(out, " {name}={number:?}")?;
    }
    if let Some(stress) = &frame.stress {
        write!(out, " stress=\"")?;
        numbers(out, stress.as_flattened())?;
        write!(out, "\"")?;
    }
    if let Some(virial) = &frame.virial {
        write!(out, " virial=\"")?;
        numbers(out, virial.as_flattened())?;
        write!(out, "\"")?;
    }
    if let Some(dipole) = &frame.dipole {
        write!(out, " dipole=\"")?;
        numbers(out, dipole)?;
        write!(out, "\"")?;
    }
    if let Some(FrameNumbers { name, unit, values }) = &frame.numbers {
        write!(out, " {name}=\"")?;
        numbers(out, values)?;
        write!(out, "\" {name}_unit=\"{unit}\"")?;
    }
    let device = frame.device.iter().map(|device| ("device", device));
    for (name, value) in frame.keys.iter().map(|(name, value)| (*name, value)).chain(device) {
        // A backslash takes the next character as it is, so that quotes and backslashes of SMILES survive.
        write!(out, " {name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))?;
    }
    if let Some(set) = frame.instruction_set {
        write!(out, " instruction_set={set}")?;
    }
    writeln!(out, " units=\"{UNITS}\"")?;
    let forces = frame.forces.as_deref();
    let velocities = frame.velocities.as_deref();
    for (atom, (element, position)) in elements.iter().zip(&frame.positions).enumerate() {
        write!(out, "{element:<2} ")?;
        numbers(out, position)?;
        for vector in [velocities.map(|v| &v[atom]), forces.map(|f| &f[atom])].into_iter().flatten() {
            write!(out, " ")?;
            numbers(out, vector)?;
        }
        for number in [frame.force_spread.as_ref(), frame.charges.as_ref(), masses].into_iter().flatten() {
            write!(out, " {:?}", number[atom])?;
        }
        for AtomNumbers { width, values, .. } in &frame.columns {
            write!(out, " ")?;
            numbers(out, &values[atom * width..][..*width])?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Numbers with a blank between; the shortest text that reads back as the same bits.
fn numbers(out: &mut dyn Write, values: &[f64]) -> std::io::Result<()> {
    for (at, value) in values.iter().enumerate() {
        let blank = if at == 0 { "" } else { " " };
        write!(out, "{blank}{value:?}")?;
    }
    Ok(())
}
