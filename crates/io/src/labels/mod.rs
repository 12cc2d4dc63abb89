//! From the names that files give their atoms to elements.
//!
//! Names are not symbols: `CA` is the alpha carbon of a residue and calcium where it is an ion. What a format states (an element
//! column, a mass, a SYBYL type) is taken first; then the rules of the format (columns 13 and 14 of PDB, an ion has the name of its
//! residue); what remains ambiguous is refused with the key that settles it. Checked by: `suite::elements`.

mod label;
mod mass;
mod mol2;
mod name;
mod residues;
mod verdict;

use std::collections::BTreeMap;

pub(super) use label::{AtomLabel, NamePlace};
pub(super) use mass::by_mass;
pub(super) use mol2::Dialect;
pub(super) use name::is_greek_name;
pub(super) use verdict::Verdict;

use super::{ReadOptions, Species};

/// The species of all atoms.
///
/// # Errors
/// When an atom is ambiguous, unknown or not an atom, or the options do not fit the file; the message holds the remedy.
pub(super) fn assign(labels: &[AtomLabel], options: &ReadOptions) -> Result<Vec<Species>, String> {
    for name in options.types.keys() {
        if !labels.iter().any(|label| label.is_called(name)) {
            return Err(format!("`types` names {name}, but no atom of the file has that name or type"));
        }
    }
    let most = labels.iter().filter_map(|label| label.type_number).max().unwrap_or(0);
    if options.elements.len() == labels.len() && options.elements.len() > most {
        return Ok(options.elements.clone());
    }
    if !options.elements.is_empty() && options.elements.len() < most {
        return Err(format!(
            "`elements` names {} elements, but the file has {most} atom types; name one for each type, in their order",
            options.elements.len()
        ));
    }
    if !options.elements.is_empty() && most == 0 {
        return Err(format!(
            "`elements` names {} elements, but the file has {} atoms and does not number their types; name one for each atom, or \
             give elements by the names of the atoms: types = {{ {} = \"...\" }} in [structure], or --elements {}=...",
            options.elements.len(),
            labels.len(),
            labels.first().map_or("C1", |label| label.name.as_str()),
            labels.first().map_or("C1", |label| label.name.as_str()),
        ));
    }
    let mut problems: BTreeMap<String, (usize, usize, Verdict)> = BTreeMap::new();
    let mut species: Vec<Species> = Vec::with_capacity(labels.len());
    for (atom, label) in labels.iter().enumerate() {
        // Neighbors in a file often have one label (water): nothing is decided twice in a row.
        if atom > 0 && labels[atom - 1] == *label && species.len() == atom {
            species.push(species[atom - 1]);
            continue;
        }
        match decide(label, options) {
            Verdict::Is(found) => species.push(found),
            verdict => problems.entry(label.title()).or_insert((atom, 0, verdict)).1 += 1,
        }
    }
    if problems.is_empty() { Ok(species) } else { Err(complaint(labels, &problems)) }
}

fn decide(label: &AtomLabel, options: &ReadOptions) -> Verdict {
    if let Some((_, species)) = options.types.iter().find(|(name, _)| label.is_called(name)) {
        return Verdict::Is(*species);
    }
    if let Some(species) = label.type_number.and_then(|number| options.elements.get(number.checked_sub(1)?)) {
        return Verdict::Is(*species);
    }
    by_contents(label)
}

/// The element by everything that the file says.
fn by_contents(label: &AtomLabel) -> Verdict {
    if let Some(settled) = &label.settled {
        return settled.clone();
    }
    if !label.symbol.is_empty() && label.symbol.chars().any(|c| c.is_ascii_alphabetic()) {
        match Species::from_charged_symbol(&label.symbol) {
            Some(species) => return name::believe(species, label),
            None if name::is_virtual(&label.symbol) => return Verdict::NotAnAtom,
            None => (),
        }
    }
    if let Some(mass) = label.mass {
        return by_mass(mass, if label.kind.is_empty() { &label.name } else { &label.kind });
    }
    name::by_name(label)
}

/// What is wrong and what to do, with up to eight names.
fn complaint(labels: &[AtomLabel], problems: &BTreeMap<String, (usize, usize, Verdict)>) -> String {
    let mut found: Vec<&(usize, usize, Verdict)> = problems.values().collect();
    found.sort_by_key(|(atom, _, verdict)| (matches!(verdict, Verdict::Ambiguous(_)), *atom));
    let (atom, _, verdict) = found[0];
    let label = &labels[*atom];
    let title = label.title();
    let what = match verdict {
        Verdict::Ambiguous(between) => format!("atom {} ({title}) may be {}", atom + 1, between.join(" or ")),
        Verdict::NotAnAtom => {
            return format!(
                "atom {} ({title}) is a virtual site and not an atom; write the file without these sites",
                atom + 1
            );
        }
        Verdict::Contradiction(text) => format!("atom {} ({title}): {text}", atom + 1),
        Verdict::Is(_) | Verdict::Unknown => {
            format!("the file does not state which element atom {} ({title}) is", atom + 1)
        }
    };
    let mut names: Vec<&str> = Vec::new();
    for (atom, _, _) in &found {
        let name = labels[*atom].handle();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let others = names.len().saturating_sub(1);
    let more = if others > 0 {
        let listed: Vec<&str> = names.iter().skip(1).take(8).copied().collect();
        let rest = if others > listed.len() { ", ..." } else { "" };
        format!(" (as for {}{rest})", listed.join(", "))
    } else {
        String::new()
    };
    if label.type_number.is_some() {
        let most = labels.iter().filter_map(|label| label.type_number).max().unwrap_or(1);
        let example = vec!["\"C\""; most.min(3)].join(", ");
        return format!(
            "{what}{more}; name the elements of its {most} atom types in their order: elements = [{example}] in [structure], or \
             --elements"
        );
    }
    let name = label.handle();
    if name.is_empty() {
        return "the file does not state which elements its atoms are; give a topology beside it, such as a PDB file (topology = \"...\" in \
                [structure], --topology of `analyze` and `describe`), or one element for each atom: elements = [\"O\", \"H\", ...], or --elements"
            .into();
    }
    format!(
        "{what}{more}; name the element: types = {{ \"{name}\" = \"C\" }} in [structure], or --elements \"{name}=C\", or use a file \
         with an element column"
    )
}
