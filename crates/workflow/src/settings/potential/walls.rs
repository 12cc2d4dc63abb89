//! Walls.

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::declare::{
    ATOMS, BOND_STIFFNESS, Bounds, Key, LENGTH, POINT, Setting, Value, positive, settings, word, words,
};
use crate::settings::section::Section;
use cormorant_core::Result;

settings! {
    /// A plane; atoms are free on the side that its normal points to.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct PlaneInput {
        /// A point of the plane.
        pub point: [Quantity; 3] = Key::of(POINT).required("[\"0 Å\", \"0 Å\", \"0 Å\"]"),
        /// Its normal, of any length.
        pub normal: [f64; 3] = Key::of(Value::Group(&Value::Number(Bounds::Any), 3)).required("[0, 0, 1]"),
        /// Force constant k.
        pub force_constant: Quantity = positive(BOND_STIFFNESS).required("\"1 eV/Å^2\"").formerly(&["stiffness"]),
        /// The atoms that feel it, counted from 1; all by default.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub atoms: Vec<usize> = Key::of(ATOMS),
    }
}

settings! {
    /// A sphere.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct SphereInput {
        /// Its center.
        pub center: [Quantity; 3] = Key::of(POINT).required("[\"0 Å\", \"0 Å\", \"0 Å\"]"),
        /// Its radius.
        pub radius: Quantity = positive(LENGTH).required("\"10 Å\""),
        /// Where atoms are free.
        pub free: Side = word(Side::ABOUT).or("inside"),
        /// Force constant k.
        pub force_constant: Quantity = positive(BOND_STIFFNESS).required("\"1 eV/Å^2\"").formerly(&["stiffness"]),
        /// The atoms that feel it, counted from 1; all by default.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub atoms: Vec<usize> = Key::of(ATOMS),
    }
}

words! {
    /// The free side of a sphere.
    pub enum Side {
        /// Within it.
        Inside = "inside",
        /// Around it.
        Outside = "outside",
    }
}

impl Setting for Vec<PlaneInput> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        section.sections(name)?.iter().map(PlaneInput::read).collect::<Result<_>>().map(Some)
    }
}

impl Setting for Vec<SphereInput> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        section.sections(name)?.iter().map(SphereInput::read).collect::<Result<_>>().map(Some)
    }
}

impl PlaneInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let point = section.get(&Self::point)?;
        let normal = section.required("normal", section.numbers("normal")?, "normal = [0, 0, 1]")?;
        let normal: [f64; 3] = normal.try_into().map_err(|found: Vec<f64>| {
            section.error_at(
                "normal",
                format!("`normal` has {} components, not three", found.len()),
                "write three numbers",
            )
        })?;
        if normal == [0.0; 3] {
            return Err(section.error_at("normal", "`normal` has no direction", "write for example [0, 0, 1]"));
        }
        Ok(Self {
            point,
            normal,
            force_constant: section.get(&Self::force_constant)?,
            atoms: section.get(&Self::atoms)?,
        })
    }
}

impl SphereInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            center: section.get(&Self::center)?,
            radius: section.get(&Self::radius)?,
            free: section.get(&Self::free)?,
            force_constant: section.get(&Self::force_constant)?,
            atoms: section.get(&Self::atoms)?,
        })
    }
}
