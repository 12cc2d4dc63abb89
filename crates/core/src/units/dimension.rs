//! What kind of quantity a number with a unit is.

/// The dimension that a quantity has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// A length, Å inside.
    Length,
    /// A mass, u inside.
    Mass,
    /// A time, Å·√(u/eV) inside.
    Time,
    /// A temperature, K inside.
    Temperature,
    /// An energy (also per mole or per atom), eV inside.
    Energy,
    /// A force, eV/Å inside.
    Force,
    /// A pressure or stress, eV/Å³ inside.
    Pressure,
    /// A force per length, eV/Å² inside: the pressure of a slab.
    SurfacePressure,
    /// An inverse pressure, Å³/eV inside.
    Compressibility,
    /// A length per force, Å²/eV inside: the compressibility of a slab.
    SurfaceCompressibility,
    /// An inverse force, Å/eV inside: the compressibility of a wire.
    InverseForce,
    /// A velocity, Å/t inside.
    Velocity,
    /// An inverse time, such as a friction.
    Rate,
    /// A volume, Å³ inside.
    Volume,
    /// A number of atoms per volume, 1/Å³ inside.
    NumberDensity,
    /// A mass per volume, u/Å³ inside.
    MassDensity,
    /// An angle, radians inside.
    Angle,
    /// The stiffness of a bond or a restraint, eV/Å² inside.
    BondStiffness,
    /// The stiffness of an angle, eV/rad² inside.
    AngleStiffness,
    /// An inverse length, 1/Å inside.
    InverseLength,
    /// An electric field, V/Å inside.
    ElectricField,
    /// A plain number.
    Number,
}

impl Dimension {
    /// Exponents of length, mass, time, temperature, angle and charge.
    pub(super) fn exponents(self) -> [i8; 6] {
        match self {
            Self::Length => [1, 0, 0, 0, 0, 0],
            Self::Mass => [0, 1, 0, 0, 0, 0],
            Self::Time => [0, 0, 1, 0, 0, 0],
            Self::Temperature => [0, 0, 0, 1, 0, 0],
            Self::Energy => [2, 1, -2, 0, 0, 0],
            Self::Force => [1, 1, -2, 0, 0, 0],
            Self::Pressure => [-1, 1, -2, 0, 0, 0],
            Self::Compressibility => [1, -1, 2, 0, 0, 0],
            Self::SurfaceCompressibility => [0, -1, 2, 0, 0, 0],
            Self::InverseForce => [-1, -1, 2, 0, 0, 0],
            Self::Velocity => [1, 0, -1, 0, 0, 0],
            Self::Rate => [0, 0, -1, 0, 0, 0],
            Self::Volume => [3, 0, 0, 0, 0, 0],
            Self::NumberDensity => [-3, 0, 0, 0, 0, 0],
            Self::MassDensity => [-3, 1, 0, 0, 0, 0],
            Self::Angle => [0, 0, 0, 0, 1, 0],
            Self::SurfacePressure | Self::BondStiffness => [0, 1, -2, 0, 0, 0],
            Self::AngleStiffness => [2, 1, -2, 0, -2, 0],
            Self::InverseLength => [-1, 0, 0, 0, 0, 0],
            Self::ElectricField => [1, 1, -2, 0, 0, -1],
            Self::Number => [0; 6],
        }
    }

    /// The dimension in words, with its article, for messages.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Length => "a length",
            Self::Mass => "a mass",
            Self::Time => "a time",
            Self::Temperature => "a temperature",
            Self::Energy => "an energy",
            Self::Force => "a force",
            Self::Pressure => "a pressure",
            Self::SurfacePressure => "a pressure of a slab (force/length)",
            Self::Compressibility => "a compressibility (1/pressure)",
            Self::SurfaceCompressibility => "a compressibility of a slab (length/force)",
            Self::InverseForce => "a compressibility of a wire (1/force)",
            Self::Velocity => "a velocity",
            Self::Rate => "a rate (1/time)",
            Self::Volume => "a volume",
            Self::NumberDensity => "a number density",
            Self::MassDensity => "a mass density",
            Self::Angle => "an angle",
            Self::BondStiffness => "a stiffness (energy/length²)",
            Self::AngleStiffness => "a force constant of an angle (energy/angle²)",
            Self::InverseLength => "an inverse length",
            Self::ElectricField => "an electric field (voltage/length)",
            Self::Number => "a number",
        }
    }

    /// A customary unit of the dimension, in which values are shown.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Length => "Å",
            Self::Mass => "u",
            Self::Time => "fs",
            Self::Temperature => "K",
            Self::Energy => "eV",
            Self::Force => "eV/Å",
            Self::Pressure => "bar",
            Self::SurfacePressure => "N/m",
            Self::Compressibility => "1/bar",
            Self::SurfaceCompressibility => "m/N",
            Self::InverseForce => "1/nN",
            Self::Velocity => "Å/ps",
            Self::Rate => "1/ps",
            Self::Volume => "Å^3",
            Self::NumberDensity => "1/Å^3",
            Self::MassDensity => "g/cm^3",
            Self::Angle => "deg",
            Self::BondStiffness => "eV/Å^2",
            Self::AngleStiffness => "eV/rad^2",
            Self::InverseLength => "1/Å",
            Self::ElectricField => "V/Å",
            Self::Number => "",
        }
    }

    /// A quantity of this dimension as it may be written, for remedies.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Length => "5 Å",
            Self::Mass => "12.011 u",
            Self::Time => "0.5 fs",
            Self::Temperature => "300 K",
            Self::Energy => "0.1 eV",
            Self::Force => "0.05 eV/Å",
            Self::Pressure => "1 bar",
            Self::SurfacePressure => "0.05 N/m",
            Self::Compressibility => "4.5e-5 / bar",
            Self::SurfaceCompressibility => "0.02 m/N",
            Self::InverseForce => "0.01 / nN",
            Self::Velocity => "2 Å/ps",
            Self::Rate => "1 / ps",
            Self::Volume => "1000 Å^3",
            Self::NumberDensity => "0.021 / Å^3",
            Self::MassDensity => "0.997 g/cm^3",
            Self::Angle => "109.5 deg",
            Self::BondStiffness => "30 eV/Å^2",
            Self::AngleStiffness => "4 eV/rad^2",
            Self::InverseLength => "2 / Å",
            Self::ElectricField => "0.1 V/Å",
            Self::Number => "0.5",
        }
    }
}
