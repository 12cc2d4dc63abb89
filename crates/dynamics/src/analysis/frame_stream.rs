//! The frames of a trajectory, one after the other.

use std::path::{Path, PathBuf};

use super::Sample;
use cormorant_core::system::vector::{difference, plus};
use cormorant_core::system::{Cell, System};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};
use cormorant_io::{BEADS, Frame, ReadOptions, TrajectoryFormat, TrajectoryReader, Value, extended_xyz};

/// Programs that wrap leave atoms outside of the cell by rounding, as a share of it.
const EDGE: f64 = 1.0e-4;

/// Which frames of a trajectory are looked at, and what the file does not say of them.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameSelection {
    /// A file that names the atoms, for formats that do not; if there is none, a `topology.pdb` beside the trajectory is
    /// taken.
    pub topology: Option<PathBuf>,
    /// How the file is to be read, besides the topology.
    pub options: ReadOptions,
    /// First frame, counted from 0.
    pub first: u64,
    /// Frame that is not looked at any more; `None` for all to the end.
    pub end: Option<u64>,
    /// Every how many frames one is looked at.
    pub stride: u64,
    /// Time between successive frames of the file in t; overrules the times in the file.
    pub spacing: Option<f64>,
    /// Whether atoms that jump across a cell are led back. By default they are, but for files of our own, in which
    /// positions are not wrapped unless another program has done so since: then all atoms are within the cell, and jump.
    pub unwrap: Option<bool>,
    /// Whether the cell in the file is left out, for molecules in an empty box.
    pub ignore_cell: bool,
}

impl Default for FrameSelection {
    fn default() -> Self {
        Self {
            topology: None,
            options: ReadOptions::default(),
            first: 0,
            end: None,
            stride: 1,
            spacing: None,
            unwrap: None,
            ignore_cell: false,
        }
    }
}

/// Reads a trajectory frame by frame.
///
/// Wrapped positions are made continuous by adding up the shortest images of the displacements between successive
/// frames, u(t+Δ) = u(t) + shortest(w(t+Δ) − w(t)), which is right as long as no atom moves half a cell from one frame
/// that is looked at to the next (von Bülow, Bullerjahn and Hummer 2020, doi:10.1063/5.0008316, who show that it is the
/// right choice at constant pressure too). Checked by `suite::analysis::wrapped_positions_are_made_continuous`.
pub struct FrameStream {
    path: PathBuf,
    reader: TrajectoryReader,
    selection: FrameSelection,
    next: u64,
    wrapped: Option<Vec<[f64; 3]>>, // positions of the last frame as in the file
    rejoined: bool,                 // whether atoms of a file of ours have been led back
    system: Option<System>,
    timed: bool,
    unitless: bool, // a time is there, but not its unit
    moving: bool,
    dipole: Option<[f64; 3]>,
    beads: Option<i64>, // of the rings that a frame holds
}

impl FrameStream {
    /// Open a trajectory.
    ///
    /// # Errors
    /// When it, or its topology, cannot be read, or the selection is not valid.
    pub fn open(path: &Path, selection: FrameSelection) -> Result<Self> {
        if selection.stride == 0 || selection.end.is_some_and(|end| end <= selection.first) {
            return Err(Error::Invalid(
                "no frames are selected; --end must be above --first, and --stride above 0".into(),
            ));
        }
        let beside = path.with_file_name("topology.pdb");
        let bare = TrajectoryFormat::from_path(path).is_ok_and(TrajectoryFormat::needs_topology);
        let found = (bare && beside.exists()).then_some(beside);
        let topology = selection.topology.clone().or(found);
        let reader = TrajectoryReader::open_with(path, ReadOptions { topology, ..selection.options.clone() })?;
        let path = path.to_path_buf();
        let (wrapped, system, dipole) = (None, None, None);
        Ok(Self {
            path,
            reader,
            selection,
            next: 0,
            wrapped,
            rejoined: false,
            system,
            timed: false,
            unitless: false,
            moving: false,
            dipole,
            beads: None,
        })
    }

