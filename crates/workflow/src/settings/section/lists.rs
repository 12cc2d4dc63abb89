//! Lists of atoms, numbers and lengths.

use toml::Spanned;
use toml::de::DeValue;

use super::Section;
use crate::settings::Quantity;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

impl<'s> Section<'s> {
    /// Different atoms, counted from 1.
    pub fn atoms(&self, key: &str) -> Result<Option<Vec<usize>>> {
        let Some(atoms) = self.integers(key, 1, u64::from(u32::MAX))? else { return Ok(None) };
        let mut sorted = atoms.clone();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(Some(atoms.iter().map(|atom| *atom as usize).collect())),
            Some(pair) => {
                Err(self.error_at(key, format!("`{key}` names atom {} twice", pair[0]), "list each atom once"))
            }
        }
    }

    /// A list of groups of N different atoms each, counted from 1; none if there is no such key.
    pub fn atom_groups<const N: usize>(&self, key: &str) -> Result<Vec<[usize; N]>> {
        let expected = format!("a list of groups of {N} atoms");
        let read = |item: &Spanned<DeValue<'_>>| {
            let DeValue::Array(atoms) = item.get_ref() else {
                let message =
                    format!("an entry of `{key}` is {}, not a group of {N} atoms", super::kind(item.get_ref()));
                let one: Vec<String> = (1..=N).map(|atom| atom.to_string()).collect();
                let remedy = format!("write groups in brackets of their own: {key} = [[{}]]", one.join(", "));
                return Err(self.source.error(item.span(), message, remedy));
            };
            let atoms = atoms.iter().map(|atom| self.to_integer(key, atom, 1, u64::from(u32::MAX)).map(|n| n as usize));
            let atoms: Vec<usize> = atoms.collect::<Result<_>>()?;
            let distinct = atoms.iter().enumerate().all(|(index, atom)| !atoms[..index].contains(atom));
            <[usize; N]>::try_from(atoms).ok().filter(|_| distinct).ok_or_else(|| {
                self.source.error(
                    item.span(),
                    format!("`{key}` must list groups of {N} different atoms"),
                    "write their numbers, counted from 1",
                )
            })
        };
        self.items(key, &expected)?.iter().map(read).collect()
    }

    /// The items of a list; none if there is no such key.
    fn items(&self, key: &str, expected: &str) -> Result<&'s [Spanned<DeValue<'s>>]> {
        match self.value(key).map(|value| (value, value.get_ref())) {
            None => Ok(&[]),
            Some((_, DeValue::Array(items))) => Ok(items),
            Some((value, _)) => Err(self.wrong_type(key, value, expected)),
        }
    }

    /// A list of plain numbers.
    pub fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>> {
        if !self.has(key) {
            return Ok(None);
        }
        let read = |item: &Spanned<DeValue<'_>>| {
            let text = match item.get_ref() {
                DeValue::Float(digits) => digits.as_str(),
                DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
                _ => return Err(self.wrong_type(key, item, "a number")),
            };
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| {
                self.source.error(item.span(), format!("`{key}`: {text} is out of range"), "write a finite number")
            })
        };
        self.items(key, "a list of numbers")?.iter().map(read).collect::<Result<_>>().map(Some)
    }

    /// Three components: of a place in space or of a field.
    pub fn vector(&self, key: &str, dimension: Dimension) -> Result<Option<[Quantity; 3]>> {
        let Some(components) = self.quantities(key, dimension)? else { return Ok(None) };
        components.try_into().map(Some).map_err(|found: Vec<Quantity>| {
            let (what, example) = match dimension {
                Dimension::Length => ("coordinates", "5 Å"),
                other => ("components", other.example()),
            };
            let zero = format!("0 {}", dimension.unit());
            let message = format!("`{key}` has {} {what}, not three", found.len());
            self.error_at(key, message, format!("write for example [\"{zero}\", \"{zero}\", \"{example}\"]"))
        })
    }

    /// Three truth values, one for each cell vector.
    pub fn directions(&self, key: &str) -> Result<Option<[bool; 3]>> {
        if !self.has(key) {
            return Ok(None);
        }
        let expected = "three truth values, such as [true, true, false]";
        let read = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::Boolean(repeats) => Ok(*repeats),
            _ => Err(self.wrong_type(key, item, "true or false")),
        };
        let found: Vec<bool> = self.items(key, expected)?.iter().map(read).collect::<Result<_>>()?;
        found.try_into().map(Some).map_err(|found: Vec<bool>| {
            self.error_at(key, format!("`{key}` has {} entries, not three", found.len()), format!("write {expected}"))
        })
    }

    /// Three rows of three quantities; none if there is no such key or its items are no lists.
    pub fn matrix(&self, key: &str, dimension: Dimension) -> Result<Option<[[Quantity; 3]; 3]>> {
        let expected = "three lists of three lengths";
        let items = self.items(key, expected)?;
        if !items.iter().any(|item| matches!(item.get_ref(), DeValue::Array(_))) {
            return Ok(None);
        }
        let row = |item: &Spanned<DeValue<'_>>| {
            let DeValue::Array(entries) = item.get_ref() else { return Err(self.wrong_type(key, item, "a list")) };
            let entries: Vec<Quantity> =
                entries.iter().map(|entry| self.to_quantity(key, entry, dimension)).collect::<Result<_>>()?;
            <[Quantity; 3]>::try_from(entries).map_err(|found| {
                self.source.error(
                    item.span(),
                    format!("a row of `{key}` has {} entries, not three", found.len()),
                    "write three, such as [\"10 Å\", \"0 Å\", \"0 Å\"]",
                )
            })
        };
        let rows: Vec<[Quantity; 3]> = items.iter().map(row).collect::<Result<_>>()?;
        rows.try_into().map(Some).map_err(|found: Vec<_>| {
            self.error_at(key, format!("`{key}` has {} rows, not three", found.len()), format!("write {expected}"))
        })
    }
}
