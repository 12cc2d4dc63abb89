//! Reading QM9: the tables of the PyPI package `qm9pack`, or the published archive of 133,885 files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::csv::{fields, numbers, words};
use super::property::Property;
use crate::Configuration;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result, hexadecimal};

/// Heads of the columns of `qm9pack`, in the order of [`Property::ALL`].
const COLUMNS: [&str; 12] = [
    "Dipole_debye",
    "Polarizability_bohr3",
    "HOMO_au",
    "LUMO_au",
    "HOMO_LUMO_gap_au",
    "R2_bohr2",
    "ZPVE_au",
    "InternalEnergy_0K_au",
    "InternalEnergy_298K_au",
    "Enthalphy_298K_au",
    "GibbsFreeEnergy_298K_au",
    "Heatcapacity_Cv_cal_mol_K",
];
/// The tables of `qm9pack`, when a folder is named.
const PARTS: [&str; 3] = ["qm9_part1.csv", "qm9_part2.csv", "qm9_part3.csv"];
/// The list of molecules that failed the check of consistency, beside the published archive.
const UNCHARACTERIZED: &str = "uncharacterized.txt";
/// Places of the twelve targets among the numbers of a published file (behind `gdb` and the index).
const PLACES: [usize; 12] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
/// Largest file that is believed, in bytes.
const LARGEST_MEMBER: u64 = 1 << 20;

/// One molecule.
#[derive(Debug, Clone, PartialEq)]
pub struct Qm9Molecule {
    /// Its number in the data set, from 1.
    pub index: u32,
    /// Elements of its atoms.
    pub elements: Vec<Element>,
    /// Positions in Å.
    pub positions: Vec<[f64; 3]>,
    /// The targets in the units of the data set, in the order of [`Property::ALL`].
    pub values: [f64; 12],
}

/// The data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Qm9 {
    /// The file or folder.
    pub path: PathBuf,
    /// SHA-256 of what was read, hexadecimal.
    pub hash: String,
    /// The molecules in the order of their numbers.
    pub molecules: Vec<Qm9Molecule>,
}

