//! The production network with energies: its header makes it a model.

use std::path::Path;

use serde_json::Value;

use super::Head;
use super::engine::engine;
use super::fitting::{TrainableNetwork, trainable};
use super::graphics;
use super::header::Header;
use super::kind::PRODUCTION;
use super::moments::Moments;
use super::network::{DomainMut, Engine, Facts, Precision, Record, RecordMut};
use super::other_elements::{for_elements, most_like};
use super::stored::{NetworkHeader, StoredNetwork};
use cormorant_core::system::Element;
use cormorant_kernels::network::Layout;

/// A model of energies and forces: weights and all that is known about them.
pub type Model = StoredNetwork<Header>;

impl NetworkHeader for Header {
    const KIND: &'static str = PRODUCTION;
    const WHAT: &'static str = "one of the production network";
    const COMPACT: bool = true;

    fn fault(&self) -> Option<String> {
        Header::fault(self)
    }

    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String> {
        let blocks = Layout::new(&self.shape()).blocks;
        Ok(blocks.into_iter().map(|block| (block.name, block.shape)).collect())
    }

    fn arrays(&self) -> Vec<(String, Vec<usize>, &[f64])> {
        self.envelope.iter().flat_map(|envelope| envelope.arrays(&self.elements)).collect()
    }

    fn set_arrays(&mut self, arrays: Vec<Vec<f64>>) {
        let mut read = arrays.into_iter();
        let elements = self.envelope.iter_mut().flat_map(|envelope| &mut envelope.elements);
        for element in elements.filter(|element| element.environments > 0) {
            (element.projection, element.centers) = (read.next().unwrap_or_default(), read.next().unwrap_or_default());
        }
    }

    fn facts(&self, parameters: usize) -> Result<Facts, String> {
        let scaling = self.scaling()?;
        Ok(Facts {
            kind: self.kind.clone(),
            elements: scaling.elements,
            quantity: "energy".into(),
            unit: "eV".into(),
            head: Some(Head::Extensive),
            scale: scaling.scale,
            constant: 0.0,
            references: scaling.references,
            cutoff: Some(self.config.cutoff),
            hops: self.config.layers,
            parameters,
            shortest_distances: Some(self.data.shortest_distances.clone()),
            bonding: self.data.bonding.clone(),
            long_range: self.config.long_range(),
            states: self.data.states.clone(),
        })
    }

    fn sizes(&self, parameters: usize) -> String {
        let config = &self.config;
        let moments = match config.moments {
            Moments::None => "",
            Moments::Charges => ", charges",
            Moments::Dipoles => ", charges and dipoles",
            Moments::Quadrupoles => ", charges, dipoles and quadrupoles",
        };
        let dispersion = if config.dispersion { ", dispersion" } else { "" };
        format!(
            "{} layers, {} channels, degree {}, {} products per layer{moments}{dispersion}, {parameters} parameters",
            config.layers, config.channels, config.max_degree, config.products,
        )
    }

    fn record(&self) -> Record<'_> {
        Header::record(self)
    }

    fn record_mut(&mut self) -> RecordMut<'_> {
        RecordMut {
            data: &mut self.data,
            fit: &mut self.fit,
            errors: &mut self.errors,
            errors_of: Some(&mut self.errors_of),
            references: &mut self.references_ev,
            domain: Some(DomainMut {
                ranges: &mut self.ranges,
                envelope: Some(&mut self.envelope),
                example: &mut self.example,
                certificate: &mut self.certificate,
            }),
        }
    }

    fn engine(&self, weights: &[f64], precision: Precision) -> Result<Box<dyn Engine>, String> {
        Ok(engine(&self.shape(), weights, self.knot_spacing, precision))
    }

    fn graphics_engine(&self, weights: &[f64], choice: &str, _: &Path) -> cormorant_core::Result<Box<dyn Engine>> {
        graphics::engine(&self.shape(), weights, self.knot_spacing, choice)
    }

    fn trainable(&self, weights: &[f64], precision: Precision) -> Result<TrainableNetwork, String> {
        Ok(trainable(&self.shape(), weights, self.knot_spacing, precision))
    }

    fn change(&mut self, settings: &Value) -> Result<(), String> {
        self.program = env!("CARGO_PKG_VERSION").into();
        for (key, value) in settings.as_object().into_iter().flatten() {
            match (key.as_str(), value.as_f64()) {
                ("knot_spacing", Some(spacing)) => self.knot_spacing = spacing,
                _ => return Err(format!("`{key}` is that of the model that the fit starts from; leave it out")),
            }
        }
        Ok(())
    }

    fn with_elements(&self, weights: &[f64], elements: &[Element]) -> Result<(Self, Vec<f64>), String> {
        let known = self.scaling()?;
        let references = elements.iter().map(|element| known.references[most_like(*element, &known.elements)]);
        let header = Self {
            elements: elements.iter().map(|element| element.symbol().to_string()).collect(),
            references_ev: references.collect(),
            ..self.clone()
        };
        Ok((header, for_elements(weights, &self.shape(), &known.elements, elements)))
    }

    fn readme(&self) -> Option<String> {
        Some(super::readme::readme(self))
    }
}
