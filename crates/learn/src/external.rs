//! A label source as a potential.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::ase_command;
use crate::label::{Answer, Label, Request, Theory, answers};
use crate::process_group::end_group;
use cormorant_core::system::{ElectronicState, Element, System};
use cormorant_core::{Error, Result};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Energies and forces from another program, which reads frames of extended XYZ on its standard input and writes them with `energy`
/// (eV) and `forces` (eV/Å) to its standard output: the same as [`CommandSource`](crate::label::CommandSource).
///
/// A program that answers each frame as it comes can be kept running; another one is started for every evaluation.
pub struct ExternalPotential {
    name: String,
    command: String,
    folder: PathBuf,
    keeps_running: bool,
    time_limit: Duration,
    charge: i64,
    multiplicity: u64,
    // In this order: the program ends before its script goes.
    running: Option<Running>,
    _scripts: Option<tempfile::TempDir>,
}

impl ExternalPotential {
    /// `command`, run by the shell in `folder`. With `keeps_running` it is started once and answers frame after frame.
    #[must_use]
    pub fn new(command: &str, folder: PathBuf, keeps_running: bool, time_limit: Duration) -> Self {
        Self {
            name: format!("external `{command}`"),
            command: command.into(),
            folder,
            keeps_running,
            time_limit,
            charge: 0,
            multiplicity: 1,
            running: None,
            _scripts: None,
        }
    }

    /// The calculator of ASE that `calculator` names with its arguments, in `python`. Its script is in a folder for temporary files that
    /// goes with the potential.
    ///
    /// # Errors
    /// When that folder cannot be made.
    pub fn ase(calculator: &str, python: &str, time_limit: Duration) -> Result<Self> {
        let failed = |source| Error::io(std::env::temp_dir(), source);
        let scripts = tempfile::Builder::new().prefix("cormorant-").tempdir().map_err(failed)?;
        let command = ase_command(calculator, python, scripts.path())?;
        let here = std::env::current_dir().map_err(|source| Error::io(".", source))?;
        let potential = Self::new(&command, here, true, time_limit);
        Ok(Self { name: format!("ASE `{calculator}`"), _scripts: Some(scripts), ..potential })
    }

    /// The same for a system with this total charge (e) and multiplicity.
    #[must_use]
    pub fn with_state(mut self, charge: i64, multiplicity: u64) -> Self {
        (self.charge, self.multiplicity) = (charge, multiplicity);
        self
    }

    fn ask(&mut self, request: &Request) -> Result<Label> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command, &self.folder)?,
        };
        let text = running.ask(request, self.keeps_running, self.time_limit)?;
        let found = answers(&text, std::slice::from_ref(request)).pop();
        match found.unwrap_or_else(|| Answer::Failed("there is no answer".into())) {
            Answer::Label(label) => {
                self.running = Some(running).filter(|_| self.keeps_running);
                Ok(label)
            }
            Answer::Failed(message) => {
                Err(Error::External(format!("{} gives no energy and forces: {message}", self.name)))
            }
        }
    }
}

impl Potential for ExternalPotential {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _: Element) -> bool {
        true
    }

    /// What the input states, where it is not what is taken anyway, must be what the structure states.
    fn check_state(&self, system: &System) -> Result<Option<String>> {
        let own = ElectronicState {
            charge: Some(self.charge as i32).filter(|charge| *charge != 0),
            multiplicity: Some(self.multiplicity as u32).filter(|multiplicity| *multiplicity != 1),
        };
        own.and(system.state)
            .map(|_| None)
            .map_err(|reason| Error::Structure(format!("[potential] and [structure]: {reason}")))
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        let theory = Theory { name: self.command.clone(), files: Vec::new() };
        let request = Request::stated(system.clone(), (self.charge, self.multiplicity), &theory, "potential");
        let label = self.ask(&request)?;
        if want.atom_energies {
            return Err(Error::External(format!("{} gives no energies of single atoms", self.name)));
        }
        into.virial = if want.virial { Some(self.virial(system, &label)?) } else { None };
        into.energy = label.energy;
        into.forces.clone_from(&label.forces);
        into.atom_energies.clear();
        into.forget_extras();
        cormorant_potential::check_finite(system, into)
    }
}

impl ExternalPotential {
    /// −∂E/∂strain in eV: Σ r ⊗ F without a cell, else what the program gives.
    fn virial(&self, system: &System, label: &Label) -> Result<[[f64; 3]; 3]> {
        if system.cell.is_none() {
            let pairs = || system.positions.iter().zip(&label.forces);
            return Ok([0, 1, 2].map(|a| [0, 1, 2].map(|b| pairs().map(|(r, force)| r[a] * force[b]).sum())));
        }
        label.virial.ok_or_else(|| {
            Error::External(format!(
                "{} gives no stress (a key `stress` in eV/Å³, positive under tension), which pressures and cells need",
                self.name
            ))
        })
    }
}

/// The program, with a thread that reads what it writes.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
}

impl Running {
    fn start(command: &str, folder: &Path) -> Result<Self> {
        let mut child = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| Error::External(format!("`{command}` cannot be started: {error}")))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let Some(output) = output else { return };
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, input, lines })
    }

    /// The text of the answer to `request`; the input ends behind it unless the program is to answer more.
    fn ask(&mut self, request: &Request, more: bool, limit: Duration) -> Result<Vec<u8>> {
        let mut frame = Vec::new();
        // Writing to memory cannot fail.
        let _ = request.write(&mut frame);
        if let Some(input) = &mut self.input {
            // A program that has ended is noticed when it does not answer.
            let _ = input.write_all(&frame).and_then(|()| input.flush());
        }
        if !more {
            self.input = None;
        }
        let end = Instant::now() + limit;
        let mut text = Vec::new();
        for _ in 0..request.system.atom_count() + 2 {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => text.extend_from_slice(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let limit = limit.as_secs_f64();
                    return Err(Error::External(format!("the external program has not answered within {limit} s")));
                }
            }
        }
        Ok(text)
    }
}

impl Drop for Running {
    /// Whatever the program has started ends with it.
    fn drop(&mut self) {
        self.input = None;
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        end_group(&mut self.child);
    }
}
