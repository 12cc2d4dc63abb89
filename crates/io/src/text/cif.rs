//! CIF of crystals, whose symmetry operations are applied, and mmCIF of macromolecules, whose atoms are read as listed.
//!
//! Checked by: `suite::structures`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::cif_document::Block;
use super::symmetry::{Operation, images};
use super::{FrameSource, set_species};
use crate::labels::{AtomLabel, assign};
use crate::{Frame, ReadOptions};
use cormorant_core::system::Cell;
use cormorant_core::{Error, Result};

/// The blocks of a CIF, or the models of an mmCIF.
pub(crate) struct CifReader {
    frames: std::vec::IntoIter<Frame>,
}

/// Sites as listed.
struct Sites {
    labels: Vec<AtomLabel>,
    places: Vec<[f64; 3]>,
    left_out: usize,
    partly: usize,
}

impl CifReader {
    /// Reads the whole file; none if the symmetry is named but its operations are not listed.
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Option<Self>> {
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        let text = String::from_utf8_lossy(&bytes);
        let refuse = |reason: String| Error::structure(path, reason);
        let blocks = Block::read(&text).map_err(refuse)?;
        let with_sites: Vec<Block> = blocks
            .into_iter()
            .filter(|block| block.column("_atom_site_fract_x").or(block.column("_atom_site_cartn_x")).is_some())
            .collect();
        if with_sites.is_empty() {
            return Err(refuse("holds no atoms (no _atom_site with fract_x or Cartn_x)".into()));
        }
        let mut frames = Vec::new();
        for block in &with_sites {
            let reader = BlockReader { path: path.to_path_buf(), block, options };
            if block.column("_atom_site_fract_x").is_some() && reader.operations()?.is_none() {
                reader.require_known_group()?;
                return Ok(None);
            }
            frames.extend(reader.frames()?);
        }
        Ok(Some(Self { frames: frames.into_iter() }))
    }
}

impl FrameSource for CifReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        Ok(self.frames.next())
    }
}

/// Items that name the space group.
const GROUPS: [&str; 7] = [
    "_space_group_name_H-M_alt",
    "_symmetry_space_group_name_H-M",
    "_space_group_name_H-M_full",
    "_space_group_name_Hall",
    "_symmetry_space_group_name_Hall",
    "_space_group_IT_number",
    "_symmetry_Int_Tables_number",
];

struct BlockReader<'a> {
    path: PathBuf,
    block: &'a Block,
    options: &'a ReadOptions,
}

/// A number without its uncertainty, `1.234(5)`.
fn number(text: &str) -> Option<f64> {
    crate::value::real(text.split('(').next().unwrap_or(text)).filter(|value| value.is_finite())
}

