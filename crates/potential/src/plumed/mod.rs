//! A bias by PLUMED, when its library is found at run time.

mod kernel;
mod symmetry;

use std::path::{Path, PathBuf};

use kernel::{Exchange, Kernel};
use symmetry::Symmetry;

use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::system::{Element, System};
use cormorant_core::units::{BOLTZMANN, KILOJOULE_PER_MOLE, PICOSECOND};
use cormorant_core::{Error, Result};

/// What PLUMED has to know besides the atoms.
#[derive(Debug, Clone, PartialEq)]
pub struct PlumedOptions {
    /// Its input, `plumed.dat`.
    pub input: PathBuf,
    /// Its library; if `None`, the one named by the variable PLUMED_KERNEL, or `libplumedKernel.so` where the system looks.
    pub kernel: Option<PathBuf>,
    /// Its log.
    pub log: PathBuf,
    /// Time step in t.
    pub time_step: f64,
    /// Temperature in K, where there is a bath.
    pub temperature: Option<f64>,
    /// Whether a run is resumed: PLUMED then appends to its files and reads the bias that was there.
    pub resumed: bool,
}

/// The bias that PLUMED computes from its own input; add it to a potential with [`super::Sum`].
///
/// | quantity | ours   | told to PLUMED as   |
/// |----------|--------|---------------------|
/// | length   | Å      | 0.1 nm              |
/// | energy   | eV     | 96.485 kJ/mol       |
/// | time     | t      | 1/[`PICOSECOND`] ps |
/// | mass     | u      | u                   |
///
/// The bias is part of the potential energy, so it is in the conserved quantity; one that grows (metadynamics) does work that is
/// not booked. A bias with a history depends on more than the system: such a run is not repeated bit for bit after a restart.
/// PLUMED counts steps as our own files do: the positions before the first step are those of step 0, and the positions after
/// step n those of step n. Its times are the step times the time step of the first stage. What it prints or adds for a step
/// happens once, when the next step is evaluated, when the state is saved, or at the end of the run.
/// PLUMED writes its files where it is told to in its input, from the folder where the command is given.
///
/// Source: Tribello et al. 2014, doi:10.1016/j.cpc.2013.09.018. Checked by `suite::plumed`, where the library is.
pub struct Plumed {
    kernel: Kernel,
    /// The step of the last evaluation, whose bias has not grown yet.
    pending: Option<u64>,
    symmetry: Symmetry,
    /// The last step that was completed; evaluated again, as at the start of a stage, it does not count again.
    completed: Option<u64>,
}

impl Plumed {
    /// PLUMED for `system`.
    ///
    /// # Errors
    /// When the library is not found, or PLUMED does not accept its input; its own message is passed on.
    pub fn new(system: &System, options: &PlumedOptions) -> Result<Self> {
        let found = options.kernel.clone().or_else(|| std::env::var_os("PLUMED_KERNEL").map(PathBuf::from));
        let path = found.unwrap_or_else(|| PathBuf::from("libplumedKernel.so"));
        if !options.input.is_file() {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Error::io(&options.input, missing));
        }
        let actions = std::fs::read_to_string(&options.input).map_err(|source| Error::io(&options.input, source))?;
        let mut kernel = Kernel::load(&path, system.atom_count())?;
        kernel.integer(c"setRealPrecision", 8)?;
        kernel.real(c"setMDLengthUnits", 0.1)?;
        kernel.real(c"setMDEnergyUnits", 1.0 / KILOJOULE_PER_MOLE)?;
        kernel.real(c"setMDTimeUnits", 1.0 / PICOSECOND)?;
        kernel.real(c"setMDMassUnits", 1.0)?;
        kernel.text(c"setMDEngine", "cormorant")?;
        kernel.text(c"setLogFile", text(&options.log)?)?;
        kernel.integer(c"setNatoms", system.atom_count() as i32)?;
        kernel.real(c"setTimestep", options.time_step)?;
        if let Some(temperature) = options.temperature {
            kernel.real(c"setKbT", BOLTZMANN * temperature)?;
        }
        if options.resumed {
            kernel.integer(c"setRestart", 1)?;
        }
        kernel.text(c"setPlumedDat", text(&options.input)?)?;
        kernel.order(c"init")?;
        Ok(Self { kernel, pending: None, symmetry: Symmetry::of(&actions), completed: None })
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| Error::Invalid(format!("{}: PLUMED takes only paths in UTF-8", path.display())))
}

impl Potential for Plumed {
    fn name(&self) -> String {
        "plumed".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn keeps_momentum(&self) -> bool {
        self.symmetry.momentum
    }

    fn keeps_angular_momentum(&self) -> bool {
        self.symmetry.angular_momentum
    }

    fn complete_step(&mut self) -> Result<()> {
        let Some(step) = self.pending.take() else { return Ok(()) };
        self.completed = Some(step);
        self.kernel.order(c"update")
    }

    fn forget_step(&mut self) {
        self.completed = self.pending.take().or(self.completed);
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        // What grows does so once a step, however often the step is evaluated: when the next one begins.
        if self.pending.is_some_and(|step| step != system.step) {
            self.complete_step()?;
        }
        into.forces.clear();
        into.forces.resize(system.atom_count(), [0.0; 3]);
        let mut virial = [[0.0; 3]; 3];
        into.energy = self.kernel.compute(Exchange {
            step: system.step as i64,
            positions: &system.positions,
            masses: &system.masses,
            // PLUMED has no open directions; a cell that is flat would be none to it.
            cell: system.cell.map(|cell| cell.closed(vacuum(system)).map(|cell| cell.rows())).transpose()?,
            forces: &mut into.forces,
            virial: &mut virial,
        })?;
        self.pending = Some(system.step).filter(|_| self.completed != Some(system.step));
        // PLUMED gives +∂E/∂strain.
        into.virial = want.virial.then(|| virial.map(|row| row.map(|entry| -entry)));
        into.atom_energies.clear();
        if want.atom_energies {
            into.atom_energies.resize(system.atom_count(), 0.0);
        }
        into.forget_extras();
        super::check_finite(system, into)
    }
}

/// Å of vacuum along open directions: so much that no image is ever the nearest.
fn vacuum(system: &System) -> f64 {
    let farthest = system.positions.as_flattened().iter().fold(0.0_f64, |farthest, x| farthest.max(x.abs()));
    (4.0 * farthest).max(1.0e4)
}
