//! Formats of structures and trajectories that are read, by name and by content.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::foreign::{advice, foreign};
use cormorant_core::{Error, Result};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StructureFormat {
    /// XYZ and extended XYZ.
    Xyz,
    /// PDB.
    Pdb,
    /// GRO of GROMACS.
    Gro,
    /// MOL2 of Tripos.
    Mol2,
    /// POSCAR and CONTCAR of VASP.
    Poscar,
    /// Data file of LAMMPS.
    LammpsData,
    /// Text dump of LAMMPS.
    LammpsDump,
    /// Coordinates or restart of AMBER in ASCII; needs a topology.
    AmberRestart,
    /// Topology of AMBER, which has no coordinates.
    AmberTopology,
    /// Topology of CHARMM, which has no coordinates.
    Psf,
    /// CIF of crystals.
    Cif,
    /// mmCIF of macromolecules.
    MmCif,
    /// SDF and MOL of MDL.
    Sdf,
    /// Tinker XYZ.
    Tinker,
    /// NetCDF trajectory of AMBER.
    AmberNetCdf,
    /// NetCDF restart of AMBER.
    AmberNetCdfRestart,
    /// DCD.
    Dcd,
    /// TRR of GROMACS.
    Trr,
    /// XTC of GROMACS.
    Xtc,
    /// TNG of GROMACS.
    Tng,
    /// TPR of GROMACS.
    Tpr,
    /// MMTF.
    Mmtf,
    /// CML.
    Cml,
    /// CSSR.
    Cssr,
    /// Molden.
    Molden,
    /// Compressed, or another format that chemfiles knows by the name of the file.
    ByChemfiles,
}

/// What `format` and `--format` accept, the format, and the endings of file names that mean it.
const NAMES: [(&str, StructureFormat, &[&str]); 24] = [
    ("xyz", StructureFormat::Xyz, &["xyz", "extxyz", "exyz"]),
    ("pdb", StructureFormat::Pdb, &["pdb", "ent", "brk"]),
    ("gro", StructureFormat::Gro, &["gro"]),
    ("mol2", StructureFormat::Mol2, &["mol2"]),
    ("vasp", StructureFormat::Poscar, &["vasp", "poscar", "contcar"]),
    ("lammps-data", StructureFormat::LammpsData, &["lmp", "lmpdat", "lammps-data"]),
    ("lammps-dump", StructureFormat::LammpsDump, &["lammpstrj", "lammps-dump", "dump"]),
    ("amber-restart", StructureFormat::AmberRestart, &["inpcrd", "restrt", "rst7", "crd7"]),
    ("prmtop", StructureFormat::AmberTopology, &["prmtop", "parm7"]),
    ("psf", StructureFormat::Psf, &["psf"]),
    ("cif", StructureFormat::Cif, &["cif"]),
    ("mmcif", StructureFormat::MmCif, &["mmcif"]),
    ("sdf", StructureFormat::Sdf, &["sdf", "sd", "mol"]),
    ("tinker", StructureFormat::Tinker, &["arc", "txyz"]),
    ("netcdf", StructureFormat::AmberNetCdf, &["nc", "ncdf"]),
    ("netcdf-restart", StructureFormat::AmberNetCdfRestart, &["ncrst"]),
    ("dcd", StructureFormat::Dcd, &["dcd"]),
    ("trr", StructureFormat::Trr, &["trr"]),
    ("xtc", StructureFormat::Xtc, &["xtc"]),
    ("tng", StructureFormat::Tng, &["tng"]),
    ("tpr", StructureFormat::Tpr, &["tpr"]),
    ("mmtf", StructureFormat::Mmtf, &["mmtf"]),
    ("cml", StructureFormat::Cml, &["cml"]),
    ("cssr", StructureFormat::Cssr, &["cssr"]),
];

/// Bytes at the start of a file that are looked at.
const START: u64 = 1 << 16;

impl StructureFormat {
    /// The words that [`from_name`](Self::from_name) accepts.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        NAMES.iter().map(|(name, _, _)| *name).collect()
    }

    /// The format with this name.
    ///
    /// # Errors
    /// When there is none; the message lists them.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = NAMES.iter().find(|(known, _, endings)| *known == name || endings.contains(&name));
        known.map(|(_, format, _)| *format).ok_or_else(|| {
            Error::Invalid(format!("{name:?} is not a format that is read; known are {}", Self::names().join(", ")))
        })
    }

    /// The format of a file, by its name and by what is in it.
    ///
    /// # Errors
    /// When the file cannot be opened, is a folder or empty, or is in a format that is not read; the message names a way out.
    pub fn recognize(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        let data = file.metadata().map_err(|source| Error::io(path, source))?;
        if data.is_dir() {
            return Err(Error::structure(path, "is a folder, not a file"));
        }
        let mut start = Vec::new();
        file.take(START).read_to_end(&mut start).map_err(|source| Error::io(path, source))?;
        if start.is_empty() {
            return Err(Error::structure(path, "the file is empty; use another one, or write it again"));
        }
        if let Some(reason) = foreign(&start) {
            return Err(Error::structure(path, reason));
        }
        let text = String::from_utf8_lossy(&start);
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if let Some(reason) = advice(&name, &text) {
            return Err(Error::structure(path, reason));
        }
        let by_content = by_content(&start, &text);
        let by_name =
            NAMES.iter().find(|(_, _, endings)| endings.contains(&ending.as_str())).map(|(_, format, _)| *format);
        match (by_name, by_content) {
            // Endings that several formats share are settled by the content.
            (Some(Self::Xyz), Some(found @ Self::Tinker))
            | (Some(Self::Cif), Some(found @ Self::MmCif))
            | (Some(Self::AmberRestart), Some(found @ Self::AmberNetCdfRestart)) => Ok(found),
            (Some(named), _) => Ok(named),
            (None, _) if ending == "mdl" => Ok(Self::ByChemfiles),
            (None, Some(found)) => Ok(found),
            (None, None) => Err(Error::structure(
                path,
                format!(
                    "the format is not known by the name or the content of the file; set it (format = \"...\" in [structure], or \
                     --format) to one of {}, or write the file as extended XYZ: ase convert FILE structure.extxyz",
                    Self::names().join(", ")
                ),
            )),
        }
    }

    /// The name under which chemfiles knows the format; empty for those that go by the name of the file.
    pub(super) fn chemfiles_name(self) -> &'static str {
        match self {
            Self::Cif => "CIF",
            Self::MmCif => "mmCIF",
            Self::Sdf => "SDF",
            Self::Tinker => "Tinker",
            Self::AmberNetCdf => "Amber NetCDF",
            Self::AmberNetCdfRestart => "Amber Restart",
            Self::Dcd => "DCD",
            Self::Trr => "TRR",
            Self::Xtc => "XTC",
            Self::Tng => "TNG",
            Self::Tpr => "TPR",
            Self::Mmtf => "MMTF",
            Self::Cml => "CML",
            Self::Cssr => "CSSR",
            Self::Molden => "Molden",
            _ => "",
        }
    }

    /// Whether the types of atoms that chemfiles finds in this format are element symbols.
    pub(super) fn states_elements(self) -> bool {
        matches!(self, Self::Cif | Self::MmCif | Self::Sdf | Self::Mmtf | Self::Cml | Self::Molden)
    }
}

