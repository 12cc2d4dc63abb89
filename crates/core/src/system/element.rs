//! Chemical elements with their standard masses and sizes.

use std::fmt;

use crate::{Error, Result};

/// A chemical element, by its atomic number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element(u8);

impl Element {
    /// The element with atomic number `number`, if there is one (1 to 118).
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=118).contains(&number).then_some(Self(number))
    }

    /// The element with the given symbol; case does not matter, so `CL` from a PDB file is chlorine.
    ///
    /// # Errors
    /// When there is no such element; the message says so.
    pub fn from_symbol(symbol: &str) -> Result<Self> {
        let wanted = symbol.trim();
        (1_u8..)
            .zip(TABLE)
            .find(|(_, row)| row.0.eq_ignore_ascii_case(wanted))
            .map(|(number, _)| Self(number))
            .ok_or_else(|| Error::Invalid(format!("{wanted:?} is not a chemical element")))
    }

    /// Every element in the order of its number.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=118).map(Self)
    }

    /// Atomic number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Symbol, e.g. `Cl`.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.row().0
    }

    /// Standard atomic weight in u (CIAAW 2021, abridged to five digits); for elements without one, the mass number of
    /// the longest-lived isotope.
    #[must_use]
    pub fn mass(self) -> f64 {
        self.row().1
    }

    /// Covalent radius in Å (Cordero et al. 2008, doi:10.1039/b801115j; sp3 carbon, low-spin Mn, Fe and Co); 1.7 Å past
    /// curium, where there is no published value.
    #[must_use]
    pub fn covalent_radius(self) -> f64 {
        self.row().2
    }

    fn row(self) -> &'static (&'static str, f64, f64) {
        &TABLE[usize::from(self.0) - 1]
    }
}

impl fmt::Display for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.symbol())
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.symbol())
    }
}

/// Symbol, mass in u, covalent radius in Å; row k is atomic number k + 1.
#[rustfmt::skip]
static TABLE: [(&str, f64, f64); 118] = [
    ("H", 1.0080, 0.31), ("He", 4.0026, 0.28), ("Li", 6.94, 1.28), ("Be", 9.0122, 0.96), ("B", 10.81, 0.84),
    ("C", 12.011, 0.76), ("N", 14.007, 0.71), ("O", 15.999, 0.66), ("F", 18.998, 0.57), ("Ne", 20.180, 0.58),
    ("Na", 22.990, 1.66), ("Mg", 24.305, 1.41), ("Al", 26.982, 1.21), ("Si", 28.085, 1.11), ("P", 30.974, 1.07),
    ("S", 32.06, 1.05), ("Cl", 35.45, 1.02), ("Ar", 39.95, 1.06), ("K", 39.098, 2.03), ("Ca", 40.078, 1.76),
    ("Sc", 44.956, 1.70), ("Ti", 47.867, 1.60), ("V", 50.942, 1.53), ("Cr", 51.996, 1.39), ("Mn", 54.938, 1.39),
    ("Fe", 55.845, 1.32), ("Co", 58.933, 1.26), ("Ni", 58.693, 1.24), ("Cu", 63.546, 1.32), ("Zn", 65.38, 1.22),
    ("Ga", 69.723, 1.22), ("Ge", 72.630, 1.20), ("As", 74.922, 1.19), ("Se", 78.971, 1.20), ("Br", 79.904, 1.20),
    ("Kr", 83.798, 1.16), ("Rb", 85.468, 2.20), ("Sr", 87.62, 1.95), ("Y", 88.906, 1.90), ("Zr", 91.224, 1.75),
    ("Nb", 92.906, 1.64), ("Mo", 95.95, 1.54), ("Tc", 97.0, 1.47), ("Ru", 101.07, 1.46), ("Rh", 102.91, 1.42),
    ("Pd", 106.42, 1.39), ("Ag", 107.87, 1.45), ("Cd", 112.41, 1.44), ("In", 114.82, 1.42), ("Sn", 118.71, 1.39),
    ("Sb", 121.76, 1.39), ("Te", 127.60, 1.38), ("I", 126.90, 1.39), ("Xe", 131.29, 1.40), ("Cs", 132.91, 2.44),
    ("Ba", 137.33, 2.15), ("La", 138.91, 2.07), ("Ce", 140.12, 2.04), ("Pr", 140.91, 2.03), ("Nd", 144.24, 2.01),
    ("Pm", 145.0, 1.99), ("Sm", 150.36, 1.98), ("Eu", 151.96, 1.98), ("Gd", 157.25, 1.96), ("Tb", 158.93, 1.94),
    ("Dy", 162.50, 1.92), ("Ho", 164.93, 1.92), ("Er", 167.26, 1.89), ("Tm", 168.93, 1.90), ("Yb", 173.05, 1.87),
    ("Lu", 174.97, 1.87), ("Hf", 178.49, 1.75), ("Ta", 180.95, 1.70), ("W", 183.84, 1.62), ("Re", 186.21, 1.51),
    ("Os", 190.23, 1.44), ("Ir", 192.22, 1.41), ("Pt", 195.08, 1.36), ("Au", 196.97, 1.36), ("Hg", 200.59, 1.32),
    ("Tl", 204.38, 1.45), ("Pb", 207.2, 1.46), ("Bi", 208.98, 1.48), ("Po", 209.0, 1.40), ("At", 210.0, 1.50),
    ("Rn", 222.0, 1.50), ("Fr", 223.0, 2.60), ("Ra", 226.0, 2.21), ("Ac", 227.0, 2.15), ("Th", 232.04, 2.06),
    ("Pa", 231.04, 2.00), ("U", 238.03, 1.96), ("Np", 237.0, 1.90), ("Pu", 244.0, 1.87), ("Am", 243.0, 1.80),
    ("Cm", 247.0, 1.69), ("Bk", 247.0, 1.70), ("Cf", 251.0, 1.70), ("Es", 252.0, 1.70), ("Fm", 257.0, 1.70),
    ("Md", 258.0, 1.70), ("No", 259.0, 1.70), ("Lr", 262.0, 1.70), ("Rf", 267.0, 1.70), ("Db", 268.0, 1.70),
    ("Sg", 269.0, 1.70), ("Bh", 270.0, 1.70), ("Hs", 269.0, 1.70), ("Mt", 277.0, 1.70), ("Ds", 281.0, 1.70),
    ("Rg", 282.0, 1.70), ("Cn", 285.0, 1.70), ("Nh", 286.0, 1.70), ("Fl", 290.0, 1.70), ("Mc", 290.0, 1.70),
    ("Lv", 293.0, 1.70), ("Ts", 294.0, 1.70), ("Og", 294.0, 1.70),
];
