//! Paths as files and as text.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::plot::{Axis, Chart, PlotStyle, Series};
use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_core::units::KILOCALORIE_PER_MOLE;
use cormorant_dynamics::paths::FoundPath;
use cormorant_io::{TrajectoryFrame, extended_xyz};

/// Points of the smooth curve between two images.
const BETWEEN: usize = 19;

/// Write everything to `folder`: `path.xyz`, `path.csv`, `path.svg` and, where there is one, `saddle.xyz`. `known` has grade of
/// extrapolation and closest contact of each image, where these are known.
///
/// # Errors
/// When a file cannot be written.
pub fn write_path(folder: &Path, path: &FoundPath, known: &[Option<[f64; 2]>]) -> Result<Vec<PathBuf>> {
    let elements = &path.first.elements;
    let frames: Vec<TrajectoryFrame> = (0..path.band.len()).map(|image| frame(path, image, known)).collect();
    let [xyz, csv, svg, saddle] = ["path.xyz", "path.csv", "path.svg", "saddle.xyz"].map(|name| folder.join(name));
    atomic::write_with(&xyz, |out| {
        frames.iter().try_for_each(|frame| extended_xyz::write_frame(out, elements, frame))
    })?;
    atomic::write(&csv, table(path, known).as_bytes())?;
    atomic::write(&svg, chart(path).draw()?.svg.as_bytes())?;
    let mut files = vec![xyz, csv, svg];
    if let Some(image) = path.saddle() {
        atomic::write_with(&saddle, |out| extended_xyz::write_frame(out, elements, &frames[image]))?;
        files.push(saddle);
    }
    Ok(files)
}

fn known_of(known: &[Option<[f64; 2]>], image: usize) -> Option<[f64; 2]> {
    known.get(image).copied().flatten()
}

fn frame(path: &FoundPath, image: usize, known: &[Option<[f64; 2]>]) -> TrajectoryFrame {
    let (system, evaluation) = (path.system(image), &path.band.evaluations[image]);
    let mut frame = TrajectoryFrame::new(&system).with_energy_and_forces(evaluation.energy, &evaluation.forces);
    if let Some(spread) = &evaluation.spread {
        frame = frame.with_spread(spread.energy, &spread.forces);
    }
    frame = frame.with_charges(&evaluation.charges, evaluation.dipole(&system));
    frame.extrapolation = known_of(known, image);
    (frame.step, frame.time) = (image as u64, 0.0);
    frame.keys = vec![
        ("image", role(path, image).to_string()),
        ("distance_along_path", format!("{:.6}", path.profile.distances[image])),
        ("converged", if path.converged { "T" } else { "F" }.to_string()),
    ];
    frame
}

/// What an image is.
fn role(path: &FoundPath, image: usize) -> &'static str {
    if image == 0 {
        "first"
    } else if image + 1 == path.band.len() {
        "last"
    } else if path.climbing == Some(image) {
        "climbing"
    } else {
        "between"
    }
}

fn table(path: &FoundPath, known: &[Option<[f64; 2]>]) -> String {
    let mut text = String::from(
        "image,role,distance/Å,energy/eV,relative_energy/eV,relative_energy/(kcal/mol),largest_perpendicular_force/(eV/Å),\
         slope/(eV/Å),grade/1,closest_contact/1,converged\n",
    );
    for image in 0..path.band.len() {
        let relative = path.band.energy(image) - path.band.energy(0);
        let [grade, contact] = known_of(known, image).unwrap_or([f64::NAN; 2]);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{image},{},{:.6},{:.9},{relative:.9},{:.6},{:.6},{:.6},{grade:.4},{contact:.4},{}",
            role(path, image),
            path.profile.distances[image],
            path.band.energy(image),
            relative / KILOCALORIE_PER_MOLE,
            path.residuals[image],
            path.profile.slopes[image],
            path.converged
        );
    }
    text
}

fn chart(path: &FoundPath) -> Chart {
    let zero = path.band.energy(0);
    let shifted = |[distance, energy]: [f64; 2]| [distance, energy - zero];
    let curve = path.profile.curve(BETWEEN).into_iter().map(shifted).collect();
    let images = path.profile.distances.iter().zip(&path.profile.energies);
    let images = images.map(|(distance, energy)| shifted([*distance, *energy])).collect();
    let title = if path.converged { "Energy along the path" } else { "Energy along the path (not converged)" };
    Chart::new("path", title, Axis::new("Distance along the path / Å"), Axis::new("Energy / eV"))
        .with(Series::new("from energies and forces along the path", PlotStyle::Line, 0, curve))
        .with(Series::new("images", PlotStyle::Points, 0, images))
}

/// A path as text for people.
#[derive(Debug, Clone, Copy)]
pub struct PathSummary<'a>(pub &'a FoundPath);

impl fmt::Display for PathSummary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0;
        let worst = path.residuals.iter().copied().fold(0.0, f64::max);
        let limit = path.force_tolerance;
        if path.converged {
            writeln!(
                out,
                "converged after {} steps: the largest force across the path is {worst:.4} eV/Å (limit {limit:.4} eV/Å)",
                path.steps
            )?;
        } else {
            writeln!(
                out,
                "warning: NOT CONVERGED after {} steps: the largest force across the path is {worst:.4} eV/Å (limit {limit:.4} eV/Å), \
                 so the numbers below are preliminary; raise most_steps and continue with --resume",
                path.steps
            )?;
        }
        for (name, energy) in [
            ("barrier forward", path.forward()),
            ("barrier backward", path.backward()),
            ("reaction energy", path.reaction()),
        ] {
            writeln!(out, "{name:<17} {energy:>10.5} eV {:>10.3} kcal/mol", energy / KILOCALORIE_PER_MOLE)?;
        }
        let length = path.profile.distances.last().copied().unwrap_or(0.0);
        match path.saddle() {
            Some(image) => {
                let how =
                    if path.climbing == Some(image) { "climbing image" } else { "highest image, which did not climb" };
                let at = path.profile.distances[image];
                writeln!(out, "saddle point: image {image} ({how}), {at:.3} Å along a path of {length:.3} Å")?;
            }
            None => writeln!(
                out,
                "no saddle point: no image lies above both ends, so one of them is not a minimum or the path has no barrier"
            )?,
        }
        write_check(out, path)
    }
}

fn write_check(out: &mut fmt::Formatter<'_>, path: &FoundPath) -> fmt::Result {
    let (Some(count), Some(wavenumbers)) = (path.imaginary(), &path.wavenumbers) else { return Ok(()) };
    let lowest: Vec<String> = wavenumbers.iter().take(3).map(|wavenumber| format!("{wavenumber:.1}")).collect();
    let lowest = lowest.join(", ");
    if count == 1 {
        return writeln!(out, "frequencies at the saddle point: exactly one is imaginary (lowest, in cm^-1: {lowest})");
    }
    writeln!(
        out,
        "warning: {count} frequencies at the saddle point are imaginary, not one (lowest, in cm^-1: {lowest}): it is no saddle point of \
         first order; tighten force_tolerance, or give ends that are not images of each other, as a symmetric path may run along a ridge"
    )
}
