//! Going downhill before the first stage.

use serde::Serialize;

use super::Quantity;
use super::declare::{FORCE, integer, positive, quantity, settings, word, words};
use super::pressure::PRESSURES;
use super::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

settings! {
    /// `[minimize]`: move the atoms to a minimum of the energy before they are set in motion, and the cell if that is requested.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct MinimizeInput {
        /// How.
        pub method: MinimizeMethod = word(MinimizeMethod::ABOUT).or("l-bfgs"),
        /// Largest force on an atom that may remain.
        pub force_tolerance: Quantity = positive(FORCE).or("0.01 eV/Å").formerly(&["largest_force"]),
        /// Evaluations of the potential after which the run is given up.
        pub most_evaluations: u64 = integer(1, 1_000_000_000).or("10000"),
        /// Which changes of the cell are allowed.
        pub cell: CellMinimization = word(CellMinimization::ABOUT).or("fixed"),
        /// Pressure that the cell is under; a force per length for a slab, a force for a wire. 0 GPa by default; for a cell
        /// that changes only.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pressure: Option<Quantity> = quantity(&PRESSURES),
        /// Largest component of stress + pressure that may remain. 0.01 GPa by default; for a cell that changes only.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub largest_stress: Option<Quantity> = positive(&PRESSURES),
    }
}

words! {
    /// How far the cell is minimized.
    pub enum CellMinimization {
        /// It stays.
        Fixed = "fixed",
        /// One factor for all repeating directions: the shape stays.
        Isotropic = "isotropic",
        /// A factor each along x, y and z, where the cell repeats along them.
        Anisotropic = "anisotropic",
        /// Any deformation within the space of the repeating directions.
        Full = "full",
    }
}

words! {
    /// A way downhill.
    pub enum MinimizeMethod {
        /// Limited-memory BFGS.
        LBfgs = "l-bfgs",
        /// FIRE: dynamics that forgets its velocity when it goes uphill.
        Fire = "fire",
    }
}

/// Default of `largest_stress`.
pub(crate) const LARGEST_STRESS: &str = "0.01 GPa";

impl Default for MinimizeInput {
    fn default() -> Self {
        Self {
            method: MinimizeMethod::LBfgs,
            force_tolerance: Quantity::default_of("0.01 eV/Å", Dimension::Force),
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
        section.declared(&[Self::TABLE.keys])?;
        let cell = section.given(&Self::cell)?.unwrap_or(default.cell);
        if cell == CellMinimization::Fixed
            && let Some(key) = ["pressure", "largest_stress"].into_iter().find(|key| section.has(key))
        {
            let message = format!("`{key}` requires a variable cell");
            return Err(section.error_at(key, message, "add cell = \"isotropic\", \"anisotropic\" or \"full\""));
        }
        let moves = |text| (cell != CellMinimization::Fixed).then(|| Quantity::default_of(text, Dimension::Pressure));
        Ok(Some(Self {
            method: section.given(&Self::method)?.unwrap_or(default.method),
            force_tolerance: section.given(&Self::force_tolerance)?.unwrap_or_else(|| default.force_tolerance.clone()),
            most_evaluations: section.given(&Self::most_evaluations)?.unwrap_or(default.most_evaluations),
            cell,
            pressure: section.given(&Self::pressure)?.unwrap_or_else(|| moves("0 GPa")),
            largest_stress: section.given(&Self::largest_stress)?.unwrap_or_else(|| moves(LARGEST_STRESS)),
        }))
    }
}
