//! Quantities with units.

use cormorant::units::{self, Dimension, conversion, format, parse};
use proptest::prelude::*;

fn close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} for {expected}");
}

#[test]
fn the_unit_of_time_follows_from_the_others() {
    // Catches a time unit that does not belong to Å, u and eV: every velocity would be wrong by a factor.
    let seconds = 1.0e-10 * (units::ATOMIC_MASS / units::ELEMENTARY_CHARGE).sqrt();
    close(1.0e-15 / seconds, units::FEMTOSECOND, 1.0e-12);
    // kB T at 300 K is 25.852 meV; 1 kcal/mol 43.364 meV; 1 GPa 6.2415e-3 eV/Å³.
    close(units::BOLTZMANN * 300.0, 0.025_851_999_7, 1.0e-8);
    close(units::KILOCALORIE_PER_MOLE, 0.043_364_104_2, 1.0e-9);
    close(units::GIGAPASCAL, 6.241_509_07e-3, 1.0e-8);
    close(units::HARTREE * units::BOHR, 14.399_645_5, 1.0e-8);
}

#[test]
fn published_conversions_hold() {
    // Catches wrong prefixes, powers and divisions.
    let cases = [
        ("1 ps", Dimension::Time, units::PICOSECOND),
        ("0.5fs", Dimension::Time, 0.5 * units::FEMTOSECOND),
        ("1e3 fs", Dimension::Time, units::PICOSECOND),
        ("-2.5E-1 eV", Dimension::Energy, -0.25),
        ("1eV", Dimension::Energy, 1.0),
        ("1 kcal/mol", Dimension::Energy, units::KILOCALORIE_PER_MOLE),
        ("1 kcal mol^-1", Dimension::Energy, units::KILOCALORIE_PER_MOLE),
        ("96.485332123 kJ / mol", Dimension::Energy, 1.0),
        ("1 meV/atom", Dimension::Energy, 1.0e-3),
        ("1 Hartree", Dimension::Energy, 27.211_386),
        ("1 Ry", Dimension::Energy, 13.605_693),
        ("300 K", Dimension::Temperature, 300.0),
        ("1 / ps", Dimension::Rate, 1.0 / units::PICOSECOND),
        ("1 1/ps", Dimension::Rate, 1.0 / units::PICOSECOND),
        ("1 ps^-1", Dimension::Rate, 1.0 / units::PICOSECOND),
        ("1 ps⁻¹", Dimension::Rate, 1.0 / units::PICOSECOND),
        ("1 THz", Dimension::Rate, 1.0 / units::PICOSECOND),
        ("5 Å", Dimension::Length, 5.0),
        ("5 A\u{30a}", Dimension::Length, 5.0),
        ("5 A", Dimension::Length, 5.0),
        ("0.5 nm", Dimension::Length, 5.0),
        ("500 pm", Dimension::Length, 5.0),
        ("1 bohr", Dimension::Length, 0.529_177_21),
        ("1 a0", Dimension::Length, 0.529_177_21),
        ("0.1 eV/Å", Dimension::Force, 0.1),
        ("1 eV / Angstrom", Dimension::Force, 1.0),
        ("1 kcal/mol/Å", Dimension::Force, units::KILOCALORIE_PER_MOLE),
        ("1 GPa", Dimension::Pressure, units::GIGAPASCAL),
        ("1 bar", Dimension::Pressure, 6.241_509_07e-7),
        ("1.01325 bar", Dimension::Pressure, conversion("atm", Dimension::Pressure).unwrap()),
        ("1 eV/Å^3", Dimension::Pressure, 1.0),
        ("1 eV/Å³", Dimension::Pressure, 1.0),
        ("1 Å/ps", Dimension::Velocity, units::ANGSTROM_PER_PICOSECOND),
        ("100 m/s", Dimension::Velocity, units::ANGSTROM_PER_PICOSECOND),
        ("1 g/mol", Dimension::Mass, 1.0),
        ("180 deg", Dimension::Angle, std::f64::consts::PI),
        ("1.3956 g/cm^3", Dimension::MassDensity, 0.840_45),
        ("2 eV/rad^2", Dimension::AngleStiffness, 2.0),
        ("0.1 V/Å", Dimension::ElectricField, 0.1),
        ("0.1 eV/e/Å", Dimension::ElectricField, 0.1),
        ("1e9 V/m", Dimension::ElectricField, 0.1),
        ("1 MV/cm", Dimension::ElectricField, 0.01),
        ("1 Eh/(e·bohr)", Dimension::ElectricField, 51.422_067_5),
        ("1 Eh / (e bohr)", Dimension::ElectricField, 51.422_067_5),
        ("1 Hartree/e/bohr", Dimension::ElectricField, 51.422_067_5),
        ("1 (V) / (Å)", Dimension::ElectricField, 1.0),
        ("0.25", Dimension::Number, 0.25),
        ("25 %", Dimension::Number, 0.25),
    ];
    for (text, dimension, expected) in cases {
        let found = parse(text, dimension).unwrap_or_else(|error| panic!("{text}: {error}"));
        close(found, expected, 1.0e-5);
    }
}

