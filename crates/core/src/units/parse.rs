//! "0.5 fs" to a number in internal units, and back.

use super::{ATOMIC_MASS, BOHR, Dimension, ELEMENTARY_CHARGE, FEMTOSECOND, HARTREE};
use crate::{Error, Result};

/// Avogadro constant in 1/mol, exact (SI 2019).
const AVOGADRO: f64 = 6.022_140_76e23;
/// 1 J in eV.
const JOULE: f64 = 1.0 / ELEMENTARY_CHARGE;
/// 1 N/m² in eV/Å³.
const PASCAL: f64 = 1.0e-30 / ELEMENTARY_CHARGE;

/// A quantity written as number and unit, in internal units.
///
/// A unit is a product of powers: `fs`, `eV/Å`, `eV / Angstrom^2`, `1 / ps`, `kcal/mol`, `g/cm^3`, `Eh/(e·bohr)`. Temperatures are in K.
///
/// # Errors
/// When there is no unit, the unit is unknown, or it has another dimension; the remedy gives an example.
///
/// ```
/// use cormorant_core::units::{self, Dimension};
/// let step = units::parse("0.5 fs", Dimension::Time)?;
/// assert!((step - 0.5 * units::FEMTOSECOND).abs() < 1e-15);
/// assert!(units::parse("0.5", Dimension::Time).is_err());
/// assert!(units::parse("0.5 K", Dimension::Time).is_err());
/// # Ok::<(), cormorant_core::Error>(())
/// ```
pub fn parse(text: &str, dimension: Dimension) -> Result<f64> {
    let refuse = |remedy: String| Error::Unit { found: shortened(text), expected: dimension.description(), remedy };
    let example = dimension.example();
    let trimmed = text.trim();
    let (number, unit) = trimmed.split_at(number_length(trimmed));
    let Ok(value) = number.parse::<f64>() else {
        return Err(refuse(format!("write a number and a unit, such as \"{example}\"")));
    };
    if !value.is_finite() {
        return Err(refuse("the number is too large".into()));
    }
    if unit.trim().is_empty() && dimension != Dimension::Number {
        return Err(refuse(format!("the unit is missing; write for instance \"{example}\"")));
    }
    let unknown = |reason| refuse(format!("{reason}; write for instance \"{example}\""));
    let (factor, exponents) = product(unit).map_err(unknown)?;
    if exponents != dimension.exponents() {
        let unit = unit.trim();
        return Err(refuse(format!("\"{unit}\" is not a unit of it; write for instance \"{example}\"")));
    }
    let converted = value * factor;
    if !converted.is_finite() {
        return Err(refuse("the number is too large".into()));
    }
    Ok(converted)
}

/// How many internal units one of `unit` is, e.g. `conversion("kcal/mol", Dimension::Energy)` = 0.0433641 (eV).
///
/// # Errors
/// As for [`parse`].
pub fn conversion(unit: &str, dimension: Dimension) -> Result<f64> {
    parse(&format!("1 {unit}"), dimension)
}

/// A value in internal units, written with the customary unit of its dimension and twelve digits, e.g. `0.5 fs`.
#[must_use]
pub fn format(value: f64, dimension: Dimension) -> String {
    let unit = dimension.unit();
    // Customary units are in the table, so the conversion succeeds; a bare number replaces it otherwise.
    let factor = conversion(unit, dimension).unwrap_or(1.0);
    let rounded: f64 = format!("{:.11e}", value / factor).parse().unwrap_or(value / factor);
    format!("{rounded} {unit}").trim_end().to_owned()
}

/// Length in bytes of the number at the start of `text`; an `e` belongs to it only if digits follow (`1eV` is 1 eV).
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let sign = |at: usize| at + usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
    let mut end = digits(sign(0));
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let start = sign(end + 1);
        let stop = digits(start);
        if stop > start {
            end = stop;
        }
    }
    end
}

