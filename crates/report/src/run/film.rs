//! The trajectory of a run as a film.

use std::path::{Path, PathBuf};

use super::{RunPlan, WrittenTrajectory};
use crate::molecule::{Animation, Scene};
use cormorant_core::system::Cell;
use cormorant_core::{Error, Result};
use cormorant_io::{Frame, TrajectoryFormat, TrajectoryReader};

/// More frames than this, a first one and 5000 others, are thinned: at 30 a second they last three minutes.
const MOST_FRAMES: usize = 5001;

/// A film, the scene of its first frame, and what the reader has to know of it.
pub(super) struct Shown {
    pub film: Animation,
    pub scene: Scene,
    pub text: String,
    /// The trajectory, and the number of its frames.
    pub source: (WrittenTrajectory, u64),
}

/// The film of the first trajectory of the last stage that has one with frames.
pub(super) fn film(plan: &RunPlan) -> Result<Option<Shown>> {
    let mut start = plan.stages.iter().map(|stage| stage.duration).sum::<f64>();
    for stage in plan.stages.iter().rev() {
        start -= stage.duration;
        for trajectory in stage.trajectories.iter().filter(|one| one.path.exists()) {
            if let Some(shown) = read(trajectory, start, &stage.name)? {
                return Ok(Some(shown));
            }
        }
    }
    Ok(None)
}

/// The frame that a guard stopped at, and the first ones that guards warned of, each as a film of one frame.
pub(super) fn guarded(plan: &RunPlan) -> Result<Vec<Animation>> {
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(&plan.folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(source) => return Err(Error::io(&plan.folder, source)),
    };
    paths.sort();
    let mut films = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title = match name.strip_suffix(".xyz") {
            Some("stopped") => "where a guard stopped the run".to_string(),
            Some(name) => match name.strip_prefix("warned-") {
                Some(guard) => format!("where a guard first warned ({})", guard.replace(['-', '_'], " ")),
                None => continue,
            },
            None => continue,
        };
        let Some(frame) = open(&path)?.next_frame()? else { continue };
        let scene = scene(&frame)?;
        let label = frame.time.map_or_else(String::new, |time| format!("{time:.3} ps"));
        films.push(Animation::new(title, &scene, &[frame.positions], vec![label]));
    }
    Ok(films)
}

fn open(path: &Path) -> Result<TrajectoryReader> {
    let topology = path.with_file_name("topology.pdb");
    let needed = TrajectoryFormat::from_path(path).is_ok_and(TrajectoryFormat::needs_topology);
    TrajectoryReader::open_with_topology(path, (needed && topology.exists()).then_some(topology.as_path()))
}

/// The film of a file whose first frame is at `start` (ps); `None` if nothing can be read of it yet.
fn read(trajectory: &WrittenTrajectory, start: f64, stage: &str) -> Result<Option<Shown>> {
    // A file that is being written may not be complete enough to be opened, or end within a frame.
    let Ok(mut reader) = open(&trajectory.path) else { return Ok(None) };
    let mut total = 0_u64;
    while reader.skip_frame().unwrap_or(false) {
        total += 1;
    }
    let mut reader = open(&trajectory.path)?;
    if total == 0 {
        return Ok(None);
    }
    let Some(first) = reader.next_frame()? else { return Ok(None) };
    let most = Animation::most_frames(first.elements.len()).min(MOST_FRAMES);
    let stride = (total as usize).div_ceil(most).max(1);
    let scene = scene(&first)?;
    let groups = groups(&scene);
    let mut frames = vec![wrapped(&first.positions, first.repeating_cell().as_ref(), &groups)];
    let moment = |frame: &Frame, index: u64| {
        // Some formats keep no time.
        let counted = start + (index * trajectory.every) as f64 * 1.0e-3;
        format!("{:.3} ps", frame.time.unwrap_or(counted))
    };
    let mut cells: Vec<Cell> = scene.cell.into_iter().collect();
    let mut labels = vec![moment(&first, 0)];
    for index in 1..total {
        if !index.is_multiple_of(stride as u64) {
            reader.skip_frame()?;
            continue;
        }
        let Some(frame) = reader.next_frame()? else { break };
        labels.push(moment(&frame, index));
        frames.push(wrapped(&frame.positions, frame.repeating_cell().as_ref(), &groups));
        cells.extend(frame.repeating_cell());
    }
    let name = trajectory.path.file_name().unwrap_or_default().to_string_lossy();
    let thinned = if stride == 1 {
        format!("all {total} frames")
    } else {
        format!(
            "one in {stride} of its {total} frames ({} in all; the rest is left out to keep this page small)",
            frames.len()
        )
    };
    let text = format!("Stage {stage}, {thinned} of {name}. Drag to rotate, scroll to zoom.");
    let scene = Scene { positions: frames[0].clone(), ..scene };
    let film = Animation::new(stage, &scene, &frames, labels).with_cells(&cells);
    Ok(Some(Shown { film, scene, text, source: (trajectory.clone(), total) }))
}

fn scene(frame: &Frame) -> Result<Scene> {
    Scene::new(&frame.elements, &frame.positions, frame.repeating_cell())
}

/// Atoms that move into the cell together: what bonds join.
fn groups(scene: &Scene) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..scene.elements.len()).collect();
    fn root(group: &mut [usize], mut atom: usize) -> usize {
        while group[atom] != atom {
            group[atom] = group[group[atom]];
            atom = group[atom];
        }
        atom
    }
    for &(a, b) in &scene.bonds {
        let (a, b) = (root(&mut group, a), root(&mut group, b));
        group[a.max(b)] = a.min(b);
    }
    let mut members = vec![Vec::new(); group.len()];
    for atom in 0..group.len() {
        members[root(&mut group, atom)].push(atom);
    }
    members.retain(|members| !members.is_empty());
    members
}

/// Positions with the center of every group in the cell.
fn wrapped(positions: &[[f64; 3]], cell: Option<&Cell>, groups: &[Vec<usize>]) -> Vec<[f64; 3]> {
    let mut moved = positions.to_vec();
    let Some(cell) = cell else { return moved };
    for group in groups {
        let share = 1.0 / group.len() as f64;
        let center = [0, 1, 2].map(|axis: usize| group.iter().map(|&atom| positions[atom][axis]).sum::<f64>() * share);
        let inside = cell.wrap(center);
        for &atom in group {
            moved[atom] = [0, 1, 2].map(|axis: usize| positions[atom][axis] + inside[axis] - center[axis]);
        }
    }
    moved
}
