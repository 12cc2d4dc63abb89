//! One structure, asked of one client of i-PI's protocol.

use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use super::cube::Cube;
use crate::ipi::Connection;
use crate::ipi::wire::{read_count, read_reals, read_word, skip, write_count, write_reals, write_word};
use crate::label::Label;
use cormorant_core::system::System;
use cormorant_core::units::{BOHR, HARTREE};

/// How long a read waits before it is asked whether to go on.
pub(super) const GLANCE: Duration = Duration::from_millis(200);
/// Time between two questions to a client that is busy.
const PAUSE: Duration = Duration::from_millis(20);

/// Why there is no label.
pub(super) enum Trouble {
    /// The client is gone, or silent for too long.
    Lost(String),
    /// The structure cannot be asked for.
    Refused(String),
    /// The client is for another structure, or no client of i-PI.
    Foreign(String),
}

/// Asks the client at `connection` for energy, forces and virial of `system`, in `cube` if it has no cell, and waits until `deadline` or until `stop`.
pub(super) fn ask(
    connection: &mut dyn Connection,
    system: &System,
    cube: Cube,
    deadline: Instant,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Label, Trouble> {
    exchange(&mut Patient { connection, deadline, stop }, system, cube).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => Trouble::Foreign(error.to_string()),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            Trouble::Lost("the client closed the connection instead of an answer".into())
        }
        _ => Trouble::Lost(error.to_string()),
    })
}

/// Tells the client that all is done.
pub(super) fn dismiss(connection: &mut dyn Connection) {
    // One that is gone needs no word.
    let _ = write_word(&mut *connection, "EXIT").and_then(|()| connection.flush());
}

fn exchange(client: &mut Patient<'_>, system: &System, cube: Cube) -> io::Result<Label> {
    let mut sent = false;
    loop {
        say(client, "STATUS")?;
        match read_word(client)?.as_str() {
            "NEEDINIT" => {
                write_word(client, "INIT")?;
                write_count(client, 0)?;
                write_count(client, 1)?;
                client.write_all(b" ")?;
                client.flush()?;
            }
            "READY" if !sent => {
                send(client, system, cube)?;
                sent = true;
            }
            "HAVEDATA" if sent => break,
            // Of a structure that was given up before.
            "HAVEDATA" => drop(fetch(client, system)?),
            "READY" => return Err(foreign("is ready for positions after it had got them")),
            "BUSY" => std::thread::sleep(PAUSE),
            other => return Err(foreign(&format!("says {other:?}, which is not of i-PI's protocol"))),
        }
    }
    fetch(client, system)
}

fn say(client: &mut Patient<'_>, word: &str) -> io::Result<()> {
    write_word(client, word)?;
    client.flush()
}

/// Cell and positions.
fn send(client: &mut Patient<'_>, system: &System, cube: Cube) -> io::Result<()> {
    let enclosed = cube.enclose(system);
    let (cell, positions) = enclosed.map_err(|error| io::Error::new(ErrorKind::InvalidInput, error.to_string()))?;
    let (rows, inverse) = (cell.basis(), cell.inverse());
    // The vectors are in rows here and in columns there.
    let column = |matrix: &[[f64; 3]; 3], k: usize| matrix[k % 3][k / 3];
    let mut message = Vec::with_capacity(160 + 24 * system.atom_count());
    write_word(&mut message, "POSDATA")?;
    write_reals(&mut message, (0..9).map(|k| column(&rows, k) / BOHR))?;
    write_reals(&mut message, (0..9).map(|k| column(&inverse, k) * BOHR))?;
    write_count(&mut message, system.atom_count())?;
    write_reals(&mut message, positions.as_flattened().iter().map(|x| x / BOHR))?;
    client.write_all(&message)?;
    client.flush()
}

/// Energy, forces and virial.
fn fetch(client: &mut Patient<'_>, system: &System) -> io::Result<Label> {
    say(client, "GETFORCE")?;
    let word = read_word(client)?;
    if word != "FORCEREADY" {
        return Err(foreign(&format!("says {word:?} in place of forces")));
    }
    let energy = read_reals(client, 1)?[0] * HARTREE;
    let (count, atoms) = (read_count(client)?, system.atom_count());
    if count != atoms {
        return Err(foreign(&format!(
            "sends forces of {count} atoms, but the structure has {atoms}; both have to be the same, in the same order"
        )));
    }
    let forces = read_reals(client, 3 * atoms)?;
    let forces = forces.as_chunks::<3>().0.iter().map(|force| force.map(|f| f * HARTREE / BOHR)).collect();
    let virial = read_reals(client, 9)?;
    let length = read_count(client)?;
    skip(client, length)?;
    // Programs that compute none send zeros, and structures without a cell have none.
    let known = system.cell.is_some() && virial.iter().any(|v| *v != 0.0);
    let virial = known.then(|| [0, 1, 2].map(|a| [0, 1, 2].map(|b| virial[3 * a + b] * HARTREE)));
    Ok(Label { energy, forces, virial })
}

fn foreign(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the client {what}"))
}

/// A connection whose reads end at a deadline, or when somebody asks to stop.
struct Patient<'p> {
    connection: &'p mut dyn Connection,
    deadline: Instant,
    stop: &'p (dyn Fn() -> bool + Sync),
}

impl Read for Patient<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.read(into) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                other => return other,
            }
            if (self.stop)() {
                return Err(io::Error::other("stopped"));
            }
            if Instant::now() > self.deadline {
                return Err(io::Error::other("the client took longer than `time_limit`"));
            }
        }
    }
}

impl Write for Patient<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.connection.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.connection.flush()
    }
}
