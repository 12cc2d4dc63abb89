//! The theories of a fit: what they begin with, and the model of each.

use std::path::{Path, PathBuf};

use super::Models;
use crate::settings::StartInput;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_fit::{EnergyLearner, FitData, Theories, TheoryData};
use cormorant_network::{FILE, Network, Parameters, Precision, ReadoutPlaces, Scaling};

/// Name of the folder in that of a model which has the models of further theories.
pub const THEORIES: &str = "theories";

/// The folder of the model of another theory beside the model in `folder`.
pub fn theory_folder(folder: &Path, name: &str) -> PathBuf {
    folder.join(THEORIES).join(name)
}

/// Reference energies of each theory for the elements of the network: those of its data, and of elements that it lacks those of the first. A
/// fit that starts from a model begins with those of the model and centers them.
pub(super) fn references_of_theories(
    scaling: &Scaling,
    data: &FitData,
    theories: &Theories,
    starts: bool,
) -> Vec<Vec<f64>> {
    if starts {
        return vec![scaling.references.clone(); theories.names().len()];
    }
    let of = |theory: &TheoryData| {
        let own =
            |(element, common): (&Element, &f64)| theory.references.energies.get(element).copied().unwrap_or(*common);
        scaling.elements.iter().zip(&scaling.references).map(own).collect()
    };
    data.of_theories.iter().map(of).collect()
}

/// The weights that a fit to several theories starts with, from the `plain` ones of the network to start from, which has these `parameters`: a
/// theory has the readout of the model of this name, which is that to start from or beside it. A new one begins with that of the model to
/// start from.
///
/// # Errors
/// When a model beside it cannot be read, or is of another network.
pub(super) fn weights_of_theories(
    start: &StartInput,
    parameters: &Parameters,
    theories: &Theories,
    plain: &[f64],
    networks: &Models,
) -> Result<Vec<f64>> {
    let places = ReadoutPlaces::of(parameters).ok_or_else(|| no_readout(&start.start_from))?;
    let known = networks.get(&start.start_from)?;
    let first = known.record().data.theory.as_ref().map(|theory| &theory.name);
    let readout = |name: &String| -> Result<Vec<f64>> {
        let folder = theory_folder(&start.start_from, name);
        if first == Some(name) || !folder.join(FILE).exists() {
            return Ok(places.readout(plain));
        }
        let other = networks.get(&folder)?;
        // Its elements may be others, and its readout elsewhere.
        let trainable = other.trainable(Precision::F32)?;
        let places = ReadoutPlaces::of(trainable.parameters()).ok_or_else(|| no_readout(&folder))?;
        Ok(places.readout(other.weights().ok_or_else(|| Error::model(&folder, "has no weights to start from"))?))
    };
    let readouts = theories.names().iter().map(readout).collect::<Result<Vec<_>>>()?;
    places.joined(plain, &readouts).map_err(|_| {
        Error::model(
            &start.start_from,
            format!("has other readouts than a model in its `{THEORIES}`; name another model in `start_from`"),
        )
    })
}

/// Gives `network` the weights and reference energies that a fit found for the theory of this number.
///
/// # Errors
/// When the kind does not take weights.
pub fn take_weights(network: &mut dyn Network, learner: &dyn EnergyLearner, theory: usize) -> Result<()> {
    network.set_weights(learner.weights_of(theory))?;
    if let Some(record) = network.record_mut() {
        record.references.clone_from(&learner.scaling(theory).references);
    }
    Ok(())
}

/// The network for theory `number` of a fit, to be written to `path`: with its readout, and with the elements of its training frames.
/// Nothing is recorded in it yet but its reference energies.
///
/// # Errors
/// When the kind of network takes no weights.
pub fn model_of_theory(
    network: &dyn Network,
    learner: &dyn EnergyLearner,
    number: usize,
    (data, path): (&FitData, &Path),
) -> Result<Box<dyn Network>> {
    let mut plain = network.renewed(path, &serde_json::json!({}))?;
    take_weights(plain.as_mut(), learner, number)?;
    let known = plain.facts()?.elements;
    let elements: Vec<Element> = known.iter().copied().filter(|element| data.elements.contains(element)).collect();
    if elements.len() < known.len() { plain.with_elements(&elements) } else { Ok(plain) }
}

/// Why a network cannot be fitted to several theories.
pub(super) fn no_readout(path: &Path) -> Error {
    Error::model(path, "has no readout of its own for each theory; leave `theory_key` in [data] out")
}