/// Factor and exponents of a product of units such as ` / ps` or `kcal/mol/Å`; every factor after a `/` divides, and a bracket is a factor.
pub(super) fn product(text: &str) -> Result<(f64, [i8; 6]), String> {
    let mut factor = 1.0;
    let mut exponents = [0_i8; 6];
    let mut rest = text.trim();
    let mut first = true;
    while !rest.is_empty() {
        let divide = rest.starts_with('/');
        if let Some(after) = rest.strip_prefix(['/', '*', '·']) {
            rest = after.trim_start();
        } else if !first {
            // A blank multiplies: `kcal mol^-1`.
            rest = rest.trim_start();
        }
        first = false;
        let (size, dimension, power) = if let Some(after) = rest.strip_prefix('(') {
            let (inside, after) = after.split_once(')').ok_or("a bracket is not closed")?;
            if inside.trim().is_empty() {
                return Err("a bracket is empty".into());
            }
            rest = after.trim_start();
            let (size, dimension) = product(inside)?;
            (size, dimension, 1)
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "/*·".contains(c)).unwrap_or(rest.len());
            let factor_text = &rest[..end];
            let (symbol, power) =
                if lookup(factor_text).is_some() { (factor_text, 1) } else { with_power(factor_text)? };
            rest = rest[end..].trim_start();
            let (size, dimension) =
                lookup(symbol).ok_or_else(|| format!("\"{}\" is not a known unit", shortened(symbol)))?;
            (size, dimension, power)
        };
        let power = if divide { -power } else { power };
        factor *= size.powi(i32::from(power));
        for (sum, exponent) in exponents.iter_mut().zip(dimension) {
            let raised = exponent.checked_mul(power).and_then(|raised| sum.checked_add(raised));
            *sum = raised.ok_or("the exponent is too large")?;
        }
    }
    Ok((factor, exponents))
}

/// `Å^2`, `Å²` or `Å2` apart into symbol and power.
fn with_power(text: &str) -> Result<(&str, i8), String> {
    let superscript = [("⁻¹", -1), ("⁻²", -2), ("⁻³", -3), ("²", 2), ("³", 3)];
    if let Some((symbol, power)) = superscript.iter().find_map(|(end, power)| Some((text.strip_suffix(end)?, *power))) {
        return Ok((symbol, power));
    }
    let at = text.find(|c: char| c == '^' || c.is_ascii_digit() || c == '-').filter(|&at| at > 0);
    match at {
        None => Ok((text, 1)),
        Some(at) => {
            let digits = text[at..].trim_start_matches('^');
            match digits.parse::<i8>() {
                Ok(power) if power.abs() <= 6 => Ok((&text[..at], power)),
                _ => Err(format!("\"{}\" is not a power of a unit", shortened(text))),
            }
        }
    }
}

