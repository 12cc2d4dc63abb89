//! How the atoms start to move.

use serde::{Serialize, Serializer};

use super::declare::{Key, TEMPERATURE, Value, non_negative, settings};
use super::section::Section;
use super::{Quantity, RemoveMotion};
use cormorant_core::Result;

settings! {
    /// `[velocities]`; without it the atoms keep the velocities of the structure file, or rest if it has none.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct VelocitiesInput {
        /// Temperature of the Maxwell-Boltzmann distribution they are drawn from; they are scaled to it exactly.
        pub temperature: Quantity = non_negative(TEMPERATURE).required("\"300 K\""),
        /// Net motion that is taken out before that; by itself translation, and rotation where there is no cell.
        #[serde(serialize_with = "words")]
        pub remove: RemoveMotion = REMOVE,
    }
}

const REMOVE: Key = Key::of(Value::Either(&[
    Value::Word(&[("auto", "Translation always; rotation too where there is no cell.")]),
    Value::List(&Value::Word(&[
        ("translation", "Translation of the center of mass."),
        ("rotation", "Rotation about it; only together with translation."),
    ])),
]))
.or("auto");

impl VelocitiesInput {
    pub(super) fn read(root: &Section<'_>) -> Result<Option<Self>> {
        let Some(section) = root.section("velocities")? else { return Ok(None) };
        section.declared(&[Self::TABLE.keys])?;
        Ok(Some(Self { temperature: section.get(&Self::temperature)?, remove: remove(&section)? }))
    }
}

fn remove(section: &Section<'_>) -> Result<RemoveMotion> {
    if !section.has("remove") {
        return Ok(RemoveMotion::Auto);
    }
    if section.is_text("remove") {
        return Ok(section.choice("remove", &[("auto", RemoveMotion::Auto)])?.unwrap_or(RemoveMotion::Auto));
    }
    let (mut translation, mut rotation) = (false, false);
    for (text, place) in section.texts("remove")?.unwrap_or_default() {
        let is_rotation = section.choose("remove", text, place, &[("translation", false), ("rotation", true)])?;
        translation |= !is_rotation;
        rotation |= is_rotation;
    }
    match (translation, rotation) {
        (false, false) => Ok(RemoveMotion::Nothing),
        (true, false) => Ok(RemoveMotion::Translation),
        (true, true) => Ok(RemoveMotion::Both),
        (false, true) => Err(section.error_at(
            "remove",
            "rotation cannot be removed without translation",
            "write remove = [\"translation\", \"rotation\"]",
        )),
    }
}

/// Serde fixes this signature.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde fixes the signature")]
fn words<S: Serializer>(remove: &RemoveMotion, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let list: &[&str] = match remove {
        RemoveMotion::Auto => return serializer.serialize_str("auto"),
        RemoveMotion::Nothing => &[],
        RemoveMotion::Translation => &["translation"],
        RemoveMotion::Both => &["translation", "rotation"],
    };
    list.serialize(serializer)
}
