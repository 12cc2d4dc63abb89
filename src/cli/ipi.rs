//! `cormorant ipi`.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::computing::ComputingArguments;
use super::structure;
use crate::ipi::{Address, Client, Ending, serve_all};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_network::load;
use cormorant_potential::Potential;
use cormorant_workflow::settings::WallTime;
use cormorant_workflow::workflow::learned;

/// How long to wait for i-PI to start, and to come back, when nothing is said.
const START: Duration = Duration::from_secs(60);
const RETURN: Duration = Duration::from_secs(10);

/// Address on which i-PI listens.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct AddressArguments {
    /// Name of a Unix socket, as in the input of i-PI
    #[arg(long)]
    pub unix: Option<String>,
    /// Host and port, e.g. localhost:31415
    #[arg(long)]
    pub tcp: Option<String>,
}

impl AddressArguments {
    /// The one that was given.
    pub fn given(&self) -> Result<Address> {
        match (&self.unix, &self.tcp) {
            (Some(name), _) => Ok(Address::unix(name)),
            (None, Some(address)) => Ok(Address::Tcp(address.clone())),
            (None, None) => Err(Error::Invalid("the address of i-PI is missing: use --unix or --tcp".into())),
        }
    }
}

/// Serve forces of `model` for the atoms that `read` gives to the i-PI at `address`, over `connections` connections.
pub(super) fn ipi(
    model: &Path,
    read: impl Fn() -> Result<System>,
    address: &Address,
    connections: u16,
    computing: ComputingArguments,
    patience: Option<&WallTime>,
) -> Result<()> {
    let threads = computing.threads.unwrap_or(1);
    if connections > 1 && threads > 1 {
        let reason = "--connections and --threads exclude each other: each connection has a thread of its own";
        return Err(Error::Invalid(reason.into()));
    }
    let system = read()?;
    let potential =
        learned(load(model)?.as_ref(), computing.device.options(computing.precision), usize::from(threads))?;
    structure::notes(potential.check_structure(&system)?.as_slice());
    let mut clients = (1..connections)
        .map(|_| Client::new(system.clone(), Box::new(potential.twin())))
        .collect::<Result<Vec<_>>>()?;
    clients.push(Client::new(system.clone(), Box::new(potential))?);
    println!("{} for i-PI at {address}, {connections} connections", cormorant_core::system::formula(&system.elements));
    let waits = patience.map_or([START, RETURN], |patience| [patience.duration(); 2]);
    let ending = serve_all(address, &mut clients, waits)?;
    let evaluations: u64 = clients.iter().map(Client::evaluations).sum();
    match ending {
        Ending::Finished => println!("i-PI is done, after {evaluations} evaluations"),
        Ending::Lost => println!(
            "i-PI closed the connection without EXIT and did not reconnect within {} s, after {evaluations} evaluations",
            waits[1].as_secs()
        ),
    }
    Ok(())
}
