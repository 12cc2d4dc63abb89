//! Where the atoms come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Quantity;
use super::declare::{ANGLE, Bounds, Key, LENGTH, MASS, Table, Value, integer, list, number, path, settings, text};
use super::section::Section;
use cormorant_core::system::{Cell, ElectronicState, Element};
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};
use cormorant_io::{ReadOptions, Species, StructureFormat, velocity_unit};

settings! {
    /// `[structure]`.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StructureInput {
        /// Any structure or trajectory file that we read.
        pub file: PathBuf = path().required("\"ethanol.xyz\""),
        /// Frame of a file with several, counted from 0.
        pub frame: usize = integer(0, u32::MAX as u64).or("0"),
        /// The periodic cell.
        pub cell: CellInput = CELL,
        /// Along which cell vectors it repeats; if left out, as the file says, or all where `cell` gives vectors.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub periodic: Option<[bool; 3]> = Key::of(Value::Group(&Value::Flag, 3)),
        /// Format of the file, where name and content do not tell; one of [`StructureFormat::names`].
        #[serde(skip_serializing_if = "Option::is_none")]
        pub format: Option<String> = text(),
        /// A file that names the atoms, for formats that do not.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub topology: Option<PathBuf> = path(),
        /// Unit of the velocities in the file, where the format leaves it open.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub velocity_unit: Option<String> = text(),
        /// Elements in the order of the atom types of the file, or one for each atom.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub elements: Vec<String> = list(&Value::Text),
        /// Elements of atom names or types.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        pub types: BTreeMap<String, String> = Key::of(Value::Map(&Value::Text)),
        /// Total charge in e, where the file does not state it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub charge: Option<i64> = number(Bounds::Within(-1000.0, 1000.0, "from -1000 to 1000")),
        /// Spin multiplicity 2S + 1, where the file does not state it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub multiplicity: Option<u64> = integer(1, 1000),
        /// Masses of elements that are not the standard atomic weight: an isotope, or a heavy hydrogen that allows longer steps.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        pub masses: BTreeMap<String, Quantity> = Key::of(Value::Map(&Value::Quantity(MASS, Bounds::AboveZero))),
    }
}

const LENGTHS: Value = Value::Group(&Value::Quantity(LENGTH, Bounds::Any), 3);

const CELL: Key = Key::of(Value::Either(&[
    Value::Word(&[("file", "What the structure file says."), ("none", "None, whatever the file says.")]),
    LENGTHS,
    Value::Group(&LENGTHS, 3),
    Value::Table(&Table {
        about: "Three lengths, and the angles between b and c, a and c, a and b.",
        keys: &[
            Key::of(LENGTHS)
                .required("[\"5 Å\", \"5 Å\", \"9 Å\"]")
                .described("lengths", "Lengths of the cell vectors."),
            Key::of(Value::Group(&Value::Quantity(ANGLE, Bounds::Any), 3))
                .required("[\"90 deg\", \"90 deg\", \"120 deg\"]")
                .described("angles", "The angles."),
        ],
        kinds: &[],
    }),
]))
.or("file");

/// The periodic cell of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub enum CellInput {
    /// What the structure file says.
    File,
    /// None, whatever the file says.
    None,
    /// Three edges at right angles.
    Edges([Quantity; 3]),
    /// Three cell vectors, as rows.
    Rows([[Quantity; 3]; 3]),
    /// Three lengths, and the angles between b and c, a and c, a and b; a lies along x, b in the xy plane.
    Shape {
        /// Lengths of the cell vectors.
        lengths: [Quantity; 3],
        /// The angles.
        angles: [Quantity; 3],
    },
}

impl StructureInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Self> {
        Self::read_from(root, "structure", "[structure]\nfile = \"ethanol.xyz\"")
    }

    /// The table under `key`, for which `example` is what messages suggest.
    pub(super) fn read_from(root: &Section<'_>, key: &str, example: &str) -> Result<Self> {
        let section = root.required(key, root.section(key)?, example)?;
        section.declared(&[Self::TABLE.keys])?;
        let file = section.get(&Self::file)?;
        let frame = section.get(&Self::frame)?;
        let periodic = section.directions("periodic")?;
        let cell = CellInput::read(&section, periodic)?;
        if cell == CellInput::None && periodic.is_some_and(|periodic| periodic != [false; 3]) {
            let message = "`periodic` says that the system repeats, but `cell` is \"none\"";
            return Err(section.error_at(
                "periodic",
                message,
                "give the cell vectors in `cell`, or leave `periodic` out",
            ));
        }
        Ok(Self {
            file,
            frame,
            cell,
            periodic,
            format: format(&section)?,
            topology: section.get(&Self::topology)?,
            velocity_unit: unit_of_velocities(&section)?,
            elements: elements(&section)?,
            types: types(&section)?,
            charge: section.get(&Self::charge)?,
            multiplicity: section.get(&Self::multiplicity)?,
            masses: masses(&section)?,
        })
    }

    /// How the file is to be read.
    ///
    /// # Errors
    /// When a text of the input is none that is known; those that were read from a file are.
    pub fn options(&self) -> Result<ReadOptions> {
        let species = |symbol: &String| Species::from_symbol(symbol).ok_or_else(|| not_an_element(symbol));
        let named = |(name, symbol): (&String, &String)| Ok((name.clone(), species(symbol)?));
        Ok(ReadOptions {
            format: self.format.as_deref().map(StructureFormat::from_name).transpose()?,
            elements: self.elements.iter().map(species).collect::<Result<_>>()?,
            types: self.types.iter().map(named).collect::<Result<_>>()?,
            velocity_unit: self.velocity_unit.as_deref().map(velocity_unit).transpose()?,
            topology: self.topology.clone(),
            state: self.state(),
        })
    }

    /// Total charge and spin, as far as the input states them.
    #[must_use]
    pub fn state(&self) -> ElectronicState {
        ElectronicState {
            charge: self.charge.map(|charge| charge as i32),
            multiplicity: self.multiplicity.map(|multiplicity| multiplicity as u32),
        }
    }

    /// Every path of the section, to be changed in place.
    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        std::iter::once(&mut self.file).chain(self.topology.as_mut())
    }
}

