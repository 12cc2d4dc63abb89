//! The network as a composition of plain tensor operations: its definition, and the oracle of the fused one.
//!
//! | symbol | name here      | shape                                        |
//! |--------|----------------|----------------------------------------------|
//! | ψ_i    | `features`     | per degree `[atoms, 2l+1, channels]`         |
//! | Y      | `harmonics`    | per degree `[edges, 2l+1]`                   |
//! | R      | `radial`       | `[edges, paths, channels]`                   |
//! | h_Z    | `embedding`    | `[species, channels]`                        |
//!
//! First layer:  a_i = W_{l,Z_i} Σ_j R_l(r_ij; Z_i Z_j) Y^l(r̂_ij) h_{Z_j} + b_{Z_i}
//! Later layers: a_i = W_{l,Z_i} Σ_j Σ_paths R_path(r_ij) (U_{Z_j} ψ_j ⊗ Y(r̂_ij))^path + V_{l,Z_i} ψ_i
//! Then, as often as asked: a ← a + W'_l (a ⊗ a); the last a is the layer's ψ.
//! Energy of an atom: Σ over layers of w·ψ⁰ + w'·silu(W ψ⁰ + b). Its multipoles, where some are asked for: Σ over layers of w·ψ^l.
//! Further numbers, where some are asked for, are made as the energy is, through a hidden layer of their own.
//!
//! This is Cormorant (Anderson, Hy, Kondor 2019, arXiv:1906.04015) with real SO(3)-vectors of natural parity: atoms carry
//! vectors, edges carry scalars, and the only covariant nonlinearity is the Clebsch-Gordan product, of an atom with its
//! neighbors through the edges and of an atom with itself.

use candle_core::{DType, Device, Result, Tensor};

use cormorant_kernels::network::{Layout, Shape, Topology};
use cormorant_so3::{Path, clebsch_gordan, harmonics_recursion};

/// The network on tensors.
pub struct Composition {
    shape: Shape,
    layout: Layout,
    dtype: DType,
}

impl Composition {
    /// The network of `shape` in precision `dtype`.
    #[must_use]
    pub fn new(shape: &Shape, dtype: DType) -> Self {
        Self { shape: shape.clone(), layout: Layout::new(shape), dtype }
    }

    /// Energy of each atom, `[atoms]`, from edge vectors `[edges, 3]` (Å) and packed weights `[parameters]`.
    ///
    /// # Errors
    /// When the tensors do not have these shapes.
    pub fn atom_energies(&self, topology: &Topology<'_>, vectors: &Tensor, weights: &Tensor) -> Result<Tensor> {
        Ok(self.readouts(topology, vectors, weights)?.0)
    }

