//! Where the atoms come from.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::Quantity;
use super::section::Section;
use crate::Result;
use crate::system::Cell;
use crate::units::Dimension;

/// `[structure]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StructureInput {
    /// Any structure or trajectory file that we read.
    pub file: PathBuf,
    /// Frame of a file with several, counted from 0.
    pub frame: usize,
    /// The periodic cell.
    pub cell: CellInput,
}

/// The periodic cell of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub enum CellInput {
    /// What the structure file says.
    File,
    /// None, whatever the file says.
    None,
    /// Three edges at right angles.
    Edges([Quantity; 3]),
}

impl StructureInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        let section = root.required("structure", root.section("structure")?, "[structure]\nfile = \"ethanol.xyz\"")?;
        section.allow(&["file", "frame", "cell"])?;
        let file = section.required("file", section.path("file")?, "file = \"ethanol.xyz\"")?;
        let frame = section.integer("frame", 0, u64::from(u32::MAX))?.unwrap_or(0) as usize;
        Ok(Self { file, frame, cell: CellInput::read(&section)? })
    }
}

impl CellInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        if !section.has("cell") {
            return Ok(Self::File);
        }
        if section.is_text("cell") {
            let none = section.choice("cell", &[("file", false), ("none", true)])?;
            return Ok(if none == Some(true) { Self::None } else { Self::File });
        }
        let edges = section.quantities("cell", Dimension::Length)?.unwrap_or_default();
        let edges: [Quantity; 3] = edges.try_into().map_err(|edges: Vec<Quantity>| {
            section.error_at(
                "cell",
                format!("`cell` has {} edges, not three", edges.len()),
                "write cell = [\"12 Å\", \"12 Å\", \"12 Å\"], \"file\" or \"none\"",
            )
        })?;
        if let Some(edge) = edges.iter().find(|edge| edge.value() <= 0.0) {
            return Err(section.error_at("cell", format!("the edge \"{edge}\" of `cell` must be above zero"), ""));
        }
        Ok(Self::Edges(edges))
    }

    /// The cell of a system whose file says `file`.
    ///
    /// # Errors
    /// When the edges do not span a volume.
    pub fn resolve(&self, file: Option<Cell>) -> Result<Option<Cell>> {
        match self {
            Self::File => Ok(file),
            Self::None => Ok(None),
            Self::Edges([a, b, c]) => {
                let rows = [[a.value(), 0.0, 0.0], [0.0, b.value(), 0.0], [0.0, 0.0, c.value()]];
                Cell::new(rows).map(Some)
            }
        }
    }
}

impl Serialize for CellInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::File => serializer.serialize_str("file"),
            Self::None => serializer.serialize_str("none"),
            Self::Edges(edges) => edges.serialize(serializer),
        }
    }
}
