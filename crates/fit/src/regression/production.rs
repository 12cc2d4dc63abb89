//! The production network as a regressor, with heads for numbers, vectors and tensors.

use super::regressor::Regressor;
use crate::graph::Graph;
use crate::{Configuration, initial_weights};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_kernels::Real;
use cormorant_kernels::network::{Gradient, Matrix, Plan, Shape, Weights, Workspace};
use cormorant_network::{Head, Scaling};

/// The production network and its head.
pub struct ProductionRegressor<T: Real> {
    plan: Plan<T>,
    scaling: Scaling,
    knot_spacing: f64,
    head: Head,
}

impl<T: Real> ProductionRegressor<T> {
    /// The network of `shape` for the elements of `scaling`, whose references and scale are not used; radial functions
    /// have knots `knot_spacing` Å apart. The multipole of the shape is that of the head.
    #[must_use]
    pub fn new(shape: &Shape, scaling: Scaling, knot_spacing: f64, head: Head) -> Self {
        let references = vec![0.0; scaling.references.len()];
        let scaling = Scaling { references, scale: 1.0, ..scaling };
        let shape = Shape { multipole: head.multipole(), ..shape.clone() };
        Self { plan: Plan::new(&shape), scaling, knot_spacing, head }
    }
}

impl<T: Real> Regressor for ProductionRegressor<T> {
    /// With the positions of the atoms from their geometric center, Å.
    type Molecule = (Graph, Vec<[f64; 3]>);
    type Weights = Weights<T>;
    type Gradient = Gradient<T>;
    type Space = Workspace<T>;

    fn parameters(&self) -> usize {
        self.plan.layout.len()
    }

    fn scales(&self) -> Vec<f64> {
        self.plan.layout.scales()
    }

    fn matrices(&self) -> Vec<Matrix> {
        self.plan.layout.matrices()
    }

    fn initial(&self, noise: Noise, molecules: &[Self::Molecule]) -> Vec<f64> {
        let graphs: Vec<Graph> = molecules.iter().map(|(graph, _)| graph.clone()).collect();
        initial_weights(&self.plan, noise, &graphs, self.knot_spacing).iter().map(|x| x.to_f64()).collect()
    }

    fn molecule(&self, configuration: &Configuration) -> Result<Self::Molecule> {
        self.head.require(configuration.cell.is_some())?;
        let arms = Head::arms(&configuration.positions);
        Ok((Graph::new(configuration, &self.scaling, self.plan.shape.cutoff)?, arms))
    }

    fn weights(&self, packed: &[f64]) -> Weights<T> {
        let packed: Vec<T> = packed.iter().map(|&x| T::from_f64(x)).collect();
        Weights::splined(&self.plan, &packed, self.knot_spacing, 0.0)
    }

    fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        Gradient::zeros(&self.plan, weights)
    }

    fn clear(&self, gradient: &mut Gradient<T>) {
        gradient.fill_zero();
    }

    fn add(&self, sum: &mut Gradient<T>, more: &mut Gradient<T>) {
        sum.add(more);
    }

    fn packed(&self, weights: &mut Weights<T>, gradient: &mut Gradient<T>) -> Vec<f64> {
        weights.finish_gradient(&self.plan, gradient, false);
        gradient.packed.as_slice().iter().map(|x| x.to_f64()).collect()
    }

    fn space(&self) -> Workspace<T> {
        Workspace::new(&self.plan)
    }

    fn outputs(&self) -> usize {
        self.head.outputs()
    }

    fn predict(
        &self,
        weights: &Weights<T>,
        (graph, arms): &Self::Molecule,
        space: &mut Workspace<T>,
        into: &mut [f64],
    ) {
        self.plan.forward(weights, &graph.topology(), &graph.vectors, space, false);
        self.head.apply(arms, &doubles(&space.atom_energies), &doubles(&space.atom_multipoles), into);
    }

    fn backward(
        &self,
        weights: &Weights<T>,
        (graph, arms): &Self::Molecule,
        space: &mut Workspace<T>,
        seeds: &[f64],
        gradient: &mut Gradient<T>,
    ) {
        let (scalars, multipoles) = (doubles(&space.atom_energies), doubles(&space.atom_multipoles));
        let seeds = self.head.pull_back(arms, &scalars, &multipoles, seeds);
        let seeds: Vec<T> = seeds.into_iter().map(T::from_f64).collect();
        self.plan.backward(weights, &graph.topology(), &graph.vectors, space, &seeds, None, Some(gradient), false);
    }
}

fn doubles<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}
