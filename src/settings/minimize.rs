//! Going downhill before the first stage.

use serde::Serialize;

use super::Quantity;
use super::pressure::PRESSURES;
use super::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `[minimize]`: move the atoms to a minimum of the energy before they are set in motion, with the cell if that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinimizeInput {
    /// How.
    pub method: MinimizeMethod,
    /// Largest force on an atom that may remain.
    pub largest_force: Quantity,
    /// Evaluations of the potential after which the run is given up.
    pub most_evaluations: u64,
    /// Which changes of the cell are allowed.
    pub cell: CellMinimization,
    /// Pressure that the cell is under; a force per length for a slab, a force for a wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Quantity>,
    /// Largest component of stress + pressure that may remain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_stress: Option<Quantity>,
}

/// How far the cell is minimized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CellMinimization {
    /// It stays.
    Fixed,
    /// One factor for all repeating directions: the shape stays.
    Isotropic,
    /// A factor each along x, y and z, where the cell repeats along them.
    Anisotropic,
    /// Any deformation within the space of the repeating directions.
    Full,
}

/// Default of `largest_stress`.
pub(crate) const LARGEST_STRESS: &str = "0.01 GPa";

const CELLS: [(&str, CellMinimization); 4] = [
    ("fixed", CellMinimization::Fixed),
    ("isotropic", CellMinimization::Isotropic),
    ("anisotropic", CellMinimization::Anisotropic),
    ("full", CellMinimization::Full),
];

/// A way downhill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MinimizeMethod {
    /// Limited-memory BFGS.
    LBfgs,
    /// FIRE: dynamics that forgets its velocity when it goes uphill.
    Fire,
}

impl std::str::FromStr for MinimizeMethod {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let words: Vec<&str> = METHODS.iter().map(|(word, _)| *word).collect();
        let found = METHODS.iter().find(|(word, _)| *word == text).map(|(_, method)| *method);
        found.ok_or_else(|| format!("it is one of {}", words.join(", ")))
    }
}

pub(super) const METHODS: [(&str, MinimizeMethod); 2] =
    [("l-bfgs", MinimizeMethod::LBfgs), ("fire", MinimizeMethod::Fire)];

impl Default for MinimizeInput {
    fn default() -> Self {
        Self {
            method: MinimizeMethod::LBfgs,
            largest_force: Quantity::default_of("0.01 eV/Å", Dimension::Force),
            most_evaluations: 10_000,
            cell: CellMinimization::Fixed,
            pressure: None,
            largest_stress: None,
        }
    }
}

impl MinimizeInput {
    /// The section, with `default` for what it leaves out; none if there is no section.
    pub(super) fn read(root: &Section<'_>, default: &Self) -> Result<Option<Self>> {
        let Some(section) = root.section("minimize")? else { return Ok(None) };
        section.allow(&["method", "largest_force", "most_evaluations", "cell", "pressure", "largest_stress"])?;
        let cell = section.choice("cell", &CELLS)?.unwrap_or(default.cell);
        if cell == CellMinimization::Fixed
            && let Some(key) = ["pressure", "largest_stress"].into_iter().find(|key| section.has(key))
        {
            let message = format!("`{key}` goes with a cell that changes only");
            return Err(section.error_at(key, message, "add cell = \"isotropic\", \"anisotropic\" or \"full\""));
        }
        let moves = |text| (cell != CellMinimization::Fixed).then(|| Quantity::default_of(text, Dimension::Pressure));
        Ok(Some(Self {
            method: section.choice("method", &METHODS)?.unwrap_or(default.method),
            largest_force: section
                .positive("largest_force", Dimension::Force)?
                .unwrap_or_else(|| default.largest_force.clone()),
            most_evaluations: section
                .integer("most_evaluations", 1, 1_000_000_000)?
                .unwrap_or(default.most_evaluations),
            cell,
            pressure: section.quantity_of("pressure", &PRESSURES)?.or_else(|| moves("0 GPa")),
            largest_stress: section.positive_of("largest_stress", &PRESSURES)?.or_else(|| moves(LARGEST_STRESS)),
        }))
    }
}
