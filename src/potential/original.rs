//! The network of 2019 as a potential.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::{Evaluation, Potential, Precision, Want};
use crate::model::{OriginalModel, OriginalNetwork};
use crate::system::{Element, System};
use crate::{Error, Result};

/// Energies of the network of 2019, forces from candle's autograd. Every pair of atoms interacts, so that a cell is refused
/// and the cost grows as the square of the number of atoms.
///
/// The energy belongs to the molecule as a whole: no atom energies are given.
pub struct OriginalPotential {
    name: String,
    elements: Vec<Element>,
    references: Vec<f64>,
    mean: f64,
    deviation: f64,
    network: Network,
    weights: Tensor,
    species: Arc<Vec<u32>>,
}

enum Network {
    Single(OriginalNetwork<f32>),
    Double(OriginalNetwork<f64>),
}

impl OriginalPotential {
    /// The potential of `model`.
    ///
    /// # Errors
    /// When the model predicts something else than an energy, or its header makes no sense.
    pub fn new(model: &OriginalModel, precision: Precision) -> Result<Self> {
        let header = &model.header;
        if header.target != "energy" {
            let target = &header.target;
            return Err(Error::model(
                &model.path,
                format!("predicts {target}, which drives no dynamics; `cormorant evaluate` gives its values"),
            ));
        }
        let failed = |reason| Error::model(&model.path, reason);
        let shape = header.shape().map_err(failed)?;
        Ok(Self {
            name: format!("{} {}", header.kind, model.path.display()),
            elements: header.elements().map_err(failed)?,
            references: header.references.clone(),
            mean: header.mean,
            deviation: header.deviation,
            network: match precision {
                Precision::F32 => Network::Single(OriginalNetwork::new(&shape)),
                Precision::F64 => Network::Double(OriginalNetwork::new(&shape)),
            },
            weights: Tensor::new(model.weights.clone(), &Device::Cpu)?,
            species: Arc::default(),
        })
    }

    fn species(&self, system: &System) -> Result<Vec<u32>> {
        let index = |element: &Element| {
            let place = self.elements.iter().position(|known| known == element).map(|k| k as u32);
            place.ok_or_else(|| super::unknown(*element, &self.elements))
        };
        system.elements.iter().map(index).collect()
    }
}

impl Potential for OriginalPotential {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn instruction_set(&self) -> Option<&'static str> {
        Some(crate::kernels::instruction_set().name())
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, element: Element) -> bool {
        self.elements.contains(&element)
    }

    fn elements(&self) -> Vec<Element> {
        self.elements.clone()
    }

    fn evaluate(&mut self, system: &System, want: Want, into: &mut Evaluation) -> Result<()> {
        if system.cell.is_some() {
            return Err(Error::Invalid(
                "the network of 2019 couples all atoms and knows no cell; use cell = \"none\" or another model".into(),
            ));
        }
        if want.atom_energies {
            return Err(Error::Invalid("the network of 2019 gives no energies of single atoms".into()));
        }
        let species = self.species(system)?;
        if *self.species != species {
            self.species = Arc::new(species);
        }
        let positions = system.positions.as_flattened();
        let positions = Var::from_slice(positions, (system.atom_count(), 3), &Device::Cpu)?;
        let output = match &self.network {
            Network::Single(network) => network.apply(&self.species, &positions, &self.weights),
            Network::Double(network) => network.apply(&self.species, &positions, &self.weights),
        }?;
        let gradients = output.backward()?;
        let gradient = gradients.get(&positions).ok_or_else(|| Error::Invalid("no gradient came back".into()))?;
        let references: f64 = self.species.iter().map(|&kind| self.references[kind as usize]).sum();
        into.energy = output.to_vec1::<f64>()?[0] * self.deviation + self.mean + references;
        into.forces.clear();
        let flat = gradient.flatten_all()?.to_vec1::<f64>()?;
        into.forces.extend(flat.as_chunks::<3>().0.iter().map(|g| g.map(|x| -x * self.deviation)));
        into.atom_energies.clear();
        into.spread = None;
        into.virial = want.virial.then(|| {
            let mut virial = [[0.0; 3]; 3];
            for (x, force) in system.positions.iter().zip(&into.forces) {
                for (row, a) in virial.iter_mut().zip(x) {
                    row.iter_mut().zip(force).for_each(|(sum, b)| *sum += a * b);
                }
            }
            virial
        });
        super::check_finite(system, into)
    }
}
