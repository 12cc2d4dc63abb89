//! Masses of isotopes by their mass number.

use cormorant_core::system::Element;

/// Symbol, mass number and mass in u (AME 2020, Wang et al. 2021, doi:10.1088/1674-1137/abddaf; rounded to 1e-5 u).
#[rustfmt::skip]
const TABLE: [(&str, u32, f64); 26] = [
    ("H", 1, 1.007_83), ("H", 2, 2.014_10), ("H", 3, 3.016_05),
    ("C", 12, 12.0), ("C", 13, 13.003_35), ("C", 14, 14.003_24),
    ("N", 14, 14.003_07), ("N", 15, 15.000_11),
    ("O", 15, 15.003_07), ("O", 16, 15.994_91), ("O", 17, 16.999_13), ("O", 18, 17.999_16),
    ("F", 18, 18.000_94), ("F", 19, 18.998_40),
    ("P", 31, 30.973_76), ("P", 32, 31.973_91), ("P", 33, 32.971_73),
    ("S", 32, 31.972_07), ("S", 33, 32.971_46), ("S", 34, 33.967_87), ("S", 35, 34.969_03), ("S", 36, 35.967_08),
    ("Cl", 35, 34.968_85), ("Cl", 36, 35.968_31), ("Cl", 37, 36.965_90), ("Cl", 38, 37.968_01),
];

/// Mass in u of the isotope of `element` with `number` nucleons, and whether it is from the table: for other isotopes the mass number
/// is taken, which is within 0.1 u.
///
/// # Errors
/// When no isotope of the element can have that many nucleons.
pub(super) fn isotope_mass(element: Element, number: i64) -> Result<(f64, bool), String> {
    let protons = i64::from(element.number());
    if !(protons..=3 * protons + 4).contains(&number) {
        return Err(format!("{number} is not the mass number of an isotope of {element}"));
    }
    let found =
        TABLE.iter().find(|(symbol, nucleons, _)| *symbol == element.symbol() && i64::from(*nucleons) == number);
    Ok(found.map_or((number as f64, false), |(_, _, mass)| (*mass, true)))
}
