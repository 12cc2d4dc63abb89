//! Running them.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::log::Log;
use super::state::{State, restart_of};
use super::{Exchange, Ladder, accepts};
use crate::simulation::{Simulation, Stop};
use cormorant_core::noise::Noise;
use cormorant_core::parallel::share;
use cormorant_core::{Error, ErrorKind, Result};

/// One of the simulations.
pub struct Replica {
    /// Name of its folder, e.g. `replica-03`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its seed.
    pub seed: u64,
    /// The simulation.
    pub simulation: Simulation,
    /// Why it ended before its time.
    pub failure: Option<Error>,
}

/// Simulations that run side by side, the threads shared among them. The bits of each depend on its own input alone.
pub struct Replicas {
    /// The replicas.
    pub members: Vec<Replica>,
    /// Folder of the whole.
    pub folder: PathBuf,
    /// Threads; each does one replica at a time.
    pub threads: usize,
    /// Asks all to end early.
    pub stop: Stop,
    ladder: Option<Ladder>,
}

/// Name of the file with the state of an exchange.
const STATE: &str = "exchange.json";
/// Wall time between two savings of replicas that exchange.
const SAVING: Duration = Duration::from_secs(10);

impl Replicas {
    /// Replicas in their folders below `folder`.
    #[must_use]
    pub fn new(members: Vec<Replica>, folder: PathBuf, threads: usize, stop: Stop) -> Self {
        Self { members, folder, threads, stop, ladder: None }
    }

    /// The ladder of the exchanges, if there were any.
    #[must_use]
    pub fn ladder(&self) -> Option<&Ladder> {
        self.ladder.as_ref()
    }

    /// Whether there is a state of replicas that exchange in `folder`.
    #[must_use]
    pub fn exchanged_in(folder: &Path) -> bool {
        folder.join(STATE).is_file()
    }

    /// Run every replica to its end. One that fails does not hold up the others; its error is in [`Replica::failure`].
    ///
    /// # Errors
    /// When all were asked to stop; their states were saved.
    pub fn run(&mut self) -> Result<()> {
        self.each(|replica| match replica.simulation.run() {
            Ok(_) => Ok(()),
            Err(error) => {
                replica.failure = Some(error);
                Ok(())
            }
        })?;
        let stopped =
            |replica: &&Replica| replica.failure.as_ref().is_some_and(|error| error.kind() == ErrorKind::Interrupted);
        match self.members.iter().filter(stopped).count() {
            0 => Ok(()),
            count => {
                Err(Error::Interrupted(format!("{count} replicas had not finished; their states are in their folders")))
            }
        }
    }

    /// Do something with each replica, on as many threads as there are.
    fn each(&mut self, work: impl Fn(&mut Replica) -> Result<()> + Sync) -> Result<()> {
        let threads = self.threads.clamp(1, self.members.len().max(1));
        let members: Vec<Mutex<&mut Replica>> = self.members.iter_mut().map(Mutex::new).collect();
        let number = members.len();
        let done = share(&mut vec![(); threads], number, |(), index| {
            let mut replica = members[index].lock().map_err(|_| Error::Internal("a replica was lost".into()))?;
            work(&mut replica)
        });
        done.map(|_| ())
    }

