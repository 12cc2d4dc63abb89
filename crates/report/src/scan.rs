//! Scans as files and as text.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::plot::{Axis, Chart, PlotStyle, Series};
use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_core::units::KILOCALORIE_PER_MOLE;
use cormorant_dynamics::analysis::Internal;
use cormorant_dynamics::paths::ScanPoint;
use cormorant_io::{FrameNumbers, TrajectoryFrame, extended_xyz};

/// A scan with what it is of.
#[derive(Debug, Clone, Copy)]
pub struct ScanResults<'a> {
    /// Name of the scan, which `scan=` in the comments of the frames repeats.
    pub name: &'a str,
    /// The coordinate.
    pub internal: &'a Internal,
    /// The points, in the order in which they were met.
    pub points: &'a [ScanPoint],
    /// Whether everything else was minimized at each point.
    pub relaxed: bool,
}

impl ScanResults<'_> {
    /// Name of the coordinate, its unit, and what a value is multiplied by to have it.
    fn unit(&self) -> (&'static str, &'static str, f64) {
        match self.internal {
            Internal::Distance(_) => ("bond", "Å", 1.0),
            Internal::Angle(_) => ("angle", "deg", 1.0_f64.to_degrees()),
            Internal::Dihedral(_) => ("dihedral", "deg", 1.0_f64.to_degrees()),
        }
    }

    /// The atoms, counted from 1, e.g. `1-2-3-4`.
    fn atoms(&self) -> String {
        self.internal.atoms().iter().map(|atom| (atom + 1).to_string()).collect::<Vec<_>>().join("-")
    }

    fn lowest(&self) -> f64 {
        self.points.iter().map(|point| point.evaluation.energy).fold(f64::INFINITY, f64::min)
    }

    /// Largest difference in eV of two points with the same value, met forwards and backwards; none if there was no way back.
    #[must_use]
    pub fn hysteresis(&self) -> Option<(f64, f64)> {
        let (there, back): (Vec<_>, Vec<_>) = self.points.iter().partition(|point| !point.backward);
        let pairs = there.iter().rev().skip(1).zip(&back);
        let differences =
            pairs.map(|(one, other)| (one.value, (one.evaluation.energy - other.evaluation.energy).abs()));
        differences.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Points on the way there that lie below (or, with a sign of −1, above) their neighbors; the ends of a full turn are neighbors.
    fn extrema(&self, sign: f64) -> Vec<&ScanPoint> {
        let there: Vec<&ScanPoint> = self.points.iter().filter(|point| !point.backward).collect();
        let energy = |index: usize| sign * there[index].evaluation.energy;
        let last = there.len().saturating_sub(1);
        let turn = matches!(self.internal, Internal::Dihedral(_))
            && last > 0
            && ((there[last].value - there[0].value).abs() - std::f64::consts::TAU).abs() < 1.0e-6;
        let found = |index: &usize| match *index {
            0 => turn && energy(0) < energy(1) && energy(0) <= energy(last - 1),
            // The last point of a full turn is the first one again.
            index if index == last => false,
            index => energy(index) < energy(index - 1) && energy(index) <= energy(index + 1),
        };
        (0..there.len()).filter(found).map(|index| there[index]).collect()
    }
}

/// Write everything to `folder`: `scan.xyz`, `scan.csv`, `scan.svg`. `known` has grade of extrapolation and closest contact of each
/// point, where these are known.
///
/// # Errors
/// When a file cannot be written.
pub fn write_scan(folder: &Path, scan: &ScanResults<'_>, known: &[Option<[f64; 2]>]) -> Result<Vec<PathBuf>> {
    let [xyz, csv, svg] = ["scan.xyz", "scan.csv", "scan.svg"].map(|name| folder.join(name));
    atomic::write_with(&xyz, |out| {
        scan.points.iter().enumerate().try_for_each(|(index, point)| {
            extended_xyz::write_frame(out, &point.system.elements, &frame(scan, index, known))
        })
    })?;
    atomic::write(&csv, table(scan, known).as_bytes())?;
    atomic::write(&svg, chart(scan).draw()?.svg.as_bytes())?;
    Ok(vec![xyz, csv, svg])
}

fn frame(scan: &ScanResults<'_>, index: usize, known: &[Option<[f64; 2]>]) -> TrajectoryFrame {
    let point = &scan.points[index];
    let (name, unit, size) = scan.unit();
    let evaluation = &point.evaluation;
    let mut frame = TrajectoryFrame::new(&point.system).with_energy_and_forces(evaluation.energy, &evaluation.forces);
    if let Some(spread) = &evaluation.spread {
        frame = frame.with_spread(spread.energy, &spread.forces);
    }
    frame = frame.with_charges(&evaluation.charges, evaluation.dipole(&point.system));
    frame.extrapolation = known.get(index).copied().flatten();
    (frame.step, frame.time) = (index as u64, 0.0);
    let values = vec![tidy(point.value * size)];
    frame.numbers = Some(FrameNumbers { name: name.into(), unit: unit.into(), values });
    frame.keys = vec![("scan", scan.name.to_string()), ("atoms", scan.atoms()), ("direction", way(point).to_string())];
    frame
}

