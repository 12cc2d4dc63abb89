//! Reference energies of elements.

use std::collections::BTreeMap;

use cormorant::fit::{Configuration, References};
use cormorant::system::Element;

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn molecule(symbols: &str, energy: f64) -> Configuration {
    let elements: Vec<_> = symbols.chars().map(|letter| element(&letter.to_string())).collect();
    let zeros = vec![[0.0; 3]; elements.len()];
    Configuration {
        elements,
        positions: zeros.clone(),
        energy: Some(energy),
        forces: zeros,
        ..Configuration::default()
    }
}

#[test]
fn least_squares_find_the_elements() {
    // Catches a fit that weighs compositions by frames wrongly: the energies are exact sums here.
    let sum = |symbols: &str| symbols.chars().map(|c| if c == 'C' { -1030.0 } else { -13.5 }).sum::<f64>();
    let frames: Vec<_> = ["CHHHH", "CCHHHHHH", "CCHHHH", "CHHHH"].map(|s| molecule(s, sum(s))).into();
    let references = References::fitted(&frames.iter().collect::<Vec<_>>()).unwrap();
    assert!((references.energies[&element("C")] / -1030.0 - 1.0).abs() < 1e-9, "{references:?}");
    assert!((references.energies[&element("H")] / -13.5 - 1.0).abs() < 1e-9);
    assert!(references.origin.contains("rank 2 of 2"), "{}", references.origin);
}

#[test]
fn one_molecule_spreads_its_mean_evenly() {
    // Catches a division by a singular matrix, and references that depend on noise.
    let frames = [molecule("CCOHHHHHH", -4209.0), molecule("CCOHHHHHH", -4209.9)];
    let references = References::fitted(&frames.iter().collect::<Vec<_>>()).unwrap();
    for symbol in ["C", "O", "H"] {
        assert!((references.energies[&element(symbol)] - -4209.45 / 9.0).abs() < 1e-9, "{references:?}");
    }
    assert!((references.sum(&frames[0].elements) - -4209.45).abs() < 1e-9);
    assert!(references.origin.contains("one composition"), "{}", references.origin);
}

#[test]
fn dependent_compositions_still_reproduce_their_energies() {
    // Catches a fit that blows up where frames hold only multiples of one formula.
    let frames = [molecule("OHH", -14.0), molecule("OHHOHH", -28.2), molecule("OHH", -14.2)];
    let references = References::fitted(&frames.iter().collect::<Vec<_>>()).unwrap();
    assert!((references.sum(&frames[0].elements) - -14.1).abs() < 0.01, "{references:?}");
    assert!(references.origin.contains("rank 1 of 2"), "{}", references.origin);
}

#[test]
fn isolated_atoms_and_given_energies_must_cover_the_elements() {
    // Catches a model whose missing element silently counts as zero.
    let frames = [molecule("OHH", -14.0)];
    let frames: Vec<_> = frames.iter().collect();
    let atoms = [molecule("O", -10.0), molecule("H", -1.0), molecule("HH", -3.0)];
    let references = References::isolated(&atoms, &frames).unwrap();
    assert_eq!(references.sum(&frames[0].elements), -12.0);
    let message = References::isolated(&atoms[..1], &frames).unwrap_err().to_string();
    assert!(message.contains("no reference energy for H"), "{message}");
    let contradiction = [molecule("H", -1.0), molecule("H", -2.0)];
    assert!(References::isolated(&contradiction, &frames).is_err());
    assert!(References::given(BTreeMap::from([(element("O"), f64::NAN)]), &frames).is_err());
    assert!(References::fitted(&[]).is_err());
}

/// Catches: the energy of an isolated atom that depends on which of two stretched molecules comes first.
#[test]
fn stretched_molecules_that_disagree_are_refused() {
    let frames = [molecule("H", -13.0), molecule("HH", -26.05), molecule("HH", -27.4)];
    let all: Vec<&Configuration> = frames.iter().collect();
    assert!(References::isolated(&frames[..2], &all).is_ok());
    for order in [[1, 2], [2, 1]] {
        let isolated = order.map(|index: usize| frames[index].clone());
        let refused = References::isolated(&isolated, &all).unwrap_err().to_string();
        assert!(refused.contains("atoms H, H that stand apart"), "{refused}");
    }
}
