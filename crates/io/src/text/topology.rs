//! Elements from files that name atoms beside coordinates: topologies of AMBER (prmtop, parm7) and CHARMM (PSF).
//!
//! Sources: ambermd.org, prmtop format; the PSF description of NAMD. Checked by: `suite::structures`.

use std::path::Path;

use super::Lines;
use crate::labels::{AtomLabel, assign};
use crate::{ReadOptions, Species};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// A flag of a prmtop with its fields.
struct Section {
    flag: String,
    fields: Vec<String>,
}

/// Atomic numbers; in old files, masses with the atom types, and names.
pub(crate) fn prmtop(path: &Path, options: &ReadOptions) -> Result<Vec<Species>> {
    let sections = sections(path)?;
    let fields =
        |flag: &str| sections.iter().find(|section| section.flag == flag).map(|section| section.fields.as_slice());
    let numbers: Option<Vec<i64>> =
        fields("ATOMIC_NUMBER").map(|fields| fields.iter().map(|field| field.parse().unwrap_or(-1)).collect());
    let masses = fields("MASS").unwrap_or_default();
    let names = fields("ATOM_NAME").ok_or_else(|| Error::structure(path, "has no %FLAG ATOM_NAME"))?;
    let kinds = fields("AMBER_ATOM_TYPE").unwrap_or_default();
    let label = |(atom, name): (usize, &String)| {
        let mut label = AtomLabel { name: name.clone(), ..AtomLabel::default() };
        label.kind = kinds.get(atom).cloned().unwrap_or_default();
        match numbers.as_ref().map(|numbers| numbers.get(atom).copied().unwrap_or(-1)) {
            Some(0) => "EP".clone_into(&mut label.symbol),
            Some(number) if number > 0 => {
                let element = u8::try_from(number).ok().and_then(Element::from_number);
                label.symbol = element.map_or(String::new(), |element| element.symbol().to_owned());
            }
            _ => label.mass = masses.get(atom).and_then(|mass| mass.parse().ok()),
        }
        label
    };
    let labels: Vec<AtomLabel> = names.iter().enumerate().map(label).collect();
    assign(&labels, options).map_err(|message| Error::structure(path, message))
}

/// `%FLAG NAME`, `%FORMAT(20a4)`, then fields of that width.
fn sections(path: &Path) -> Result<Vec<Section>> {
    let mut lines = Lines::open(path)?;
    let mut sections: Vec<Section> = Vec::new();
    let mut width = 0;
    while let Some(line) = lines.next()? {
        if let Some(flag) = line.strip_prefix("%FLAG") {
            sections.push(Section { flag: flag.trim().to_owned(), fields: Vec::new() });
        } else if let Some(format) = line.strip_prefix("%FORMAT(") {
            // 20a4, 10I8, 5E16.8
            let letter = format.find(|c: char| c.is_ascii_alphabetic()).map_or("", |at| &format[at + 1..]);
            let digits: String = letter.chars().take_while(char::is_ascii_digit).collect();
            width = digits.parse().unwrap_or(0);
        } else if !line.starts_with('%')
            && width > 0
            && let Some(section) = sections.last_mut()
        {
            let line = line.trim_end();
            let fields =
                (0..line.len().div_ceil(width)).map(|k| Lines::columns(line, k * width, (k + 1) * width).trim());
            section.fields.extend(fields.map(str::to_owned));
        }
    }
    Ok(sections)
}

/// The lines after `!NATOM`: number, segment, residue number, residue, name, type, charge, mass.
pub(crate) fn psf(path: &Path, options: &ReadOptions) -> Result<Vec<Species>> {
    let mut lines = Lines::open(path)?;
    let atoms = loop {
        let line = lines.require("!NATOM")?;
        if line.contains("!NATOM") {
            break lines.count(line.split_whitespace().next().unwrap_or(""), "the number of atoms")?;
        }
    };
    let mut labels = Vec::with_capacity(atoms.min(1 << 20));
    for _ in 0..atoms {
        let line = lines.require("an atom")?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, _, _, residue, name, kind, _, mass, ..] = words.as_slice() else {
            return Err(
                lines.refuse("expected an atom of a PSF file with its segment, residue, name, type, charge and mass")
            );
        };
        labels.push(AtomLabel {
            name: (*name).to_owned(),
            residue: (*residue).to_owned(),
            kind: (*kind).to_owned(),
            mass: Some(lines.number(mass, "the mass")?),
            ..AtomLabel::default()
        });
    }
    assign(&labels, options).map_err(|message| Error::structure(path, message))
}