impl BlockReader<'_> {
    fn refuse(&self, reason: &str) -> Error {
        Error::structure(&self.path, reason)
    }

    fn cell(&self) -> Result<Option<Cell>> {
        let lengths =
            ["_cell_length_a", "_cell_length_b", "_cell_length_c"].map(|name| self.block.item(name).and_then(number));
        let lengths = if let [Some(a), Some(b), Some(c)] = lengths { Some([a, b, c]) } else { None };
        // Each angle that is left out is 90°, whatever the others are.
        let mut angles = [90.0; 3];
        for (angle, name) in angles.iter_mut().zip(["_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"]) {
            match self.block.item(name) {
                None | Some("?" | ".") => {}
                Some(text) => {
                    *angle = number(text)
                        .ok_or_else(|| self.refuse(&format!("`{name}` is {text:?}; write an angle in degrees")))?;
                }
            }
        }
        let Some(lengths) = lengths.filter(|lengths| *lengths != [1.0; 3] && *lengths != [0.0; 3]) else {
            return Ok(None);
        };
        let cell = Cell::from_lengths_and_angles(lengths, angles);
        cell.map(Some).map_err(|error| self.refuse(&format!("the cell: {error}")))
    }

    /// The space group, unless it is P 1.
    fn group(&self) -> Option<&str> {
        let known = |name: &&str| self.block.item(&name.to_lowercase()).filter(|group| !matches!(*group, "?" | "."));
        let found = GROUPS.iter().find_map(known)?;
        (!matches!(found.replace(' ', "").as_str(), "P1" | "1")).then_some(found)
    }

    /// Refuses a group that the file names and nobody knows: its sites would be taken for all atoms of the cell. An atom anywhere is tried.
    fn require_known_group(&self) -> Result<()> {
        let items: String = GROUPS
            .iter()
            .filter_map(|name| Some(format!("{name} '{}'\n", self.block.item(&name.to_lowercase())?)))
            .collect();
        let probe = format!(
            "data_probe\n_cell_length_a 9\n_cell_length_b 9\n_cell_length_c 9\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n\
             {items}loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nC1 C 0.137 0.219 0.341\n"
        );
        let mut found = chemfiles::Frame::new();
        let reader = chemfiles::MemoryTrajectoryReader::new(probe.as_bytes(), "CIF");
        let read = reader.and_then(|mut reader| reader.read(&mut found));
        if read.is_ok() && found.size() > 1 {
            return Ok(());
        }
        let group = self.group().unwrap_or_default();
        Err(self.refuse(&format!(
            "names the space group {group:?} without its symmetry operations, and by this name they are not known: the sites that are listed are not all \
             atoms of the cell. Write the symbol of Hermann and Mauguin (_symmetry_space_group_name_H-M 'F m -3 m'), list the operations \
             (_space_group_symop_operation_xyz), or write all atoms: ase convert FILE structure.extxyz"
        )))
    }

    /// The operations; none if the file names a group and does not list them.
    fn operations(&self) -> Result<Option<Vec<Operation>>> {
        let tags =
            ["_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz", "_space_group_symop_magn_operation_xyz"];
        let Some(listed) = tags.iter().find_map(|tag| self.block.column(tag)) else {
            let identity = Operation::parse("x,y,z").into_iter().collect();
            return Ok(self.group().is_none().then_some(identity));
        };
        let parse = |text: &str| {
            Operation::parse(text)
                .ok_or_else(|| self.refuse(&format!("the symmetry operation {text:?} is not understood")))
        };
        listed.into_iter().map(parse).collect::<Result<_>>().map(Some)
    }

    /// Columns of the sites, one after the other; alternative places beside the first are left out.
    fn sites(&self, columns: [&str; 3], rows: &[usize]) -> Result<Sites> {
        let column = |name: &str| self.block.column(name);
        let (names, kinds) =
            (column("_atom_site_label_atom_id").or(column("_atom_site_label")), column("_atom_site_type_symbol"));
        let (residues, alternatives) = (column("_atom_site_label_comp_id"), column("_atom_site_label_alt_id"));
        let chain =
            [column("_atom_site_label_asym_id"), column("_atom_site_auth_seq_id"), column("_atom_site_label_seq_id")];
        let occupancies = column("_atom_site_occupancy");
        let flags = column("_atom_site_calc_flag");
        let numbers = columns.map(column);
        let text = |of: &Option<Vec<&str>>, row: usize| match of.as_ref().and_then(|values| values.get(row)) {
            Some(value) if !matches!(*value, "?" | ".") => (*value).to_owned(),
            _ => String::new(),
        };
        let mut sites = Sites { labels: Vec::new(), places: Vec::new(), left_out: 0, partly: 0 };
        let mut first: HashMap<String, String> = HashMap::new();
        for &row in rows {
            if text(&flags, row) == "dum" {
                continue;
            }
            let name = text(&names, row);
            let alternative = text(&alternatives, row);
            if !alternative.is_empty() {
                let key = format!("{}/{}/{}/{name}", text(&chain[0], row), text(&chain[1], row), text(&chain[2], row));
                if *first.entry(key).or_insert_with(|| alternative.clone()) != alternative {
                    sites.left_out += 1;
                    continue;
                }
            }
            let mut place = [0.0; 3];
            for (value, column) in place.iter_mut().zip(&numbers) {
                let found = text(column, row);
                *value = number(&found)
                    .ok_or_else(|| self.refuse(&format!("the site {name} has no position; remove it")))?;
            }
            let share = number(&text(&occupancies, row)).unwrap_or(1.0);
            sites.partly += usize::from(alternative.is_empty() && share < 0.999);
            let symbol = if kinds.is_some() { text(&kinds, row) } else { leading_symbol(&name) };
            sites.places.push(place);
            sites.labels.push(AtomLabel { name, residue: text(&residues, row), symbol, ..AtomLabel::default() });
        }
        Ok(sites)
    }

    fn frames(&self) -> Result<Vec<Frame>> {
        let fractions = ["_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z"];
        let angstroms = ["_atom_site_cartn_x", "_atom_site_cartn_y", "_atom_site_cartn_z"];
        let crystal = self.block.column(fractions[0]).is_some();
        let count =
            self.block.column(if crystal { fractions[0] } else { angstroms[0] }).map_or(0, |column| column.len());
        let models = self.block.column("_atom_site_pdbx_pdb_model_num").filter(|models| models.len() == count);
        let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
        for row in 0..count {
            let model = models.as_ref().map_or("1", |models| models[row]);
            match groups.last_mut() {
                Some((last, rows)) if *last == model => rows.push(row),
                _ => groups.push((model, vec![row])),
            }
        }
        groups
            .iter()
            .map(|(_, rows)| {
                let sites = self.sites(if crystal { fractions } else { angstroms }, rows)?;
                if crystal { self.crystal(sites) } else { self.molecule(sites) }
            })
            .collect()
    }

    /// Every image of every site.
    fn crystal(&self, sites: Sites) -> Result<Frame> {
        let cell = self
            .cell()?
            .ok_or_else(|| self.refuse("has fractions of a cell, but no cell (_cell_length_a and so on)"))?;
        let operations = self.operations()?.unwrap_or_default();
        let mut frame = Frame { cell: Some(cell), ..Frame::default() };
        let mut labels = Vec::new();
        let count = sites.labels.len();
        for (label, place) in sites.labels.iter().zip(&sites.places) {
            let found = images(*place, &operations, &cell);
            labels.extend(std::iter::repeat_n(label.clone(), found.len()));
            frame.positions.extend(found);
        }
        self.finish(&mut frame, &labels, &sites)?;
        if operations.len() > 1 {
            let (number, atoms) = (operations.len(), labels.len());
            frame.notes.push(format!("{number} symmetry operations make {atoms} atoms of {count} sites"));
        }
        Ok(frame)
    }

    /// The atoms as listed.
    fn molecule(&self, sites: Sites) -> Result<Frame> {
        let cell = self.cell()?;
        let mut frame = Frame { cell, ..Frame::default() };
        frame.positions.clone_from(&sites.places);
        self.finish(&mut frame, &sites.labels, &sites)?;
        if let Some(group) = self.group().filter(|_| cell.is_some()) {
            frame.notes.push(format!(
                "the file holds the asymmetric unit of space group {group} alone: symmetry copies are not generated, so the cell is \
                 not filled"
            ));
        }
        Ok(frame)
    }

    fn finish(&self, frame: &mut Frame, labels: &[AtomLabel], sites: &Sites) -> Result<()> {
        let species = assign(labels, self.options).map_err(|message| self.refuse(&message))?;
        set_species(frame, &species);
        if sites.left_out > 0 {
            let left = sites.left_out;
            frame.notes.push(format!("of alternate locations only the first is read; {left} others are skipped"));
        }
        if sites.partly > 0 {
            frame.notes.push(format!(
                "{} of {} sites are partially occupied (occupancy below 1) and are read as full atoms, so composition and contacts are \
                 not those of the crystal; choose one arrangement and write it as a file of its own",
                sites.partly,
                sites.labels.len()
            ));
        }
        Ok(())
    }
}

/// The symbol that a label begins with, as the dictionary has it: `Ca1` is calcium, `C1A` carbon; nothing for `CA1`, which may be both.
fn leading_symbol(label: &str) -> String {
    let letters: String = label.chars().take_while(char::is_ascii_alphabetic).collect();
    let known = |symbol: &str| cormorant_core::system::Element::from_symbol(symbol).is_ok();
    match letters.get(..2) {
        Some(two) if known(two) && two.ends_with(|c: char| c.is_ascii_lowercase()) => two.to_owned(),
        Some(two) if known(two) && known(&two[..1]) => String::new(),
        Some(two) if known(two) => two.to_owned(),
        _ => letters.get(..1).unwrap_or("").to_owned(),
    }
}