    /// Energy of each atom, `[atoms]`, and its further numbers and multipoles, `[atoms, components]`, where the readout gives some.
    ///
    /// # Errors
    /// As for [`Self::atom_energies`].
    pub fn readouts(
        &self,
        topology: &Topology<'_>,
        vectors: &Tensor,
        weights: &Tensor,
    ) -> Result<(Tensor, Option<Tensor>)> {
        let parameters = Parameters { layout: &self.layout, weights };
        let device = Device::Cpu;
        let index = |values: Vec<u32>| Tensor::new(values, &device);
        let mut receivers = Vec::new();
        for atom in 0..topology.atoms() {
            receivers.extend(std::iter::repeat_n(atom as u32, topology.offsets[atom + 1] - topology.offsets[atom]));
        }
        let senders = topology.senders.to_vec();
        let kind = |atom: u32| topology.species[atom as usize] as usize;
        let pairs = receivers
            .iter()
            .zip(&senders)
            .map(|(&i, &j)| {
                let (low, high) = (kind(i).min(kind(j)), kind(i).max(kind(j)));
                (high * (high + 1) / 2 + low) as u32
            })
            .collect::<Vec<_>>();
        let sender_species = index(senders.iter().map(|&j| kind(j) as u32).collect())?;
        let (receivers, senders, pairs) = (index(receivers)?, index(senders)?, index(pairs)?);
        let species = index(topology.species.to_vec())?;
        let atoms = topology.atoms();

        let distances = vectors.sqr()?.sum_keepdim(1)?.sqrt()?; // [edges, 1]
        let directions = vectors.broadcast_div(&distances)?; // [edges, 3]
        let harmonics = self.harmonics(&directions)?;
        let basis = self.radial_basis(&distances)?; // [edges, radial_functions]
        let envelope = self.envelope(&distances)?; // [edges, 1]

        let mut energies = Tensor::zeros(atoms, self.dtype, &device)?;
        let mut others = None;
        let mut features: Vec<Tensor> = Vec::new();
        for layer in 0..self.shape.layers {
            let name = |part: &str| format!("layers.{layer}.{part}");
            let radial = self.radial(&parameters, layer, &basis, &envelope, &pairs)?; // [edges, paths, channels]
            let mut activations: Vec<Tensor> = Vec::new();
            if layer == 0 {
                let sender = parameters.get("embedding")?.index_select(&sender_species, 0)?; // [edges, channels]
                for l in 0..=self.shape.max_degree {
                    let weight = (radial.narrow(1, l, 1)?.squeeze(1)? * &sender)?; // [edges, channels]
                    let message = harmonics[l].unsqueeze(2)?.broadcast_mul(&weight.unsqueeze(1)?)?;
                    let message = self.gather(&message, &receivers, atoms)?; // [atoms, 2l+1, channels]
                    let mix = parameters.get(&name(&format!("mix.{l}")))?.index_select(&species, 0)?;
                    activations.push(message.matmul(&mix)?);
                }
                let bias = parameters.get(&name("bias"))?.index_select(&species, 0)?; // [atoms, channels]
                activations[0] = (&activations[0] + bias.unsqueeze(1)?)?;
            } else {
                let mut sent = Vec::new();
                for l in 0..=self.shape.max_degree {
                    let sender = self.of_features(parameters.get(&name(&format!("sender.{l}")))?, &species)?;
                    sent.push(features[l].contiguous()?.broadcast_matmul(&sender)?.index_select(&senders, 0)?);
                }
                for l in 0..=self.shape.max_degree {
                    let mut message =
                        Tensor::zeros((topology.edges(), 2 * l + 1, self.shape.channels), self.dtype, &device)?;
                    for (index, path) in self.shape.message_paths(layer).iter().enumerate() {
                        if path.out == l {
                            let product = self.product(path, &sent[path.left], &harmonics[path.right].unsqueeze(2)?)?;
                            message = (message + product.broadcast_mul(&radial.narrow(1, index, 1)?)?)?;
                        }
                    }
                    let message = self.gather(&message, &receivers, atoms)?; // [atoms, 2l+1, channels]
                    let mix = parameters.get(&name(&format!("mix.{l}")))?.index_select(&species, 0)?;
                    let mixed = message.matmul(&mix)?;
                    let own = self.of_features(parameters.get(&name(&format!("residual.{l}")))?, &species)?;
                    activations.push((mixed + features[l].contiguous()?.broadcast_matmul(&own)?)?);
                }
            }
            let activations = self.products(&parameters, layer, activations, &species)?;
            let scalars = activations[0].squeeze(1)?; // [atoms, channels]
            let hidden = scalars
                .matmul(&parameters.get(&name("readout.input"))?)?
                .broadcast_add(&parameters.get(&name("readout.bias"))?)?;
            let hidden = candle_nn::ops::silu(&hidden)?;
            let deep = hidden.matmul(&parameters.get(&name("readout.output"))?.unsqueeze(1)?)?.squeeze(1)?;
            let linear = scalars.matmul(&parameters.get(&name("readout.linear"))?.unsqueeze(1)?)?.squeeze(1)?;
            energies = ((energies + deep)? + linear)?;
            let more = self.others(&parameters, layer, &activations)?;
            others = Some(match others {
                None => more,
                Some(before) => (before + more)?,
            });
            features = activations;
        }
        Ok((energies, others.filter(|_| self.shape.multipole_rows() > 0)))
    }