impl Qm9 {
    /// Reads a table of `qm9pack` (`.csv`), a folder with its three tables, or the published archive (`.tar.bz2`) with
    /// `uncharacterized.txt` beside it.
    ///
    /// # Errors
    /// When a file cannot be read or is none of these, or a line cannot be understood; the message names it.
    pub fn read(path: &Path) -> Result<Self> {
        let mut hasher = Sha256::new();
        let mut molecules = Vec::new();
        if path.is_dir() {
            for part in PARTS {
                table(&path.join(part), &mut hasher, &mut molecules)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "bz2") {
            archive(path, &mut hasher, &mut molecules)?;
        } else {
            table(path, &mut hasher, &mut molecules)?;
        }
        molecules.sort_by_key(|molecule| molecule.index);
        if molecules.is_empty() {
            return Err(Error::data(path, "holds no molecule"));
        }
        Ok(Self { path: path.to_path_buf(), hash: hexadecimal(&hasher.finalize()), molecules })
    }
}

impl Qm9Molecule {
    /// The molecule with `property` (references taken off, in its unit) in the place of the energy, and without forces.
    #[must_use]
    pub fn labeled(&self, property: Property) -> Configuration {
        let reference: f64 = self.elements.iter().map(|&element| property.reference(element)).sum();
        Configuration {
            elements: self.elements.clone(),
            positions: self.positions.clone(),
            energy: Some(self.values[property as usize] * property.factor() - reference),
            ..Configuration::default()
        }
    }
}

/// One table of `qm9pack`.
fn table(path: &Path, hasher: &mut Sha256, molecules: &mut Vec<Qm9Molecule>) -> Result<()> {
    let file = File::open(path).map_err(|source| Error::io(path, source))?;
    let mut lines = BufReader::new(file).lines();
    let mut next = || lines.next().transpose().map_err(|source| Error::io(path, source));
    let head = next()?.unwrap_or_default();
    let heads = fields(&head);
    let column = |name: &str| {
        heads.iter().position(|head| *head == name).ok_or_else(|| {
            Error::data(path, format!("has no column {name:?}; a table of the PyPI package qm9pack is expected"))
        })
    };
    let (index, elements, positions) = (column("Index")?, column("Elements")?, column("XYZ_Ang")?);
    let values = COLUMNS.iter().map(|name| column(name)).collect::<Result<Vec<_>>>()?;
    let mut number = 1;
    while let Some(line) = next()? {
        number += 1;
        hasher.update(line.as_bytes());
        let row = fields(&line);
        let molecule = (row.len() == heads.len()).then(|| {
            let values: Vec<f64> = values.iter().map(|&place| number_of(row[place])).collect::<Option<_>>()?;
            molecule(row[index].parse().ok()?, &words(row[elements]), &numbers(row[positions])?, &values)
        });
        let fault = || Error::data(path, format!("line {number} is not a molecule of qm9pack's table"));
        molecules.push(molecule.flatten().ok_or_else(fault)?);
    }
    Ok(())
}

/// The published archive: a tar stream of one file for each molecule.
fn archive(path: &Path, hasher: &mut Sha256, molecules: &mut Vec<Qm9Molecule>) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let list = path.with_file_name(UNCHARACTERIZED);
    let text = std::fs::read_to_string(&list).map_err(|source| Error::io(&list, source))?;
    let first = |line: &str| line.split_whitespace().next()?.parse::<u32>().ok();
    let left_out: BTreeSet<u32> = text.lines().filter_map(first).collect();
    let mut stream = bzip2::read::MultiBzDecoder::new(BufReader::new(File::open(path).map_err(failed)?));
    let mut header = [0_u8; 512];
    loop {
        stream.read_exact(&mut header).map_err(failed)?;
        if header.iter().all(|&byte| byte == 0) {
            return Ok(());
        }
        let digits: String =
            header[124..136].iter().map(|&byte| char::from(byte)).filter(char::is_ascii_digit).collect();
        let size = u64::from_str_radix(&digits, 8).ok().filter(|&size| size <= LARGEST_MEMBER);
        let size = size.ok_or_else(|| Error::data(path, "is damaged: a size cannot be read; fetch it again"))?;
        let mut bytes = Vec::new();
        let padded = size.div_ceil(512) * 512;
        (&mut stream).take(padded).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 != padded {
            return Err(Error::data(path, "is damaged: it ends early; fetch it again"));
        }
        bytes.truncate(size as usize);
        hasher.update(&bytes);
        if size == 0 {
            continue;
        }
        let name = String::from_utf8_lossy(&header[..100]).trim_end_matches('\0').to_string();
        let text = String::from_utf8_lossy(&bytes);
        let molecule = member(&text).ok_or_else(|| Error::data(path, format!("{name}: is not a molecule of QM9")))?;
        if !left_out.contains(&molecule.index) {
            molecules.push(molecule);
        }
    }
}

/// One published file: number of atoms, `gdb index A B C mu alpha ...`, then symbol, position and charge of each atom.
fn member(text: &str) -> Option<Qm9Molecule> {
    let mut lines = text.lines();
    let count: usize = lines.next()?.trim().parse().ok()?;
    let words: Vec<&str> = lines.next()?.split_whitespace().collect();
    let values: Vec<f64> =
        PLACES.iter().map(|&k| words.get(k + 2).and_then(|x| number_of(x))).collect::<Option<_>>()?;
    let (mut symbols, mut positions) = (Vec::new(), Vec::new());
    for line in lines.by_ref().take(count.min(1000)) {
        let mut parts = line.split_whitespace();
        symbols.push(parts.next()?);
        for _ in 0..3 {
            positions.push(number_of(parts.next()?)?);
        }
    }
    molecule(words.get(1)?.parse().ok()?, &symbols, &positions, &values).filter(|one| one.elements.len() == count)
}

/// A number, also in the published files' notation `1.2*^-6`.
fn number_of(text: &str) -> Option<f64> {
    text.replace("*^", "e").parse().ok().filter(|x: &f64| x.is_finite())
}

fn molecule(index: u32, symbols: &[&str], positions: &[f64], values: &[f64]) -> Option<Qm9Molecule> {
    let elements: Vec<Element> =
        symbols.iter().map(|symbol| Element::from_symbol(symbol).ok()).collect::<Option<_>>()?;
    let (positions, rest) = positions.as_chunks::<3>();
    let whole = rest.is_empty() && positions.len() == elements.len() && !elements.is_empty();
    let values = values.try_into().ok()?;
    whole.then(|| Qm9Molecule { index, elements, positions: positions.to_vec(), values })
}
