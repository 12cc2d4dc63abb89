//! The twelve targets, their units and references.

use cormorant_core::system::Element;

/// eV in a Hartree, the value with which the published errors were computed.
const HARTREE: f64 = 27.2114;

/// A target of QM9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// Dipole moment |μ|, D.
    Mu,
    /// Isotropic polarizability, bohr³.
    Alpha,
    /// Energy of the highest occupied orbital, eV.
    Homo,
    /// Energy of the lowest unoccupied orbital, eV.
    Lumo,
    /// Their difference, eV.
    Gap,
    /// Electronic spatial extent, bohr².
    R2,
    /// Zero-point vibrational energy, meV.
    Zpve,
    /// Internal energy at 0 K, eV.
    U0,
    /// Internal energy at 298.15 K, eV.
    U,
    /// Enthalpy at 298.15 K, eV.
    H,
    /// Free energy at 298.15 K, eV.
    G,
    /// Heat capacity at 298.15 K, cal/(mol K).
    Cv,
}

impl Property {
    /// All of them, in the order of the published table.
    pub const ALL: [Self; 12] = [
        Self::Mu,
        Self::Alpha,
        Self::Homo,
        Self::Lumo,
        Self::Gap,
        Self::R2,
        Self::Zpve,
        Self::U0,
        Self::U,
        Self::H,
        Self::G,
        Self::Cv,
    ];

    /// Name in inputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "U0", "U", "H", "G", "Cv"][self as usize]
    }

    /// The property called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|property| property.name() == name)
    }

    /// Unit in tables.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Mu => "D",
            Self::Alpha => "bohr³",
            Self::R2 => "bohr²",
            Self::Zpve => "meV",
            Self::Cv => "cal/(mol K)",
            _ => "eV",
        }
    }

    /// What a number of the data set is multiplied with to be in [`Self::unit`].
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Mu | Self::Alpha | Self::R2 | Self::Cv => 1.0,
            Self::Zpve => 1000.0 * HARTREE,
            _ => HARTREE,
        }
    }

    /// Whether it grows with the number of molecules.
    #[must_use]
    pub fn is_extensive(self) -> bool {
        matches!(self, Self::Alpha | Self::Zpve | Self::U0 | Self::U | Self::H | Self::G | Self::Cv)
    }

    /// Published MAE of the network of 2019 with 100,000 molecules (arXiv:1906.04015, table 1), in [`Self::unit`].
    #[must_use]
    pub fn published(self) -> f64 {
        [0.038, 0.085, 0.034, 0.038, 0.061, 0.961, 2.027, 0.022, 0.021, 0.021, 0.020, 0.026][self as usize]
    }

    /// Value of a single atom in [`Self::unit`], from the data set's table of thermochemical references (`atomref.txt`); zero
    /// for properties without one and for the zero-point energy, whose references vanish.
    #[must_use]
    pub fn reference(self, element: Element) -> f64 {
        let column = match self {
            Self::U0 => 0,
            Self::U => 1,
            Self::H => 2,
            Self::G => 3,
            Self::Cv => 4,
            _ => return 0.0,
        };
        let row = match element.symbol() {
            "H" => [-0.500273, -0.498857, -0.497912, -0.510927, 2.981],
            "C" => [-37.846772, -37.845355, -37.844411, -37.861317, 2.981],
            "N" => [-54.583861, -54.582445, -54.581501, -54.598897, 2.981],
            "O" => [-75.064579, -75.063163, -75.062219, -75.079532, 2.981],
            "F" => [-99.718730, -99.717314, -99.716370, -99.733544, 2.981],
            _ => [0.0; 5],
        };
        row[column] * self.factor()
    }
}
