//! Whether a fit without an input file starts from the general model of the program.

use super::Models;
use crate::settings::{FitInput, NetworkInput};
use cormorant_core::Result;
use cormorant_fit::{Configuration, FitData};
use cormorant_network::ShippedModel;

/// Training frames of a molecule up to which a fit is better for starting from the general model (`benches/accuracy.md`).
const FEW: usize = 500;

impl FitInput {
    /// The same from the weights of the general model where that helps: for few frames of molecules whose elements it knows.
    ///
    /// `None` where the frames are many, have a cell or a charge, or contain other elements, or the input names a model to start
    /// from or a kind of its own.
    ///
    /// # Errors
    /// When the general model cannot be read, which is a fault of the program.
    pub fn from_general(&self, data: &FitData, networks: &Models) -> Result<Option<Self>> {
        let suits = |frame: &Configuration| frame.cell.is_none() && frame.state.is_neutral_singlet();
        if !matches!(self.model, NetworkInput::New(_)) || data.train.len() > FEW || !data.train.iter().all(suits) {
            return Ok(None);
        }
        let general = ShippedModel::GENERAL.path();
        let known = networks.read(&general)?.network.facts()?.elements;
        let knows_all = data.elements.iter().all(|element| known.contains(element));
        Ok(knows_all.then(|| self.clone().starting_from(general)))
    }
}