/// Size in internal units and exponents of length, mass, time, temperature, angle and charge of a unit.
fn lookup(symbol: &str) -> Option<(f64, [i8; 6])> {
    const LENGTH: [i8; 6] = [1, 0, 0, 0, 0, 0];
    const MASS: [i8; 6] = [0, 1, 0, 0, 0, 0];
    const TIME: [i8; 6] = [0, 0, 1, 0, 0, 0];
    const TEMPERATURE: [i8; 6] = [0, 0, 0, 1, 0, 0];
    const ANGLE: [i8; 6] = [0, 0, 0, 0, 1, 0];
    const ENERGY: [i8; 6] = [2, 1, -2, 0, 0, 0];
    const PRESSURE: [i8; 6] = [-1, 1, -2, 0, 0, 0];
    const FORCE: [i8; 6] = [1, 1, -2, 0, 0, 0];
    const CHARGE: [i8; 6] = [0, 0, 0, 0, 0, 1];
    const VOLTAGE: [i8; 6] = [2, 1, -2, 0, 0, -1];
    const NONE: [i8; 6] = [0; 6];
    Some(match symbol {
        // Å as one character, as letter plus ring, and as the Ångström sign.
        "\u{c5}" | "A\u{30a}" | "\u{212b}" | "A" | "Ang" | "ang" | "angstrom" | "Angstrom" | "angstroms" => {
            (1.0, LENGTH)
        }
        "pm" => (1.0e-2, LENGTH),
        "nm" => (10.0, LENGTH),
        "\u{b5}m" | "\u{3bc}m" | "um" => (1.0e4, LENGTH),
        "cm" => (1.0e8, LENGTH),
        "m" => (1.0e10, LENGTH),
        "bohr" | "Bohr" | "a0" => (BOHR, LENGTH),
        "u" | "Da" | "amu" | "dalton" => (1.0, MASS),
        "g" => (1.0e-3 / ATOMIC_MASS, MASS),
        "kg" => (1.0 / ATOMIC_MASS, MASS),
        "as" => (1.0e-3 * FEMTOSECOND, TIME),
        "fs" => (FEMTOSECOND, TIME),
        "ps" => (1.0e3 * FEMTOSECOND, TIME),
        "ns" => (1.0e6 * FEMTOSECOND, TIME),
        "\u{b5}s" | "\u{3bc}s" | "us" => (1.0e9 * FEMTOSECOND, TIME),
        "ms" => (1.0e12 * FEMTOSECOND, TIME),
        "s" => (1.0e15 * FEMTOSECOND, TIME),
        "THz" => (1.0e-3 / FEMTOSECOND, TIME.map(|exponent| -exponent)),
        "K" | "kelvin" | "Kelvin" => (1.0, TEMPERATURE),
        "rad" | "radian" | "radians" => (1.0, ANGLE),
        "deg" | "degree" | "degrees" | "°" => (std::f64::consts::PI / 180.0, ANGLE),
        "eV" => (1.0, ENERGY),
        "meV" => (1.0e-3, ENERGY),
        "keV" => (1.0e3, ENERGY),
        "J" => (JOULE, ENERGY),
        "kJ" => (1.0e3 * JOULE, ENERGY),
        "cal" => (4.184 * JOULE, ENERGY),
        "kcal" => (4184.0 * JOULE, ENERGY),
        "Hartree" | "hartree" | "Ha" | "Eh" => (HARTREE, ENERGY),
        "Rydberg" | "rydberg" | "Ry" => (0.5 * HARTREE, ENERGY),
        "Pa" => (PASCAL, PRESSURE),
        "kPa" => (1.0e3 * PASCAL, PRESSURE),
        "MPa" => (1.0e6 * PASCAL, PRESSURE),
        "GPa" => (1.0e9 * PASCAL, PRESSURE),
        "bar" => (1.0e5 * PASCAL, PRESSURE),
        "kbar" => (1.0e8 * PASCAL, PRESSURE),
        "atm" => (101_325.0 * PASCAL, PRESSURE),
        "N" => (1.0e-10 * JOULE, FORCE),
        "mN" => (1.0e-13 * JOULE, FORCE),
        "\u{b5}N" | "\u{3bc}N" | "uN" => (1.0e-16 * JOULE, FORCE),
        "nN" => (1.0e-19 * JOULE, FORCE),
        "pN" => (1.0e-22 * JOULE, FORCE),
        // The unit of charge is e, so that a volt is an electronvolt for each.
        "e" => (1.0, CHARGE),
        "mV" => (1.0e-3, VOLTAGE),
        "V" => (1.0, VOLTAGE),
        "kV" => (1.0e3, VOLTAGE),
        "MV" => (1.0e6, VOLTAGE),
        "GV" => (1.0e9, VOLTAGE),
        "mol" => (AVOGADRO, NONE),
        "atom" | "atoms" | "1" => (1.0, NONE),
        "%" => (0.01, NONE),
        _ => return None,
    })
}

/// At most forty characters of a text, for messages.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(40).collect::<String>() + "..." }
}