fn not_an_element(symbol: &str) -> Error {
    Error::Invalid(format!("{symbol:?} is not a chemical element; write its symbol, such as C"))
}

/// `format = "vasp"`.
fn format(section: &Section<'_>) -> Result<Option<String>> {
    let Some((text, place)) = section.text("format")? else { return Ok(None) };
    if StructureFormat::from_name(text).is_err() {
        let choices: Vec<(&str, ())> = StructureFormat::names().into_iter().map(|name| (name, ())).collect();
        section.choose("format", text, place, &choices)?;
    }
    Ok(Some(text.to_owned()))
}

/// `velocity_unit = "Å/ps"`.
fn unit_of_velocities(section: &Section<'_>) -> Result<Option<String>> {
    let Some((text, place)) = section.text("velocity_unit")? else { return Ok(None) };
    if velocity_unit(text).is_err() {
        let message = format!("`velocity_unit` = \"{text}\" is not a unit of velocity");
        let remedy = "write for instance \"Å/ps\", \"Å/fs\", \"nm/ps\" or \"bohr/atomic time\"";
        return Err(section.error(place, message, remedy));
    }
    Ok(Some(text.trim().to_owned()))
}

/// `elements = ["Si", "O"]`.
fn elements(section: &Section<'_>) -> Result<Vec<String>> {
    let texts = section.texts("elements")?.unwrap_or_default();
    let symbol = |(text, place): (&str, std::ops::Range<usize>)| match Species::from_symbol(text) {
        Some(_) => Ok(text.trim().to_owned()),
        None => {
            let remedy = "write symbols in the order of the atom types, as in elements = [\"Si\", \"O\"]";
            Err(section.error(place, format!("{text:?} is not a chemical element"), remedy))
        }
    };
    texts.into_iter().map(symbol).collect()
}

/// `types = { CA = "C", opls_145 = "C" }`.
fn types(section: &Section<'_>) -> Result<BTreeMap<String, String>> {
    let Some(section) = section.section("types")? else { return Ok(BTreeMap::new()) };
    let mut types = BTreeMap::new();
    for (name, _) in section.keys() {
        let Some((symbol, place)) = section.text(name)? else { continue };
        if Species::from_symbol(symbol).is_none() {
            let remedy = "write the name of an atom and its symbol, as in types = { CA = \"C\" }";
            return Err(section.error(place, format!("{symbol:?} is not a chemical element"), remedy));
        }
        types.insert(name.to_owned(), symbol.trim().to_owned());
    }
    Ok(types)
}

/// `masses = { H = "2.014 u" }`.
fn masses(section: &Section<'_>) -> Result<BTreeMap<String, Quantity>> {
    let Some(section) = section.section("masses")? else { return Ok(BTreeMap::new()) };
    let mut masses = BTreeMap::new();
    for (symbol, place) in section.keys() {
        if Element::from_symbol(symbol).is_err() {
            return Err(section.error(
                place,
                format!("{symbol:?} is not an element"),
                "write the symbol of an element and its mass, as in masses = { H = \"2.014 u\" }",
            ));
        }
        if let Some(mass) = section.positive(symbol, Dimension::Mass)? {
            masses.insert(symbol.to_string(), mass);
        }
    }
    Ok(masses)
}

