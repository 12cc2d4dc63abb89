//! Archives of arrays (`.npz`): as they come, and as whole archives around damaged arrays.
#![no_main]

use cormorant::fit::{DataSet, LabelUnits};

#[path = "../../tests/suite/archive.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod archive;

/// Between two arrays of a case whose first byte is odd.
const MARK: &[u8] = b"\n--\n";

/// The case as an archive.
fn archive_of(bytes: &[u8]) -> Vec<u8> {
    let names = ["nuclear_charges.npy", "coords.npy", "energies.npy", "forces.npy", "old_indices.npy"];
    match bytes {
        [first, rest @ ..] if first % 2 == 1 => {
            let mut members = Vec::new();
            let mut rest = rest;
            for name in names {
                let end = rest.windows(MARK.len()).position(|window| window == MARK);
                members.push((name, rest[..end.unwrap_or(rest.len())].to_vec()));
                let Some(end) = end else { break };
                rest = &rest[end + MARK.len()..];
            }
            archive::zip(&members)
        }
        [_, rest @ ..] => rest.to_vec(),
        [] => Vec::new(),
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("case.npz", &archive_of(bytes), |path| {
        let Ok(data) = DataSet::read(path, Some(LabelUnits::EV_ANGSTROM)) else { return };
        for one in &data.configurations {
            assert!(one.fault().is_none() && one.forces.len() == one.elements.len());
        }
        let _ = cormorant::fit::checks::check(&data.configurations);
    });
});
