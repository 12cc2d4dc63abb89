//! Answering i-PI.

use std::io::{self, ErrorKind, Write};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use super::Address;
use cormorant_core::system::System;
use cormorant_core::units::{BOHR, HARTREE};
use cormorant_core::{Error, Result};
use cormorant_learn::ipi::Connection;
use cormorant_learn::ipi::wire::{read_count, read_reals, read_word, skip, write_count, write_reals, write_word};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// A system and its potential, ready to answer one connection.
pub struct Client {
    system: System,
    potential: Box<dyn Potential>,
    result: Evaluation,
    evaluations: u64,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// i-PI said that all is done.
    Finished,
    /// The connection broke: i-PI stopped, and may start again.
    Lost,
}

impl Client {
    /// A client for `system`, whose elements tell what the positions of i-PI belong to; a system without a cell ignores
    /// the cell of i-PI.
    ///
    /// # Errors
    /// When the potential does not know an element, or total charge and spin of the system.
    pub fn new(system: System, potential: Box<dyn Potential>) -> Result<Self> {
        match system.elements.iter().find(|element| !potential.accepts(**element)) {
            Some(element) => Err(cormorant_potential::unknown(*element, &potential.elements())),
            None => {
                potential.check_state(&system)?;
                Ok(Self { system, potential, result: Evaluation::default(), evaluations: 0 })
            }
        }
    }

    /// How often the potential was evaluated.
    #[must_use]
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Answer on `connection` until it ends.
    ///
    /// # Errors
    /// When what arrives is not valid, or the potential cannot be evaluated.
    pub fn converse(&mut self, connection: &mut (impl io::Read + Write)) -> Result<Ending> {
        let mut ready = false;
        loop {
            let word = match read_word(connection) {
                Ok(word) => word,
                Err(error) => return lost(error),
            };
            let answered = match word.as_str() {
                "STATUS" => answer(connection, if ready { "HAVEDATA" } else { "READY" }),
                "INIT" => init(connection),
                "POSDATA" => match self.take(connection) {
                    Ok(()) => {
                        self.evaluate()?;
                        ready = true;
                        Ok(())
                    }
                    Err(Problem::Connection(error)) => Err(error),
                    Err(Problem::Ours(error)) => return Err(error),
                },
                "GETFORCE" => {
                    ready = false;
                    self.give(connection)
                }
                "EXIT" => return Ok(Ending::Finished),
                other => return Err(Error::External(format!("i-PI says {other:?}, which is not of its protocol"))),
            };
            if let Err(error) = answered {
                return lost(error);
            }
        }
    }

