//! Readers of our own for text formats that people bring: what a file says of its atoms is needed in full there.

mod amber;
mod cif;
mod cif_document;
mod gro;
mod lammps_data;
mod lammps_dump;
mod lines;
mod mdl;
mod mdl_block;
mod mdl_valence;
mod mol2;
mod pdb;
mod pdb_alternatives;
mod poscar;
mod symmetry;
mod topology;

pub(super) use amber::AmberReader;
pub(super) use cif::CifReader;
pub(super) use gro::GroReader;
pub(super) use lammps_data::LammpsDataReader;
pub(super) use lammps_dump::LammpsDumpReader;
pub(super) use lines::Lines;
pub use mdl::formal_charge;
pub(super) use mdl::{MdlRemarks, remarks};
pub(super) use mol2::Mol2Reader;
pub(super) use pdb::PdbReader;
pub(super) use poscar::PoscarReader;
pub(super) use topology::{prmtop, psf};

use super::{Frame, Species};
use cormorant_core::Result;

/// Frames of a file, one after the other.
pub(super) trait FrameSource {
    /// The next frame; `None` at the end of the file.
    fn next_frame(&mut self) -> Result<Option<Frame>>;

    /// Pass over a frame; `false` at the end of the file.
    fn skip_frame(&mut self) -> Result<bool> {
        Ok(self.next_frame()?.is_some())
    }
}

/// Give a frame its atoms.
pub(super) fn set_species(frame: &mut Frame, species: &[Species]) {
    frame.elements = species.iter().map(|one| one.element).collect();
    let isotope = |(atom, one): (usize, &Species)| one.mass.map(|mass| (atom, mass));
    frame.isotopes = species.iter().enumerate().filter_map(isotope).collect();
}
