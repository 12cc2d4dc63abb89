//! Walls.

use serde::Serialize;

use super::PotentialInput;
use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// A plane; atoms are free on the side that its normal points to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaneInput {
    /// A point of the plane.
    pub point: [Quantity; 3],
    /// Its normal, of any length.
    pub normal: [f64; 3],
    /// Stiffness k.
    pub stiffness: Quantity,
    /// The atoms that feel it, counted from 1; all when left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub atoms: Vec<usize>,
}

/// A sphere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SphereInput {
    /// Its center.
    pub center: [Quantity; 3],
    /// Its radius.
    pub radius: Quantity,
    /// Where atoms are free.
    pub free: Side,
    /// Stiffness k.
    pub stiffness: Quantity,
    /// The atoms that feel it, counted from 1; all when left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub atoms: Vec<usize>,
}

/// The free side of a sphere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Within it.
    Inside,
    /// Around it.
    Outside,
}

const POINT: &str = "[\"0 Å\", \"0 Å\", \"0 Å\"]";

impl PotentialInput {
    pub(super) fn walls(section: &Section<'_>) -> Result<Self> {
        section.allow(&["kind", "planes", "spheres"])?;
        let planes: Vec<_> = section.sections("planes")?.iter().map(PlaneInput::read).collect::<Result<_>>()?;
        let spheres: Vec<_> = section.sections("spheres")?.iter().map(SphereInput::read).collect::<Result<_>>()?;
        if planes.is_empty() && spheres.is_empty() {
            let example = format!("spheres = [{{ center = {POINT}, radius = \"10 Å\", stiffness = \"1 eV/Å^2\" }}]");
            return section.required("spheres", None, &example);
        }
        Ok(Self::Walls { planes, spheres })
    }
}

fn stiffness(section: &Section<'_>) -> Result<Quantity> {
    let stiffness = section.positive("stiffness", Dimension::BondStiffness)?;
    section.required("stiffness", stiffness, "stiffness = \"1 eV/Å^2\"")
}

impl PlaneInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["point", "normal", "stiffness", "atoms"])?;
        let point = section.required("point", section.position("point")?, &format!("point = {POINT}"))?;
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
        Ok(Self { point, normal, stiffness: stiffness(section)?, atoms: section.atoms("atoms")?.unwrap_or_default() })
    }
}

impl SphereInput {
    fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["center", "radius", "free", "stiffness", "atoms"])?;
        let center = section.required("center", section.position("center")?, &format!("center = {POINT}"))?;
        let radius = section.positive("radius", Dimension::Length)?;
        let radius = section.required("radius", radius, "radius = \"10 Å\"")?;
        let free = section.choice("free", &[("inside", Side::Inside), ("outside", Side::Outside)])?;
        Ok(Self {
            center,
            radius,
            free: free.unwrap_or(Side::Inside),
            stiffness: stiffness(section)?,
            atoms: section.atoms("atoms")?.unwrap_or_default(),
        })
    }
}