    /// Beads of the rings that the frames read so far hold, where they say that they hold rings.
    #[must_use]
    pub fn beads(&self) -> Option<i64> {
        self.beads
    }

    /// The next frame that is looked at; `None` at the end.
    ///
    /// # Errors
    /// When the file is damaged, or a frame has other atoms than the one before.
    pub fn next_sample(&mut self) -> Result<Option<Sample<'_>>> {
        let stride = if self.next == 0 { self.selection.first + 1 } else { self.selection.stride };
        let wanted = self.next + stride - 1;
        if self.selection.end.is_some_and(|end| wanted >= end) {
            return Ok(None);
        }
        while self.next < wanted {
            if !self.reader.skip_frame()? {
                return Ok(None);
            }
            self.next += 1;
        }
        let Some(frame) = self.reader.next_frame()? else { return Ok(None) };
        self.next += 1;
        self.take(frame, wanted)?;
        let (timed, unitless, moving, dipole) = (self.timed, self.unitless, self.moving, self.dipole);
        Ok(self.system.as_ref().map(|system| Sample { system, timed, unitless, moving, dipole, frame: wanted }))
    }

    fn take(&mut self, frame: Frame, number: u64) -> Result<()> {
        let own = frame.property("units").is_some_and(|text| *text == Value::Text(extended_xyz::UNITS.into()));
        let time = match self.selection.spacing {
            Some(spacing) => Some(number as f64 * spacing),
            None => frame.time.map(|time| time * PICOSECOND),
        };
        (self.timed, self.moving) = (time.is_some(), frame.velocities.is_some());
        self.unitless = time.is_none() && frame.number("time").is_some();
        self.beads = self.beads.or_else(|| frame.number(BEADS).map(|beads| beads as i64)).filter(|beads| *beads > 1);
        let dipole = frame.property("dipole").and_then(Value::reals);
        self.dipole = dipole.and_then(|dipole| dipole.as_slice().try_into().ok());
        let mut system = frame.into_system().map_err(|error| error.at_frame(number).in_structure(&self.path))?;
        if self.selection.ignore_cell {
            system.cell = None;
        }
        system.time = time.unwrap_or(0.0);
        system.step = number;
        if self.selection.unwrap != Some(false)
            && let Some(cell) = &system.cell
        {
            let now = system.positions.clone();
            if let (Some(before), Some(last)) = (&self.wrapped, &self.system)
                && before.len() == now.len()
                && (!own
                    || self.rejoined
                    || self.selection.unwrap.is_some()
                    || is_wrapped((before, last.cell.as_ref().unwrap_or(cell)), (&now, cell)))
            {
                self.rejoined = true;
                for (atom, position) in system.positions.iter_mut().enumerate() {
                    let moved = cell.nearest_image(difference(now[atom], before[atom]));
                    *position = plus(last.positions[atom], 1.0, moved);
                }
            }
            self.wrapped = Some(now);
        }
        self.system = Some(system);
        Ok(())
    }
}

/// Whether atoms jump between two frames whose atoms are all within the cell: nobody but a program that wraps leaves them so.
/// Each frame in its own cell, which a barostat changes.
fn is_wrapped(before: (&[[f64; 3]], &Cell), now: (&[[f64; 3]], &Cell)) -> bool {
    let jumps = before.0.iter().zip(now.0).any(|(before, here)| now.1.image_near(*here, *before) != *here);
    let within = |(positions, cell): (&[[f64; 3]], &Cell)| {
        let periodic = cell.periodic();
        positions.iter().all(|position| {
            let place = cell.fractional(*position);
            place.iter().zip(periodic).all(|(x, periodic)| !periodic || (-EDGE..1.0 + EDGE).contains(x))
        })
    };
    jumps && within(before) && within(now)
}