#[test]
fn what_is_no_quantity_is_refused() {
    // Catches guessing: a number without unit, a wrong dimension, an unknown unit, infinities.
    let cases = [
        ("0.5", Dimension::Time, "the unit is missing"),
        ("0.5 K", Dimension::Time, "is not a unit of it"),
        ("0.5 /fs", Dimension::Time, "is not a unit of it"),
        ("0.5 fortnight", Dimension::Time, "is not a known unit"),
        ("fs", Dimension::Time, "write a number and a unit"),
        ("", Dimension::Time, "write a number and a unit"),
        ("half a fs", Dimension::Time, "write a number and a unit"),
        ("1e999 fs", Dimension::Time, "too large"),
        ("1e308 s", Dimension::Time, "too large"),
        ("NaN fs", Dimension::Time, "write a number"),
        ("inf fs", Dimension::Time, "write a number"),
        ("1 fs^99", Dimension::Time, "is not a power"),
        ("1 fs /", Dimension::Time, "is not a known unit"),
        ("1 eV/", Dimension::Energy, "is not a known unit"),
        ("1 eV // Å", Dimension::Force, ""),
        ("300 °C", Dimension::Temperature, "is not a known unit"),
        ("1 fs fs fs", Dimension::Time, "is not a unit of it"),
        ("1,5 fs", Dimension::Time, ""),
        ("0.1 eV/Å", Dimension::ElectricField, "is not a unit of it"),
        ("0.1 V", Dimension::ElectricField, "is not a unit of it"),
        ("1 Eh/e·bohr", Dimension::ElectricField, ""),
        ("1 Eh/(e·bohr", Dimension::ElectricField, "a bracket is not closed"),
        ("1 Eh/(e·(bohr))", Dimension::ElectricField, "a bracket is not closed"),
        ("1 () V/Å", Dimension::ElectricField, "a bracket is empty"),
        ("1 V/Å)", Dimension::ElectricField, "is not a known unit"),
        (
            "1 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6 s^6",
            Dimension::Time,
            "",
        ),
    ];
    for (text, dimension, expected) in cases {
        let message = match parse(text, dimension) {
            Err(error) => error.to_string(),
            Ok(value) if expected.is_empty() => panic!("{text:?} was taken for {value}"),
            Ok(value) => panic!("{text:?} was taken for {value}"),
        };
        assert!(message.contains(expected) && message.contains(dimension.description()), "{text:?}: {message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_an_answer_or_an_error(text in ".{0,40}") {
        // Catches a panic on a slice within a character or an overflow of a power.
        let _ = parse(&text, Dimension::Energy);
        let _ = parse(&format!("1 {text}"), Dimension::Energy);
    }

    #[test]
    fn shown_quantities_read_back(value in -1.0e6..1.0e6_f64, which in 0..17_usize) {
        // Catches a resolved input that says something else than what was run.
        let dimensions = [
            Dimension::Length, Dimension::Mass, Dimension::Time, Dimension::Temperature, Dimension::Energy, Dimension::Force,
            Dimension::Pressure, Dimension::Velocity, Dimension::Rate, Dimension::Volume, Dimension::NumberDensity,
            Dimension::MassDensity, Dimension::Angle, Dimension::BondStiffness, Dimension::AngleStiffness, Dimension::Number,
            Dimension::ElectricField,
        ];
        let text = format(value, dimensions[which]);
        let back = parse(&text, dimensions[which]).unwrap();
        prop_assert!((back - value).abs() <= 1.0e-11 * value.abs(), "{value} became {text}");
    }
}

#[test]
fn round_numbers_are_shown_round() {
    // Catches "0.4999999999999999 fs" in a resolved input.
    for text in ["0.5 fs", "300 K", "1 bar", "0.1 1/ps", "2.5 Å/ps", "109.5 deg"] {
        let dimensions = [Dimension::Time, Dimension::Temperature, Dimension::Pressure, Dimension::Rate]
            .into_iter()
            .chain([Dimension::Velocity, Dimension::Angle]);
        let dimension = dimensions.into_iter().find(|dimension| text.ends_with(dimension.unit())).unwrap();
        assert_eq!(format(parse(text, dimension).unwrap(), dimension), text);
    }
}