    /// The layer's part of the further numbers and multipoles of the atoms, `[atoms, components]`.
    fn others(&self, parameters: &Parameters<'_>, layer: usize, activations: &[Tensor]) -> Result<Tensor> {
        let get = |part: &str| parameters.get(&format!("layers.{layer}.readout.{part}"));
        let scalars = activations[0].squeeze(1)?; // [atoms, channels]
        let mut parts = Vec::new();
        if self.shape.numbers > 0 {
            let hidden = scalars.matmul(&get("numbers.input")?)?.broadcast_add(&get("numbers.bias")?)?;
            let deep = candle_nn::ops::silu(&hidden)?.matmul(&get("numbers.output")?)?;
            parts.push((deep + scalars.matmul(&get("numbers.linear")?)?)?);
        }
        for (l, name) in self.shape.multipole_degrees().into_iter().zip(self.shape.multipole_names()) {
            let weight = get(&name)?.unsqueeze(1)?;
            parts.push(activations[l].broadcast_matmul(&weight)?.squeeze(2)?); // [atoms, 2l+1]
        }
        if parts.is_empty() { scalars.narrow(1, 0, 0) } else { Tensor::cat(&parts, 1) }
    }

    /// Products of activations with themselves, added one after the other.
    fn products(
        &self,
        parameters: &Parameters<'_>,
        layer: usize,
        mut activations: Vec<Tensor>,
        species: &Tensor,
    ) -> Result<Vec<Tensor>> {
        for s in 0..self.shape.products {
            let paths = self.shape.product_paths(layer, s);
            let mut next = activations.clone();
            for l in 0..=self.shape.product_max_out(layer, s) {
                let products = paths
                    .iter()
                    .filter(|path| path.out == l)
                    .map(|path| self.product(path, &activations[path.left], &activations[path.right]))
                    .collect::<Result<Vec<_>>>()?;
                let products = Tensor::cat(&products, 2)?; // [atoms, 2l+1, paths·channels]
                let mut weight = parameters.get(&format!("layers.{layer}.products.{s}.{l}"))?;
                if self.shape.element_products {
                    weight = weight.index_select(species, 0)?;
                }
                next[l] = (&activations[l] + products.broadcast_matmul(&weight)?)?;
            }
            activations = next;
        }
        Ok(activations)
    }

    /// The matrix `[1 or atoms][channels][channels]` that mixes what each atom sends or keeps.
    fn of_features(&self, matrices: Tensor, species: &Tensor) -> Result<Tensor> {
        if self.shape.element_features { Ok(matrices.index_select(species, 0)?) } else { Ok(matrices) }
    }

    /// Y^l of every edge by recursion, degree by degree.
    fn harmonics(&self, directions: &Tensor) -> Result<Vec<Tensor>> {
        let (edges, device) = (directions.dim(0)?, Device::Cpu);
        let highest = if self.shape.layers > 1 { self.shape.max_edge_degree } else { self.shape.max_degree };
        let mut harmonics = vec![Tensor::ones((edges, 1), self.dtype, &device)?];
        if highest >= 1 {
            let order = Tensor::new(&[1u32, 2, 0], &device)?;
            harmonics.push((directions.index_select(&order, 1)? * 3f64.sqrt())?);
        }
        for l in 2..=highest {
            let (terms, scale) = harmonics_recursion(l);
            let mut matrix = vec![0.0; (2 * l - 1) * 3 * (2 * l + 1)];
            for (m, a, b, coefficient) in terms {
                let row = (a + l as isize - 1) as usize * 3 + (b + 1) as usize;
                matrix[row * (2 * l + 1) + (m + l as isize) as usize] = scale * coefficient;
            }
            let matrix = Tensor::from_vec(matrix, ((2 * l - 1) * 3, 2 * l + 1), &device)?.to_dtype(self.dtype)?;
            let outer = harmonics[l - 1].unsqueeze(2)?.broadcast_mul(&harmonics[1].unsqueeze(1)?)?;
            harmonics.push(outer.reshape((edges, (2 * l - 1) * 3))?.matmul(&matrix)?);
        }
        Ok(harmonics)
    }

    /// φ_n(r) = ½ (r_c / r) sin(nπ r / r_c).
    fn radial_basis(&self, distances: &Tensor) -> Result<Tensor> {
        let waves: Vec<f64> =
            (1..=self.shape.radial_functions).map(|n| n as f64 * std::f64::consts::PI / self.shape.cutoff).collect();
        let waves = Tensor::from_vec(waves, (1, self.shape.radial_functions), &Device::Cpu)?.to_dtype(self.dtype)?;
        let sines = distances.matmul(&waves)?.sin()?;
        sines.broadcast_div(&(distances * (2.0 / self.shape.cutoff))?)
    }