fn way(point: &ScanPoint) -> &'static str {
    if point.backward { "backward" } else { "forward" }
}

fn table(scan: &ScanResults<'_>, known: &[Option<[f64; 2]>]) -> String {
    let (name, unit, size) = scan.unit();
    let lowest = scan.lowest();
    let along = if size > 1.0 { "rad" } else { unit };
    let mut text = format!(
        "point,direction,{name}_{}/{unit},energy/eV,relative_energy/eV,relative_energy/(kcal/mol),\
         largest_remaining_force/(eV/Å),force_along/(eV/{along}),evaluations,converged,grade/1,closest_contact/1\n",
        scan.atoms()
    );
    for (index, point) in scan.points.iter().enumerate() {
        let relative = point.evaluation.energy - lowest;
        let [grade, contact] = known.get(index).copied().flatten().unwrap_or([f64::NAN; 2]);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{index},{},{},{:.9},{relative:.9},{:.6},{:.3e},{:.6},{},{},{grade:.4},{contact:.4}",
            way(point),
            tidy(point.value * size),
            point.evaluation.energy,
            relative / KILOCALORIE_PER_MOLE,
            point.residual,
            point.along,
            point.evaluations,
            point.converged
        );
    }
    text
}

fn chart(scan: &ScanResults<'_>) -> Chart {
    let (name, unit, size) = scan.unit();
    let lowest = scan.lowest();
    let of = |backward: bool| -> Vec<[f64; 2]> {
        let points = scan.points.iter().filter(|point| point.backward == backward);
        points.map(|point| [point.value * size, point.evaluation.energy - lowest]).collect()
    };
    let what = if scan.relaxed { "Relaxed" } else { "Rigid" };
    let title = format!("{what} scan of the {name} {}", scan.atoms());
    let label = format!("{}{} / {unit}", name[..1].to_uppercase(), &name[1..]);
    let mut chart = Chart::new("scan", title, Axis::new(label), Axis::new("Energy / eV"))
        .with(Series::new("forward", PlotStyle::Line, 0, of(false)))
        .with(Series::new("points", PlotStyle::Points, 0, of(false)));
    if scan.points.iter().any(|point| point.backward) {
        chart = chart.with(Series::new("backward", PlotStyle::Dashed, 1, of(true)));
    }
    chart
}

/// Without the rounding dust of converted units.
fn tidy(value: f64) -> f64 {
    (value * 1.0e9).round() / 1.0e9
}

/// A scan as text for people.
#[derive(Debug, Clone, Copy)]
pub struct ScanSummary<'a>(pub ScanResults<'a>);

impl fmt::Display for ScanSummary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scan = &self.0;
        let (name, unit, size) = scan.unit();
        let (lowest, what) = (scan.lowest(), if scan.relaxed { "relaxed" } else { "rigid" });
        writeln!(out, "{what} scan of the {name} {}, {} points", scan.atoms(), scan.points.len())?;
        let by_energy = |a: &&ScanPoint, b: &&ScanPoint| a.evaluation.energy.total_cmp(&b.evaluation.energy);
        let ends = scan.points.iter().min_by(by_energy).zip(scan.points.iter().max_by(by_energy));
        if let Some((low, high)) = ends {
            let span = high.evaluation.energy - low.evaluation.energy;
            writeln!(
                out,
                "energies span {span:.5} eV ({:.3} kcal/mol): lowest at {:.2} {unit}, highest at {:.2} {unit}",
                span / KILOCALORIE_PER_MOLE,
                low.value * size,
                high.value * size
            )?;
        }
        for (kind, sign) in [("minimum", 1.0), ("maximum", -1.0)] {
            for point in scan.extrema(sign) {
                let energy = point.evaluation.energy - lowest;
                writeln!(
                    out,
                    "{kind} near {:>8.2} {unit} {energy:>10.5} eV {:>10.3} kcal/mol",
                    point.value * size,
                    energy / KILOCALORIE_PER_MOLE
                )?;
            }
        }
        if let Some((value, difference)) = scan.hysteresis() {
            writeln!(out, "forward and backward differ by up to {difference:.2e} eV (at {:.2} {unit})", value * size)?;
        }
        let missed = scan.points.iter().filter(|point| !point.converged).count();
        if missed > 0 {
            writeln!(
                out,
                "warning: {missed} points are NOT CONVERGED (see the table); raise most_evaluations or force_tolerance in [minimize]"
            )?;
        }
        Ok(())
    }
}
