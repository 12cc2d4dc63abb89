//! The frames with the largest errors, to be looked at.

use super::{PredictedFrame, Predictions};
use crate::molecule::{Animation, Scene};
use crate::plot::short;
use cormorant_core::Result;

/// Length in Å of the longest arrow.
const LONGEST: f64 = 1.6;

/// Films of the worst frames: those of the same atoms together; each alone where there is a cell, since cells differ, and so does
/// where atoms are in them.
pub(super) fn films(predictions: &Predictions) -> Result<Vec<Animation>> {
    let part = predictions.parts.first().map_or("", |part| part.name.as_str());
    let mut films = Vec::new();
    for frames in predictions.worst.chunk_by(together) {
        let Some(first) = frames.first() else { continue };
        let scene = Scene::new(&first.label.elements, &first.label.positions, first.label.cell)?;
        let positions: Vec<Vec<[f64; 3]>> = frames.iter().map(|frame| frame.label.positions.clone()).collect();
        let labels = frames.iter().map(|frame| label(frame, part)).collect();
        let title = match frames {
            [one] => format!("{part} frame {}", one.index),
            _ => format!("the worst {part} frames"),
        };
        let mut film = Animation::new(title, &scene, &positions, labels);
        let both =
            |frame: &PredictedFrame| frame.label.forces.iter().zip(&frame.forces).map(|(&a, &b)| [a, b]).collect();
        film.forces = frames.iter().map(both).collect();
        let size = |force: &[f64; 3]| force.iter().map(|x| x * x).sum::<f64>().sqrt();
        let longest = film.forces.iter().flatten().flatten().map(size).fold(1.0e-6, f64::max);
        film.force_scale = LONGEST / longest;
        films.push(film);
    }
    Ok(films)
}

fn together(a: &PredictedFrame, b: &PredictedFrame) -> bool {
    a.label.cell.is_none() && b.label.cell.is_none() && a.label.elements == b.label.elements
}

fn label(frame: &PredictedFrame, part: &str) -> String {
    let forces = frame
        .label
        .has_forces()
        .then(|| format!("forces off by {} meV/Å (RMS)", short(1000.0 * frame.force_rmse(), 3)));
    let energy = frame.label.energy.map(|label| format!("energy by {} meV", short(1000.0 * (frame.energy - label), 3)));
    format!("{part} frame {}: {}", frame.index, [forces, energy].into_iter().flatten().collect::<Vec<_>>().join(", "))
}