impl CellInput {
    fn read(section: &Section<'_>, periodic: Option<[bool; 3]>) -> Result<Self> {
        if !section.has("cell") {
            return Ok(Self::File);
        }
        let repeats = periodic.unwrap_or([true; 3]);
        if section.is_text("cell") {
            let none = section.choice("cell", &[("file", false), ("none", true)])?;
            return Ok(if none == Some(true) { Self::None } else { Self::File });
        }
        if section.is_table("cell")
            && let Some(shape) = section.section("cell")?
        {
            return Self::shape(section, &shape, periodic);
        }
        if section.is_list("cell")
            && let Some(rows) = section.matrix("cell", Dimension::Length)?
        {
            let cell = Self::Rows(rows);
            cell.possible(section, periodic)?;
            return Ok(cell);
        }
        if !section.is_list("cell") {
            let remedy = "write cell = [\"12 Å\", \"12 Å\", \"12 Å\"], three rows of three, { lengths, angles }, \"file\" or \"none\"";
            return Err(section.error_at("cell", "`cell` is a single number", remedy));
        }
        let edges = section.quantities("cell", Dimension::Length)?.unwrap_or_default();
        let edges: [Quantity; 3] = edges.try_into().map_err(|edges: Vec<Quantity>| {
            section.error_at(
                "cell",
                format!("`cell` has {} edges, not three", edges.len()),
                "write cell = [\"12 Å\", \"12 Å\", \"12 Å\"], three rows of three, { lengths, angles }, \"file\" or \"none\"",
            )
        })?;
        let fits = |(edge, repeats): (&Quantity, bool)| edge.value() > 0.0 || (!repeats && edge.value() == 0.0);
        if let Some((edge, _)) = edges.iter().zip(repeats).find(|one| !fits(*one)) {
            return Err(section.error_at(
                "cell",
                format!("the edge \"{edge}\" of `cell` must be above zero"),
                "write a length above zero",
            ));
        }
        Ok(Self::Edges(edges))
    }

    fn shape(parent: &Section<'_>, section: &Section<'_>, periodic: Option<[bool; 3]>) -> Result<Self> {
        section.allow(&["lengths", "angles"])?;
        let three = |key: &str, dimension: Dimension, example: &str| {
            let found = section.required(key, section.quantities(key, dimension)?, example)?;
            <[Quantity; 3]>::try_from(found).map_err(|found: Vec<Quantity>| {
                section.error_at(key, format!("`{key}` of the cell has {} entries, not three", found.len()), example)
            })
        };
        let lengths = three("lengths", Dimension::Length, "lengths = [\"5 Å\", \"5 Å\", \"9 Å\"]")?;
        let angles = three("angles", Dimension::Angle, "angles = [\"90 deg\", \"90 deg\", \"120 deg\"]")?;
        let cell = Self::Shape { lengths, angles };
        cell.possible(parent, periodic)?;
        Ok(cell)
    }

    /// Refuse what spans no volume.
    fn possible(&self, section: &Section<'_>, periodic: Option<[bool; 3]>) -> Result<()> {
        self.resolve(None, periodic).map(|_| ()).map_err(|error| {
            let text = error.to_string();
            let remedy = "write three lengths, and three angles between 0 and 180 degrees that fit together";
            let (message, remedy) = text.split_once("; ").unwrap_or((&text, remedy));
            section.error_at("cell", format!("`cell`: {message}"), remedy)
        })
    }

    /// The cell of a system whose file says `file`, which repeats along its vectors as `periodic` says, if it says anything.
    ///
    /// # Errors
    /// When the repeating vectors do not span a volume or an area, or there are none.
    pub fn resolve(&self, file: Option<Cell>, periodic: Option<[bool; 3]>) -> Result<Option<Cell>> {
        let Some(stated) = self.stated(file, periodic.unwrap_or([true; 3]))? else {
            if periodic.is_some_and(|periodic| periodic != [false; 3]) {
                return Err(Error::Invalid(
                    "`periodic` in [structure] says that the system repeats, but the file has no cell; give the vectors in `cell`"
                        .into(),
                ));
            }
            return Ok(None);
        };
        let cell = periodic.map_or(Ok(stated), |periodic| Cell::with_periodicity(stated.rows(), periodic))?;
        Ok(Some(cell).filter(|cell| cell.dimensions() > 0))
    }

    /// The same as far as the vectors go.
    fn stated(&self, file: Option<Cell>, periodic: [bool; 3]) -> Result<Option<Cell>> {
        match self {
            Self::File => Ok(file),
            Self::None => Ok(None),
            Self::Edges([a, b, c]) => {
                let rows = [[a.value(), 0.0, 0.0], [0.0, b.value(), 0.0], [0.0, 0.0, c.value()]];
                Cell::with_periodicity(rows, periodic).map(Some)
            }
            Self::Rows(rows) => {
                let rows = rows.each_ref().map(|row| row.each_ref().map(Quantity::value));
                Cell::with_periodicity(rows, periodic).map(Some)
            }
            Self::Shape { lengths, angles } => {
                // Rounded, so that a right angle is one exactly.
                let degrees = |angle: &Quantity| (angle.value().to_degrees() * 1.0e10).round() / 1.0e10;
                let lengths = lengths.each_ref().map(Quantity::value);
                Cell::from_lengths_and_angles(lengths, angles.each_ref().map(degrees)).map(Some)
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
            Self::Rows(rows) => rows.serialize(serializer),
            Self::Shape { lengths, angles } => {
                let mut table = serializer.serialize_struct("cell", 2)?;
                table.serialize_field("lengths", lengths)?;
                table.serialize_field("angles", angles)?;
                table.end()
            }
        }
    }
}
