//! Sizes of a network.

use cormorant_so3::{message_paths, product_paths, rows};

/// Everything that fixes the number of parameters and operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Number of chemical elements.
    pub species: usize,
    /// Channels of every activation; 8 or a multiple of 16.
    pub channels: usize,
    /// Highest degree of the activations, 0 to 3.
    pub max_degree: usize,
    /// Highest degree of the harmonics of an edge; at most `max_degree` in the first layer, at most twice that later.
    pub max_edge_degree: usize,
    /// Rounds of messages.
    pub layers: usize,
    /// Products of an atom with itself after each round of messages.
    pub products: usize,
    /// Whether the products are mixed by matrices of their own for each element.
    pub element_products: bool,
    /// Whether what an atom sends to others and what it keeps of itself are mixed by matrices of their own for each element.
    pub element_features: bool,
    /// Radial basis functions.
    pub radial_functions: usize,
    /// Hidden units of the radial network; a multiple of 16.
    pub radial_hidden: usize,
    /// Hidden units of the readout; a multiple of 16.
    pub readout_hidden: usize,
    /// Degree of the multipole that the readout gives for each atom beside its energy: 1 a vector, 2 a traceless tensor; 0 for none.
    pub multipole: usize,
    /// How many multipoles of that degree it gives, each with weights of its own.
    pub multipole_copies: usize,
    /// Further numbers that the readout gives for each atom, through a hidden layer of their own; 0 for none.
    pub numbers: usize,
    /// Highest degree of the moments that it gives for each atom beside these, 0 to 2: one of each degree from 1 on.
    pub moments: usize,
    /// Range of an edge in Å.
    pub cutoff: f64,
    /// Mean number of neighbors in the training set; messages are divided by its root.
    pub mean_neighbors: f64,
}

impl Shape {
    /// Components of an activation.
    #[must_use]
    pub fn rows(&self) -> usize {
        rows(self.max_degree)
    }

    /// Degrees of the multipoles of an atom, in their order.
    #[must_use]
    pub fn multipole_degrees(&self) -> Vec<usize> {
        if self.multipole == 0 { (1..=self.moments).collect() } else { vec![self.multipole; self.multipole_copies] }
    }

    /// Names of their weights among those of a readout, in the same order.
    #[must_use]
    pub fn multipole_names(&self) -> Vec<String> {
        let name = |(copy, l): (usize, usize)| {
            if self.multipole == 0 || copy == 0 { format!("multipole.{l}") } else { format!("multipole.{l}.{copy}") }
        };
        self.multipole_degrees().into_iter().enumerate().map(name).collect()
    }

    /// What the readout gives for an atom beside its energy: the further numbers, and behind them the components of its multipoles.
    #[must_use]
    pub fn multipole_rows(&self) -> usize {
        self.numbers + self.multipole_degrees().into_iter().map(|l| 2 * l + 1).sum::<usize>()
    }

    /// Unordered pairs of elements.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.species * (self.species + 1) / 2
    }

    /// Paths of the messages of `layer`.
    #[must_use]
    pub fn message_paths(&self, layer: usize) -> Vec<cormorant_so3::Path> {
        if layer == 0 {
            message_paths(0, self.max_degree, self.max_degree)
        } else {
            message_paths(self.max_degree, self.max_edge_degree, self.max_degree)
        }
    }

    /// Highest degree that product `product` of `layer` has to give: the last one feeds only the readout, in which moments (beside an
    /// energy) do without it.
    #[must_use]
    pub fn product_max_out(&self, layer: usize, product: usize) -> usize {
        if layer + 1 == self.layers && product + 1 == self.products { self.multipole } else { self.max_degree }
    }

    /// Paths of product `product` of `layer`.
    #[must_use]
    pub fn product_paths(&self, layer: usize, product: usize) -> Vec<cormorant_so3::Path> {
        product_paths(self.max_degree, self.product_max_out(layer, product))
    }
}