    /// Cell and positions.
    fn take(&mut self, connection: &mut impl io::Read) -> Result<(), Problem> {
        let cell = read_reals(connection, 9)?;
        read_reals(connection, 9)?; // the inverse of the cell
        let atoms = read_count(connection)?;
        let known = self.system.atom_count();
        if atoms != known {
            return Err(Problem::Ours(Error::Invalid(format!(
                "i-PI sends {atoms} atoms, but the structure has {known}; both have to be the same, in the same order"
            ))));
        }
        let positions = read_reals(connection, 3 * atoms)?;
        for (place, position) in self.system.positions.iter_mut().zip(positions.as_chunks::<3>().0) {
            *place = position.map(|x| x * BOHR);
        }
        // i-PI sends three vectors always; which of them repeat is what the structure says.
        if let Some(known) = &self.system.cell {
            // The vectors are in columns there and in rows here.
            let rows = [0, 1, 2].map(|vector| [0, 1, 2].map(|axis| cell[3 * axis + vector] * BOHR));
            self.system.cell = Some(known.with_rows(rows).map_err(Problem::Ours)?);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<()> {
        self.evaluations += 1;
        self.system.step = self.evaluations;
        self.potential.evaluate(
            &self.system,
            RequestedProperties { virial: true, atom_energies: false },
            &mut self.result,
        )
    }

    /// Energy, forces and virial.
    fn give(&self, connection: &mut impl Write) -> io::Result<()> {
        let mut message = Vec::with_capacity(128 + 24 * self.result.forces.len());
        write_word(&mut message, "FORCEREADY")?;
        write_reals(&mut message, [self.result.energy / HARTREE])?;
        write_count(&mut message, self.result.forces.len())?;
        write_reals(&mut message, self.result.forces.as_flattened().iter().map(|f| f * BOHR / HARTREE))?;
        let virial = self.result.virial.unwrap_or_default();
        write_reals(&mut message, virial.as_flattened().iter().map(|v| v / HARTREE))?;
        write_count(&mut message, 0)?;
        connection.write_all(&message)?;
        connection.flush()
    }
}

/// What can go wrong while a message is read.
enum Problem {
    Connection(io::Error),
    Ours(Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

fn answer(connection: &mut impl Write, word: &str) -> io::Result<()> {
    write_word(connection, word)?;
    connection.flush()
}

/// Which bead it is does not matter to us, nor does the text.
fn init(connection: &mut impl io::Read) -> io::Result<()> {
    skip(connection, 4)?;
    let length = read_count(connection)?;
    skip(connection, length)
}

/// A connection that broke is no mistake; anything else is.
fn lost(error: io::Error) -> Result<Ending> {
    match error.kind() {
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::TimedOut => Ok(Ending::Lost),
        _ => Err(Error::External(format!("talking to i-PI failed: {error}"))),
    }
}

/// Serve i-PI with every client on a connection and a thread of its own, until it says that all is done.
///
/// `patience` is how long each waits for somebody to listen, at first and after a connection that broke. Where nobody comes back
/// after forces were sent, i-PI was stopped: that is [`Ending::Lost`], an end in order. So it is where the others did all of the work before a
/// connection was asked for anything.
///
/// # Errors
/// When nobody listens at the start, all connections end before any forces were asked for, or a conversation fails.
pub fn serve_all(address: &Address, clients: &mut [Client], patience: [Duration; 2]) -> Result<Ending> {
    let ends = std::thread::scope(|scope| {
        let threads: Vec<_> =
            clients.iter_mut().map(|client| scope.spawn(move || serve(address, client, patience))).collect();
        // Every thread is waited for; the first error is the one that is told.
        let join = |thread: ScopedJoinHandle<'_, Result<Served>>| {
            thread.join().unwrap_or_else(|_| Err(Error::Internal("a client of i-PI panicked".into())))
        };
        threads.into_iter().map(join).collect::<Vec<_>>()
    });
    let worked = clients.iter().any(|client| client.evaluations > 0);
    ends.into_iter().try_fold(Ending::Finished, |all, one| match (all, one?) {
        (Ending::Finished, Served::Until(Ending::Finished)) => Ok(Ending::Finished),
        (all, Served::Nobody(_)) if worked => Ok(all),
        (_, Served::Nobody(error)) => Err(error),
        _ => Ok(Ending::Lost),
    })
}

/// How one connection went.
enum Served {
    /// Until it ended so.
    Until(Ending),
    /// It was asked for nothing, and nobody listens.
    Nobody(Error),
}

fn serve(address: &Address, client: &mut Client, [first, again]: [Duration; 2]) -> Result<Served> {
    let mut connection: Box<dyn Connection> = match address.connect(first) {
        Ok(connection) => connection,
        Err(error) => return Ok(Served::Nobody(error)),
    };
    loop {
        if client.converse(&mut connection)? == Ending::Finished {
            return Ok(Served::Until(Ending::Finished));
        }
        connection = match address.connect(again) {
            Ok(connection) => connection,
            Err(_) if client.evaluations > 0 => return Ok(Served::Until(Ending::Lost)),
            Err(error) => return Ok(Served::Nobody(error)),
        };
    }
}
