//! The volume of a cell, the area of a slab, the length of a wire.

use super::Slice;
use super::committee_energy::CommitteeEnergy;
use crate::sample::{StrainSettings, strain};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::{Cell, System};

/// Structures of a slice, and its ends over the measure of the minimum.
const POINTS: usize = 21;
const ENDS: [f64; 2] = [0.88, 1.12];
/// Atoms nearer than this times the sum of their covalent radii are no structure.
const SHORTEST: f64 = 0.5;

/// What is scaled.
pub(super) fn name(system: &System) -> &'static str {
    match system.cell.as_ref().map(Cell::dimensions) {
        Some(1) => "length of the wire",
        Some(2) => "area of the slab",
        _ => "volume of the cell",
    }
}

/// The energy while the cell of `minimum` is scaled, without any relaxation; molecules keep their shape.
pub(super) fn slice(minimum: &System, labeled: &[&System], energy: &mut CommitteeEnergy) -> Result<Slice> {
    let settings = StrainSettings { volumes: ENDS, largest_strain: 0.0, amplitude: 0.0, shortest: SHORTEST };
    let scaled = strain(minimum, &settings, POINTS, &Noise::new(0))?;
    let measure = |system: &System| system.cell.as_ref().map(Cell::measure);
    let own = measure(minimum).unwrap_or(1.0);
    let mut points = Vec::new();
    for system in &scaled.systems {
        if let Some(value) = measure(system) {
            // Bonds between atoms of a solid are a matter of the distance, which changes here.
            points.push(super::SlicePoint { same_bonds: true, ..energy.point(value / own, system)? });
        }
    }
    let labeled = labeled.iter().filter_map(|system| measure(system)).map(|value| value / own).collect();
    let axis = format!("{} / that of the structure", name(minimum));
    Ok(Slice { name: name(minimum).into(), axis, points, labeled, period: None })
}