impl fmt::Display for StructureFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            NAMES.iter().find(|(_, format, _)| format == self).map_or("by the name of the file", |(name, _, _)| name);
        formatter.write_str(name)
    }
}

/// The format that the first bytes of a file show.
fn by_content(start: &[u8], text: &str) -> Option<StructureFormat> {
    if start.starts_with(b"CDF") {
        let restart = start.windows(12).any(|window| window == b"AMBERRESTART");
        return Some(if restart { StructureFormat::AmberNetCdfRestart } else { StructureFormat::AmberNetCdf });
    }
    let lines: Vec<&str> = text.lines().take(400).collect();
    let begins = |words: &[&str]| lines.iter().take(60).any(|line| words.iter().any(|word| line.starts_with(word)));
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    if has("_atom_site.") || has("_entry.id") {
        return Some(StructureFormat::MmCif);
    }
    if has("_cell_length_a") || has("_atom_site_") || lines.iter().any(|line| line.starts_with("data_")) {
        return Some(StructureFormat::Cif);
    }
    if begins(&["%VERSION", "%FLAG"]) {
        return Some(StructureFormat::AmberTopology);
    }
    if lines.first().is_some_and(|line| line.starts_with("PSF")) {
        return Some(StructureFormat::Psf);
    }
    if has("@<TRIPOS>MOLECULE") {
        return Some(StructureFormat::Mol2);
    }
    if lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with("ITEM:")) {
        return Some(StructureFormat::LammpsDump);
    }
    if (has("xlo xhi") || has("avec")) && has("atom types") {
        return Some(StructureFormat::LammpsData);
    }
    if has("V2000") || has("V3000") {
        return Some(StructureFormat::Sdf);
    }
    if begins(&["ATOM  ", "HETATM", "CRYST1"]) {
        return Some(StructureFormat::Pdb);
    }
    numeric(&lines)
}

/// Formats without a word of their own, by the shape of their first lines.
fn numeric(lines: &[&str]) -> Option<StructureFormat> {
    let line = |k: usize| lines.get(k).copied().unwrap_or("");
    let numbers = |k: usize| line(k).split_whitespace().map_while(|word| word.parse::<f64>().ok()).count();
    let words = |k: usize| line(k).split_whitespace().count();
    let whole = |text: &str| text.trim().parse::<usize>().is_ok();
    let columns =
        |k: usize, from: usize, to: usize| line(k).get(from..to).is_some_and(|text| text.trim().parse::<f64>().is_ok());
    if whole(line(0)) && words(2) >= 4 && numbers(2) == 0 {
        return Some(StructureFormat::Xyz);
    }
    if whole(line(1)) && columns(2, 20, 28) && columns(2, 28, 36) && columns(2, 36, 44) {
        return Some(StructureFormat::Gro);
    }
    let lattice = (2..5).all(|k| numbers(k) >= 3);
    if lattice
        && matches!(words(1), 1 | 3)
        && numbers(1) == words(1)
        && (numbers(5) == words(5) || numbers(6) == words(6))
    {
        return Some(StructureFormat::Poscar);
    }
    let second: Vec<&str> = line(1).split_whitespace().collect();
    if matches!(second.len(), 1 | 2) && whole(second[0]) && (0..6).all(|k| columns(2, 12 * k, 12 * (k + 1))) {
        return Some(StructureFormat::AmberRestart);
    }
    // Tinker: the number of atoms and a title, then number, name, position, type and bonds of each atom.
    let first: Vec<&str> = line(0).split_whitespace().collect();
    let atom: Vec<&str> = line(1).split_whitespace().collect();
    let tinker =
        first.first().is_some_and(|word| whole(word)) && atom.len() >= 6 && atom[0] == "1" && !atom[1].contains('.');
    let placed = tinker && atom[1].parse::<f64>().is_err() && atom[2..6].iter().all(|word| word.parse::<f64>().is_ok());
    (placed && whole(atom[5])).then_some(StructureFormat::Tinker)
}