    /// u(r) = N̄^(−1/2) (1 − 28 x⁶ + 48 x⁷ − 21 x⁸) inside the cutoff.
    fn envelope(&self, distances: &Tensor) -> Result<Tensor> {
        let x = (distances / self.shape.cutoff)?;
        let x2 = x.sqr()?;
        let x6 = (&x2 * x2.sqr()?)?;
        let bracket = (((&x * -21.0)? + 48.0)? * &x)?;
        let polynomial = ((x6 * (bracket - 28.0)?)? + 1.0)?;
        let inside = x.lt(1.0)?.to_dtype(self.dtype)?;
        (polynomial * inside)? / self.shape.mean_neighbors.sqrt()
    }

    fn radial(
        &self,
        parameters: &Parameters<'_>,
        layer: usize,
        basis: &Tensor,
        envelope: &Tensor,
        pairs: &Tensor,
    ) -> Result<Tensor> {
        let name = |part: &str| format!("layers.{layer}.radial.{part}");
        let (input, bias) = (parameters.get(&name("input"))?, parameters.get(&name("bias"))?);
        let hidden = if layer == 0 {
            let input = input.index_select(pairs, 0)?; // [edges, radial_functions, hidden]
            (basis.unsqueeze(1)?.matmul(&input)?.squeeze(1)? + bias.index_select(pairs, 0)?)?
        } else {
            basis.matmul(&input.squeeze(0)?)?.broadcast_add(&bias)?
        };
        let output = parameters.get(&name("output"))?; // [hidden, paths, channels]
        let (hidden_units, paths, channels) = output.dims3()?;
        let values = candle_nn::ops::silu(&hidden)?.matmul(&output.reshape((hidden_units, paths * channels))?)?;
        values.broadcast_mul(envelope)?.reshape(((), paths, channels))
    }

    /// (x ⊗ y)^path, channel by channel; y may have one channel only.
    fn product(&self, path: &Path, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        let sizes = [path.left, path.right, path.out].map(|l| 2 * l + 1);
        let mut matrix = vec![0.0; sizes[0] * sizes[1] * sizes[2]];
        for m in 0..sizes[2] {
            for a in 0..sizes[0] {
                for b in 0..sizes[1] {
                    let shifted = |k: usize, l: usize| k as isize - l as isize;
                    matrix[(m * sizes[0] + a) * sizes[1] + b] = clebsch_gordan(
                        path.left,
                        shifted(a, path.left),
                        path.right,
                        shifted(b, path.right),
                        path.out,
                        shifted(m, path.out),
                    );
                }
            }
        }
        let matrix = Tensor::from_vec(matrix, (sizes[2], sizes[0] * sizes[1]), &Device::Cpu)?.to_dtype(self.dtype)?;
        let outer = x.unsqueeze(2)?.broadcast_mul(&y.unsqueeze(1)?)?; // [n, 2l1+1, 2l2+1, channels]
        let (n, _, _, channels) = outer.dims4()?;
        let outer = outer.reshape((n, sizes[0] * sizes[1], channels))?;
        matrix.broadcast_matmul(&outer)
    }

    /// Sum of edge values `[edges, 2l+1, channels]` at their receivers.
    fn gather(&self, values: &Tensor, receivers: &Tensor, atoms: usize) -> Result<Tensor> {
        let (_, components, channels) = values.dims3()?;
        Tensor::zeros((atoms, components, channels), self.dtype, &Device::Cpu)?.index_add(receivers, values, 0)
    }
}

struct Parameters<'a> {
    layout: &'a Layout,
    weights: &'a Tensor,
}

impl Parameters<'_> {
    fn get(&self, name: &str) -> Result<Tensor> {
        let block = self.layout.blocks.iter().find(|block| block.name == name);
        let block = block.ok_or_else(|| candle_core::Error::Msg(format!("no parameter {name}")))?;
        self.weights.narrow(0, block.offset, block.len())?.reshape(block.shape.clone())
    }
}