    /// Run all replicas with exchanges of configurations between neighbors in the list. `seed` fixes the exchanges; `input`
    /// is the resolved input of the whole, which has to be the same when continuing (`resume`).
    ///
    /// The replicas save no states of themselves; all are saved together at exchanges, so that they belong together.
    ///
    /// # Errors
    /// When a replica fails, a bath has no constant temperature, files do not belong together, or it was asked to stop.
    pub fn run_with_exchange(&mut self, exchange: Exchange, seed: u64, input: &str, resume: bool) -> Result<()> {
        let noise = Noise::new(seed);
        for replica in &mut self.members {
            replica.simulation.restart = None;
            replica.simulation.stop = Stop::new();
            for stage in &mut replica.simulation.stages {
                stage.restart = None;
            }
        }
        let log = self.folder.join("exchanges.csv");
        let (mut log, mut set, mut step) = if resume {
            let state = State::read(&self.folder.join(STATE), input)?;
            for replica in &mut self.members {
                replica.simulation.resume(&restart_of(&replica.folder, state.set))?;
            }
            self.ladder = Some(state.ladder);
            (Log::resume(&log, state.log)?, state.set, state.step)
        } else {
            self.ladder = Some(Ladder::new(self.members.len()));
            (Log::create(&log, self.members.len())?, 1, 0)
        };
        let steps = self.members.iter().map(|replica| replica.simulation.run_steps()).max().unwrap_or(0);
        let mut saved: Option<Instant> = None;
        if step < steps {
            // Begins the files, or continues with them; states can be saved from here on.
            self.advance(step)?;
        }
        loop {
            let next = exchange.next(step);
            if next >= steps {
                // The end is saved by the replicas themselves, in the first set, before they close their files.
                if set == 0 && step < steps {
                    set = 1;
                    self.save(step, set, &mut log, input)?;
                }
                for replica in &mut self.members {
                    replica.simulation.restart = Some(restart_of(&replica.folder, 0));
                }
            }
            let over = self.advance(next)?;
            step = self.members.first().map_or(0, |replica| replica.simulation.system.step);
            if over {
                return self.conclude(step, &mut log, input);
            }
            self.swap(exchange, noise, step, &mut log)?;
            let stop = self.stop.asked();
            if stop || saved.is_none_or(|saved| saved.elapsed() >= SAVING) {
                set = 1 - set;
                self.save(step, set, &mut log, input)?;
                saved = Some(Instant::now());
            }
            if stop {
                let place = self.folder.display();
                return Err(Error::Interrupted(format!("after step {step}; the state is in {place}")));
            }
        }
    }

    /// Bring every replica to step `to`; true when the run is over.
    fn advance(&mut self, to: u64) -> Result<bool> {
        self.each(|replica| {
            let done = replica.simulation.run_to(to);
            done.map(|_| ()).map_err(|error| error.in_replica(&replica.name))
        })?;
        Ok(self.members.iter().all(|replica| {
            let simulation = &replica.simulation;
            simulation.system.step >= simulation.run_steps()
        }))
    }

    /// Let the pairs whose turn it is try to swap.
    fn swap(&mut self, exchange: Exchange, noise: Noise, step: u64, log: &mut Log) -> Result<()> {
        let Some(ladder) = &mut self.ladder else { return Ok(()) };
        let mut swapped = Vec::new();
        for lower in exchange.pairs(step, self.members.len()) {
            let (below, above) = self.members.split_at_mut(lower + 1);
            let (one, two) = (&mut below[lower].simulation, &mut above[0].simulation);
            let (Some(first), Some(second)) = (one.bath_temperature(), two.bath_temperature()) else {
                return Err(Error::Invalid(format!(
                    "at step {step} there is no bath of constant temperature to exchange with"
                )));
            };
            let energies = [one.field().last().energy, two.field().last().energy];
            let accepted = accepts(&noise, step, lower, [first, second], energies);
            if accepted {
                one.swap_configurations(two)?;
                swapped.push(lower);
            }
            ladder.note(lower, accepted);
        }
        let time = self.members.first().map_or(0.0, |replica| replica.simulation.system.time);
        log.write(step, time, ladder, &swapped)
    }

    /// At the end, when the last states are in the first set of files: say so, and leave no other, so that the folder does not
    /// tell how often they were saved.
    fn conclude(&self, step: u64, log: &mut Log, input: &str) -> Result<()> {
        self.point_to(step, 0, log, input)?;
        for replica in &self.members {
            let other = restart_of(&replica.folder, 1);
            if other.exists() {
                std::fs::remove_file(&other).map_err(|source| Error::io(&other, source))?;
            }
        }
        Ok(())
    }

    /// Save all states in the files of `set`, then the file that names it.
    fn save(&mut self, step: u64, set: u8, log: &mut Log, input: &str) -> Result<()> {
        self.each(|replica| replica.simulation.save_in(&restart_of(&replica.folder, set)))?;
        self.point_to(step, set, log, input)
    }

    /// Write the file that names the set of states to continue from.
    fn point_to(&self, step: u64, set: u8, log: &mut Log, input: &str) -> Result<()> {
        let length = log.sync()?;
        let Some(ladder) = self.ladder.clone() else { return Ok(()) };
        State::new(step, set, ladder, length, input).write(&self.folder.join(STATE))
    }
}
