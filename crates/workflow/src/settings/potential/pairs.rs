//! Pair potentials.

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::declare::{ENERGY, INVERSE_LENGTH, Key, LENGTH, Setting, Value, positive, settings, word, words};
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::system::Element;

settings! {
    /// Where and how a pair potential ends.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct EndInput {
        /// Distance beyond which atoms do not interact.
        pub cutoff: Quantity = positive(LENGTH).required("\"8.5 Å\""),
        /// How the potential ends there.
        pub truncation: TruncationInput = word(TruncationInput::ABOUT).or("shifted-force"),
        /// Distance at which switching begins, for `truncation = "switched"`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub switch_from: Option<Quantity> = positive(LENGTH),
    }
}

words! {
    /// How a pair potential ends at its cutoff (see [`cormorant_potential::Truncation`]).
    pub enum TruncationInput {
        /// Cut off.
        Plain = "plain",
        /// Energy shifted to zero.
        Shifted = "shifted",
        /// Force shifted to zero.
        ShiftedForce = "shifted-force",
        /// Switched off smoothly.
        Switched = "switched",
    }
}

settings! {
    /// Parameters of Lennard-Jones for two elements.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct LennardJonesPairInput {
        /// The two elements, or one twice.
        pub elements: [&'static str; 2] = ELEMENTS,
        /// Depth ε of the well.
        pub epsilon: Quantity = positive(ENERGY).required("\"0.0104 eV\""),
        /// Distance σ at which the energy is zero.
        pub sigma: Quantity = positive(LENGTH).required("\"3.4 Å\""),
    }
}

settings! {
    /// Parameters of Morse for two elements.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct MorsePairInput {
        /// The two elements, or one twice.
        pub elements: [&'static str; 2] = ELEMENTS,
        /// Depth D of the well.
        pub depth: Quantity = positive(ENERGY).required("\"4.6 eV\""),
        /// Inverse width a of the well.
        pub width: Quantity = positive(INVERSE_LENGTH).required("\"2.3 / Å\""),
        /// Distance r₀ of the minimum.
        pub distance: Quantity = positive(LENGTH).required("\"0.96 Å\""),
    }
}

const ELEMENTS: Key = Key::of(Value::Group(&Value::Text, 2)).required("[\"O\", \"H\"]");

impl Setting for EndInput {
    fn read(section: &Section<'_>, _: &str, _: &Key) -> Result<Option<Self>> {
        let cutoff = section.get(&Self::cutoff)?;
        let truncation = section.get(&Self::truncation)?;
        let mut switch_from = section.get(&Self::switch_from)?;
        if truncation == TruncationInput::Switched {
            let from = section.required("switch_from", switch_from, "switch_from = \"7.5 Å\"")?;
            below_cutoff(section, &from, &cutoff)?;
            switch_from = Some(from);
        } else if switch_from.is_some() {
            return Err(section.error_at(
                "switch_from",
                "`switch_from` requires truncation = \"switched\"",
                "remove it, or add truncation = \"switched\"",
            ));
        }
        Ok(Some(Self { cutoff, truncation, switch_from }))
    }
}

/// Parameters of Lennard-Jones for all pairs are required where none is listed.
pub(super) fn require_parameters(section: &Section<'_>, given: [bool; 2], listed: bool) -> Result<()> {
    if listed && given == [false; 2] {
        return Ok(());
    }
    for (key, example, given) in [("epsilon", "\"0.0104 eV\"", given[0]), ("sigma", "\"3.4 Å\"", given[1])] {
        section.required(key, given.then_some(()), &format!("{key} = {example}"))?;
    }
    Ok(())
}

/// Switching begins before the end.
pub(super) fn below_cutoff(section: &Section<'_>, from: &Quantity, cutoff: &Quantity) -> Result<()> {
    if from.value() < cutoff.value() {
        return Ok(());
    }
    let message = format!("`switch_from` = \"{from}\" must be below the cutoff of {cutoff}");
    Err(section.error_at("switch_from", message, "lower it, or raise the cutoff"))
}

impl Setting for Vec<LennardJonesPairInput> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        let read = |pair: &Section<'_>| {
            pair.declared(&[LennardJonesPairInput::TABLE.keys])?;
            Ok(LennardJonesPairInput {
                elements: elements(pair)?,
                epsilon: pair.get(&LennardJonesPairInput::epsilon)?,
                sigma: pair.get(&LennardJonesPairInput::sigma)?,
            })
        };
        let sections = section.sections(name)?;
        let pairs: Vec<LennardJonesPairInput> = sections.iter().map(read).collect::<Result<_>>()?;
        require_once(&sections, pairs.iter().map(|pair| pair.elements))?;
        Ok(Some(pairs))
    }
}

impl Setting for Vec<MorsePairInput> {
    fn read(section: &Section<'_>, name: &str, _: &Key) -> Result<Option<Self>> {
        let read = |pair: &Section<'_>| {
            pair.declared(&[MorsePairInput::TABLE.keys])?;
            Ok(MorsePairInput {
                elements: elements(pair)?,
                depth: pair.get(&MorsePairInput::depth)?,
                width: pair.get(&MorsePairInput::width)?,
                distance: pair.get(&MorsePairInput::distance)?,
            })
        };
        let sections = section.sections(name)?;
        let pairs: Vec<MorsePairInput> = sections.iter().map(read).collect::<Result<_>>()?;
        require_once(&sections, pairs.iter().map(|pair| pair.elements))?;
        Ok((!pairs.is_empty()).then_some(pairs))
    }
}

/// Refuses two elements that are listed twice, in either order.
fn require_once(sections: &[Section<'_>], pairs: impl Iterator<Item = [&'static str; 2]>) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for (section, mut pair) in sections.iter().zip(pairs) {
        pair.sort_unstable();
        if !seen.insert(pair) {
            let message = format!("{} and {} are listed twice", pair[0], pair[1]);
            return Err(section.error_at("elements", message, "give each pair of elements once"));
        }
    }
    Ok(())
}

/// `elements`, two symbols.
fn elements(section: &Section<'_>) -> Result<[&'static str; 2]> {
    let example = "elements = [\"O\", \"H\"]";
    let texts = section.required("elements", section.texts("elements")?, example)?;
    let symbol = |(text, place): &(&str, std::ops::Range<usize>)| {
        let found = Element::from_symbol(text).map(Element::symbol);
        found.map_err(|error| section.error(place.clone(), error.to_string(), "write a symbol such as \"H\""))
    };
    let symbols: Vec<&'static str> = texts.iter().map(symbol).collect::<Result<_>>()?;
    symbols.try_into().map_err(|found: Vec<_>| {
        section.error_at("elements", format!("`elements` names {} elements, not two", found.len()), example)
    })
}
