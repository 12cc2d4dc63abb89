//! `cormorant ipi`.

use std::path::Path;

use super::arguments::ComputingArguments;
use crate::input::WallTime;
use crate::input::build::learned;
use crate::ipi::{Address, Client, serve_all};
use crate::model::load;
use crate::system::System;
use crate::{Error, Result};

/// Serve forces of `model` for the atoms of `structure` to the i-PI at `address`, over `connections` connections.
pub(super) fn ipi(
    model: &Path,
    structure: impl Fn() -> Result<System>,
    address: &Address,
    connections: u16,
    computing: ComputingArguments,
    patience: &WallTime,
) -> Result<()> {
    let threads = computing.threads.unwrap_or(1);
    if connections > 1 && threads > 1 {
        let reason = "--connections and --threads exclude each other: each connection has a thread of its own";
        return Err(Error::Invalid(reason.into()));
    }
    let system = structure()?;
    let potential = learned(load(model)?.as_ref(), computing.precision, usize::from(threads))?;
    let mut clients = (1..connections)
        .map(|_| Client::new(system.clone(), Box::new(potential.twin())))
        .collect::<Result<Vec<_>>>()?;
    clients.push(Client::new(system.clone(), Box::new(potential))?);
    println!("{} for i-PI at {address}, {connections} connections", crate::system::formula(&system.elements));
    serve_all(address, &mut clients, patience.duration())?;
    let evaluations: u64 = clients.iter().map(Client::evaluations).sum();
    println!("i-PI is done, after {evaluations} evaluations");
    Ok(())
}
