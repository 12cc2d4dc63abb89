//! The surroundings of an atom as a row of numbers.

use cormorant_core::system::{Element, Neighbors};
use cormorant_network::Envelope;

/// Turns the neighbors of an atom into numbers that do not change when the system is turned or its atoms are renumbered.
///
///   ρ0(s, k) = Σ_j w_s(j) b_k(r_j)
///   ρ1(s, k) = |Σ_j w_s(j) b_k(r_j) u_j|²
///   ρ2(s, k) = |Σ_j w_s(j) b_k(r_j) (u_j u_j − 1/3)|²
///   b_k(r)   = cos²(π (r − k d) / 2d) where |r − k d| < d, else 0; d = cutoff / number of bumps
///
/// | symbol | meaning                                             | unit |
/// |--------|-----------------------------------------------------|------|
/// | r_j, u_j | length and direction of the edge to neighbor j   | Å, 1 |
/// | w_s    | weight of the neighbor's element in channel s      | 1    |
/// | d      | distance of two bumps                               | Å    |
///
/// The bumps add up to 1 and vanish smoothly at the cutoff. Degrees 0, 1 and 2 of the neighbor density are the start of the
/// power spectrum of Bartók, Kondor and Csányi 2013, doi:10.1103/PhysRevB.87.184115, eq. 33, with one radial index.
/// Checked by: `suite::domain::descriptors_do_not_turn`.
#[derive(Debug, Clone, PartialEq)]
pub struct Descriptor {
    cutoff: f64,
    bumps: usize,
    /// Weight of each species in each channel.
    weights: Vec<Vec<f64>>,
    channels: usize,
    /// Moments of one atom: per channel and bump 1 + 3 + 6 sums.
    moments: Vec<[f64; 10]>,
}

impl Descriptor {
    /// The descriptor of `envelope`, for `elements` in the order of the model's species.
    #[must_use]
    pub fn new(envelope: &Envelope, elements: &[Element]) -> Self {
        let channels = Envelope::channels(elements.len());
        let mean = elements.iter().map(|one| f64::from(one.number())).sum::<f64>() / elements.len().max(1) as f64;
        let weights = (0..elements.len())
            .map(|species| {
                if channels == elements.len() {
                    (0..channels).map(|channel| f64::from(u8::from(channel == species))).collect()
                } else {
                    vec![1.0, f64::from(elements[species].number()) / mean]
                }
            })
            .collect();
        let bumps = envelope.bumps;
        Self { cutoff: envelope.cutoff, bumps, weights, channels, moments: vec![[0.0; 10]; channels * bumps] }
    }

    /// Numbers of a row.
    #[must_use]
    pub fn length(&self) -> usize {
        3 * self.channels * self.bumps
    }

    /// Append the row of `atom` to `row`. `species` are indices of elements; the neighbors must reach as far as the cutoff.
    pub fn append(&mut self, species: &[u32], neighbors: &Neighbors, atom: usize, row: &mut Vec<f64>) {
        self.moments.fill([0.0; 10]);
        let spacing = self.cutoff / self.bumps as f64;
        for edge in neighbors.offsets[atom]..neighbors.offsets[atom + 1] {
            let vector = neighbors.vectors[edge];
            let length = cormorant_core::system::vector::norm(vector);
            if length >= self.cutoff {
                continue;
            }
            let [x, y, z] = vector.map(|component| component / length);
            let terms =
                [1.0, x, y, z, x * x - THIRD, y * y - THIRD, z * z - THIRD, ROOT * x * y, ROOT * y * z, ROOT * z * x];
            let place = length / spacing;
            let first = place as usize;
            let share = (0.5 * std::f64::consts::PI * (place - first as f64)).cos().powi(2);
            for (bump, value) in [(first, share), (first + 1, 1.0 - share)] {
                if bump >= self.bumps {
                    continue;
                }
                for (channel, weight) in self.weights[neighbors_species(species, neighbors, edge)].iter().enumerate() {
                    let moment = &mut self.moments[channel * self.bumps + bump];
                    for (sum, term) in moment.iter_mut().zip(terms) {
                        *sum += weight * value * term;
                    }
                }
            }
        }
        for moment in &self.moments {
            let square = |range: std::ops::Range<usize>| moment[range].iter().map(|x| x * x).sum::<f64>();
            row.extend([moment[0], square(1..4), square(4..10)]);
        }
    }
}

/// 1/3, the trace of u u shared by its three diagonal entries.
const THIRD: f64 = 1.0 / 3.0;
/// √2, because an off-diagonal entry stands for two.
const ROOT: f64 = std::f64::consts::SQRT_2;

fn neighbors_species(species: &[u32], neighbors: &Neighbors, edge: usize) -> usize {
    species[neighbors.senders[edge] as usize] as usize
}
