//! Positions over time.

use std::path::{Path, PathBuf};

use super::view::{view_files, write_views};
use cormorant_core::Result;
use cormorant_dynamics::simulation::{FileMark, Observer, Progressed, Schedule, Snapshot};
use cormorant_io::{BEADS, TrajectoryFormat, TrajectoryFrame, TrajectoryMemory, TrajectoryWriter, pdb};
use cormorant_potential::RequestedProperties;

/// Writes a trajectory in the format that the extension of its file asks for.
///
/// Extended XYZ carries energy, forces, velocities, with a cell stress, with a committee spreads, with charges these and the dipole, and the instruction set where the
/// bits depend on it; the others what they can hold, see [`TrajectoryFormat`]. Beside a format that does not name its atoms a `topology.pdb` is written.
pub struct Trajectory {
    path: PathBuf,
    format: TrajectoryFormat,
    schedule: Schedule,
    stress: bool,
    view: bool,
    beads: Option<usize>,
    writer: Option<TrajectoryWriter>,
    topology: Option<PathBuf>,
}

impl Trajectory {
    /// A trajectory in `path`, with a frame whenever `schedule` says so.
    ///
    /// # Errors
    /// When we do not write the format of the extension.
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule) -> Result<Self> {
        let path = path.into();
        let format = TrajectoryFormat::from_path(&path)?;
        let topology = format.needs_topology().then(|| path.with_file_name("topology.pdb"));
        Ok(Self { path, format, schedule, stress: false, view: false, beads: None, writer: None, topology })
    }

    /// With the stress in each frame, for systems with a cell (extended XYZ only).
    #[must_use]
    pub fn with_stress(mut self) -> Self {
        self.stress = self.format.keeps_energies();
        self
    }

    /// Of rings of so many beads: each frame has the atoms of every bead, one bead after the other, and says so (extended XYZ only).
    #[must_use]
    pub fn of_rings(mut self, beads: usize) -> Self {
        self.beads = Some(beads);
        self
    }

    /// With scripts beside it that open it in VMD, PyMOL and OVITO. One trajectory in a folder should have it.
    #[must_use]
    pub fn with_view(mut self) -> Self {
        self.view = true;
        self
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn frame(&self, now: &Snapshot<'_>) -> TrajectoryFrame {
        let mut frame = TrajectoryFrame::new(now.system);
        if self.format.keeps_velocities() {
            frame = frame.with_velocities(now.system);
        }
        if self.format.keeps_energies() {
            frame = frame.with_energy_and_forces(now.evaluation.energy, &now.evaluation.forces);
            frame.instruction_set = now.instruction_set;
            frame.device = now.device.map(str::to_string);
            frame.keys.extend(self.beads.map(|beads| (BEADS, beads.to_string())));
        }
        if self.format.keeps_energies() {
            frame = frame.with_charges(&now.evaluation.charges, now.evaluation.dipole(now.system));
        }
        if let Some(spread) = now.evaluation.spread.as_ref().filter(|_| self.format.keeps_energies()) {
            frame = frame.with_spread(spread.energy, &spread.forces);
        }
        match &now.evaluation.virial {
            Some(virial) if self.stress => frame.with_virial(virial),
            _ => frame,
        }
    }
}

impl Observer for Trajectory {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn want(&self) -> RequestedProperties {
        RequestedProperties { virial: self.stress, ..RequestedProperties::default() }
    }

    fn begin(&mut self, first: &Snapshot<'_>) -> Result<()> {
        self.writer = Some(TrajectoryWriter::create(&self.path, self.format, first.system)?);
        if let Some(topology) = &self.topology {
            pdb::write_topology(topology, first.system)?;
        }
        if self.view {
            write_views(&self.path, self.format, self.topology.as_deref(), first.system.cell.as_ref())?;
        }
        Ok(())
    }

    fn resume(&mut self, now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        let frames = progressed.files.first().map_or(0, |mark| mark.extent);
        let numbers = progressed.numbers.as_slice().try_into().unwrap_or([f64::NAN; 4]);
        let memory = TrajectoryMemory::from_numbers(numbers);
        self.writer = Some(TrajectoryWriter::append(&self.path, self.format, now.system, frames, memory)?);
        Ok(())
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        let frame = self.frame(now);
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write(frame))
    }

    fn checkpoint(&mut self) -> Result<Progressed> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(writer) = &mut self.writer else { return Ok(Progressed::default()) };
        writer.flush()?;
        Ok(Progressed {
            files: vec![FileMark { name, extent: writer.frames() }],
            numbers: writer.memory().numbers().to_vec(),
        })
    }

    fn finish(&mut self) -> Result<()> {
        self.writer.take().map_or(Ok(()), TrajectoryWriter::finish)
    }

    fn files(&self) -> Vec<PathBuf> {
        let views = self.view.then(|| view_files(&self.path)).into_iter().flatten();
        [Some(self.path.clone()), self.topology.clone()].into_iter().flatten().chain(views).collect()
    }
}
