//! A network for other elements than it was fitted to.

use super::learned::{ethanol, random_model};
use cormorant::model::{CormorantConfig, Model, Network, most_like};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::{Element, System};

fn elements(symbols: &str) -> Vec<Element> {
    symbols.split_whitespace().map(|symbol| Element::from_symbol(symbol).unwrap()).collect()
}

/// A network with random weights; some of its parts are shared by all elements, as `shared` says.
fn network(shared: bool) -> Model {
    let config = CormorantConfig { element_products: !shared, element_features: !shared, ..CormorantConfig::default() };
    random_model(config, 7)
}

fn evaluate(network: &dyn Network, system: &System) -> Evaluation {
    let mut result = Evaluation::default();
    let mut potential = LearnedPotential::new(network, Precision::F64, 1).unwrap();
    potential.evaluate(system, RequestedProperties::default(), &mut result).unwrap();
    result
}

/// The same with walls far below every distance: they depend on the elements themselves.
fn without_walls(mut network: Box<dyn Network>) -> Box<dyn Network> {
    let elements = network.facts().unwrap().elements;
    let pairs = elements.iter().flat_map(|a| elements.iter().map(move |b| (format!("{a}-{b}"), 0.1)));
    network.record_mut().unwrap().data.shortest_distances = pairs.collect();
    network
}

fn same(one: &Evaluation, other: &Evaluation) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() < 1.0e-9 * (1.0 + a.abs());
    let forces = one.forces.iter().flatten().zip(other.forces.iter().flatten());
    close(one.energy, other.energy) && forces.into_iter().all(|(&a, &b)| close(a, b))
}

/// Catches: matrices, pairs of elements or references that arrive at the wrong element when the order changes or elements are added.
#[test]
fn what_is_known_of_an_element_stays() {
    for shared in [false, true] {
        let before = network(shared);
        let known = evaluate(&before, &ethanol());
        for order in ["O H C", "Si C Br H O", "C O H F"] {
            let after = before.with_elements(&elements(order)).unwrap();
            assert_eq!(after.facts().unwrap().elements, elements(order));
            assert!(same(&evaluate(after.as_ref(), &ethanol()), &known), "{order}, shared: {shared}");
        }
    }
}

/// Catches: a new element that begins with nothing, or as the first of the list instead of the one that is most like it.
#[test]
fn a_new_element_begins_as_the_most_similar() {
    let molecule = ethanol();
    let with = |from: &str, to: &str| {
        let [from, to] = [from, to].map(|symbol| Element::from_symbol(symbol).unwrap());
        let elements = molecule.elements.iter().map(|&element| if element == from { to } else { element }).collect();
        System::new(elements, molecule.positions.clone(), None).unwrap()
    };
    let before = network(false);
    let known = evaluate(without_walls(before.with_elements(&elements("H C O")).unwrap()).as_ref(), &molecule);
    let after = without_walls(before.with_elements(&elements("H C O S Si")).unwrap());
    assert!(same(&evaluate(after.as_ref(), &with("O", "S")), &known));
    assert!(same(&evaluate(after.as_ref(), &with("C", "Si")), &known));
    assert!(!same(&evaluate(after.as_ref(), &with("C", "S")), &known));
}

/// Catches: hydrogen taken for an alkali metal, noble gases or transition metals in the wrong group.
#[test]
fn similar_elements_share_a_group() {
    let known = elements("H C N O F P S Cl Na Ti Ar");
    for (element, similar) in [
        ("Br", "Cl"),
        ("I", "Cl"),
        ("Si", "C"),
        ("Se", "S"),
        ("As", "P"),
        ("Te", "S"),
        ("K", "Na"),
        ("Zr", "Ti"),
        ("Hf", "Ti"),
        ("Kr", "Ar"),
        ("Rn", "Ar"),
        ("Pb", "C"),
        ("B", "C"),
        ("Cl", "Cl"),
    ] {
        let place = most_like(elements(element)[0], &known);
        assert_eq!(known[place], elements(similar)[0], "{element}");
    }
    assert_eq!(most_like(elements("Li")[0], &elements("H C N")), 1, "lithium is no hydrogen");
}
